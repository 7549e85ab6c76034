// SPDX-License-Identifier: Apache-2.0
// Workloads and pods as the targets that a host's agent would list. Pure.
#pragma once

#include "core/kubernetes/objects.h"
#include "core/wire/message.h"

#include <map>
#include <string>
#include <vector>

namespace podglass::session {

// By namespace and name; a workload before its pods, which are listed too if it has several.
// `now`: seconds since the epoch, for ages.
std::vector<wire::Target>
clusterTargets(const std::map<std::string, kubernetes::Workload>& workloads,
               const std::map<std::string, kubernetes::Pod>& pods,
               const std::map<std::string, kubernetes::AgentUse>& agents,
               std::int64_t now);

} // namespace podglass::session
