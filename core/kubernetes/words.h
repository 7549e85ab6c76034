// SPDX-License-Identifier: Apache-2.0
// What kubectl's words on stderr mean, as errors with advice. Pure. The words are those of kubectl
// and of the API server's Status objects (k8s.io/apimachinery/pkg/api/errors), stable since 1.16.
#pragma once

#include "core/base/result.h"
#include "core/kubernetes/cluster.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace podglass::kubernetes {

enum class Trouble : std::uint8_t
{
    Setup,     // no kubectl, no such context, unreadable kubeconfig
    Login,     // the credential plugin failed, or the API server does not know the user
    Network,   // the API server cannot be reached
    Forbidden, // RBAC, or an admission policy
    Missing,   // the object is not there
    Expired,   // the resource version is too old: list again
    Other,
};

struct KubectlError
{
    Trouble trouble = Trouble::Other;
    base::Error error;
    std::optional<Refusal> refusal; // with Forbidden, if RBAC said no
};

// `words`: kubectl's stderr; `exit`: "exit status 1"; `doing`: "list the pods of shop".
KubectlError explain(const Access& access,
                     std::string_view doing,
                     std::string_view words,
                     std::string_view exit);

// `pods is forbidden: User "ana" cannot list resource "pods" in API group "" in the namespace "x"`
std::optional<Refusal> refusalIn(std::string_view words);

// "list pods in namespace shop"
std::string text(const Refusal& refusal);

} // namespace podglass::kubernetes
