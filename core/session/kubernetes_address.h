// SPDX-License-Identifier: Apache-2.0
// Addresses in a cluster:
//   k8s                                  the current context
//   k8s/CONTEXT  k8s/CONTEXT/NAMESPACE   what can be attached to there
//   k8s/CONTEXT/NAMESPACE/KIND/NAME      a workload: deploy, sts, ds, job, cronjob, rs, rc,
//   rollout,
//                                        or one pod: pod
// with ?config=KUBECONFIG &image=REF &agents-in=NAMESPACE &node-pod &mirror-only. A '/' in a
// context's name is written %2F. Behind ssh://USER@HOST:PORT/ (address.h) kubectl runs there,
// KUBECONFIG is a file there, and ssh-config=FILE names the ssh_config of the way. Pure.
#pragma once

#include "core/session/address.h"

#include <optional>

namespace podglass::session {

// `behindSsh`: it is the path of an ssh:// address.
base::Result<Address> parseKubernetesAddress(std::string_view text, bool behindSsh = false);
std::string printKubernetesAddress(const Address& address);

// "k8s:NAMESPACE/KIND/NAME", taken apart.
struct WorkloadSpec
{
    std::string nameSpace;
    std::string kind; // short form
    std::string name;

    bool operator==(const WorkloadSpec&) const = default;
};

std::optional<WorkloadSpec> workloadSpecFrom(std::string_view spec);
std::string specOf(const WorkloadSpec& workload);

} // namespace podglass::session
