// SPDX-License-Identifier: Apache-2.0
// The agent as an ephemeral container of the target's own pod: what is asked of the API server, and
// what it says of it. Pure.
//
// It shares the pod's network, so the target is "self": nothing is entered, nothing is looked for
// in /proc. Rights: drop ALL, then NET_RAW, and NET_ADMIN only where stealing is wanted. No service
// account token can be mounted into it and no memory limit can be set on it (the API takes neither
// for ephemeral containers). It cannot be removed: its first process waits until nobody has used it
// for limits::agentPodIdle, and limits::agentPodAge at most, and what is listed of it until the pod
// goes is an ended container. One that still runs is used again.
//
// It is asked for by `kubectl debug --custom`, which patches pods/ephemeralcontainers and nothing
// else; kubectl knows --custom since 1.31. Source: Kubernetes API v1 EphemeralContainer (stable
// since 1.25), kubectl debug.
#pragma once

#include "core/kubernetes/objects.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace podglass::kubernetes {

struct AgentContainerWish
{
    std::string name;
    std::string image;  // empty: defaultAgentImage
    std::string target; // the container whose processes it may see
    bool steal = true;
};

// Of this owner and with these rights, or of anybody (empty owner): what its name begins with.
std::string agentContainerPrefix(std::string_view owner, bool steal);
bool isAgentContainer(std::string_view name);

// Arguments of kubectl; agentContainerSpec() belongs on its standard input.
std::vector<std::string> agentContainerArguments(const Pod& pod, const AgentContainerWish& wish);
std::string agentContainerSpec(bool steal);
std::vector<std::string> agentContainerCapabilities(bool steal);

// Why a cluster of this version ("v1.20.4") has no such containers; empty: it has.
std::string withoutAgentContainers(std::string_view version);

// Why kubectl's words mean that there will be none, in our words where it helps.
std::string whyNoAgentContainer(std::string_view kubectlsWords);

} // namespace podglass::kubernetes
