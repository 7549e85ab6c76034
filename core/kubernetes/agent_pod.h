// SPDX-License-Identifier: Apache-2.0
// The agent's pod: what is asked of the API server, and what it says of it. Pure.
//
// Rights, least first: drop ALL, then NET_RAW (captures), SYS_PTRACE (see other pods' namespaces in
// /proc) and SYS_ADMIN (setns(2) into the target's), SETUID, SETGID and KILL, with which the
// agent's guard makes its worker somebody without rights, and NET_ADMIN only where stealing is
// wanted. hostPID, because the target is found by its container's id in /proc/PID/cgroup: no
// runtime's socket, no host path is mounted. No service account token, no writable file, a memory
// limit, a deadline; it ends by itself when nobody has used it for limits::agentPodIdle. Nothing
// secret is in it: the agent is spoken to through `kubectl exec`, which the API server
// authenticates, and listens nowhere.
// Source: Kubernetes API v1 PodSpec, Pod Security Standards ("privileged": hostPID, SYS_ADMIN).
#pragma once

#include "core/kubernetes/pod_json.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace podglass::kubernetes {

inline constexpr std::string_view defaultAgentImage = "podglass-agent:0.1.0";

struct AgentPodWish
{
    std::string name;
    std::string nameSpace;
    std::string node;
    std::string image;   // empty: defaultAgentImage
    std::string session; // label values: plain
    std::string owner;
    std::string process; // notes: any text
    std::string client;
    std::string target;
    bool steal = true;
};

// JSON for `kubectl create -f -`.
std::string agentPodManifest(const AgentPodWish& wish);

std::vector<std::string> agentCapabilities(bool steal);

struct AgentPodState
{
    std::string name;
    bool running = false;
    bool ended = false;  // it will never run again
    std::string trouble; // "ErrImageNeverPull: Container image … is not present"; else empty
};

// One line of a watch, or the pod itself; none: not a pod. `container`: of this ephemeral container
// instead of the pod's own ones; `name` stays the pod's.
std::optional<AgentPodState> agentPodStateFrom(std::string_view text,
                                               std::string_view container = {});

// What of a list (of pods with our owner label) nobody needs any more: those that ended, and those
// whose process `isGone` tells to have gone. As (namespace, name).
struct Leftover
{
    std::string nameSpace;
    std::string name;

    bool operator==(const Leftover&) const = default;
};

std::vector<Leftover> leftoversIn(std::string_view list,
                                  const std::function<bool(const std::string& process)>& isGone);

} // namespace podglass::kubernetes
