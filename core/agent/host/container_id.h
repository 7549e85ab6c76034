// SPDX-License-Identifier: Apache-2.0
// Which container and pod a process belongs to, as its cgroup path tells. Works for docker,
// containerd (Kubernetes, nerdctl), CRI-O and podman, with the cgroupfs and the systemd driver.
// Plain text in, values out. Source: the runtimes' cgroup naming, e.g. "docker-<id>.scope",
// "kubepods-burstable-pod<uid>.slice/cri-containerd-<id>.scope".
#pragma once

#include <string>
#include <string_view>

namespace podglass::agent {

struct ContainerId
{
    std::string id;      // 64 hexadecimal digits; empty: not in a container
    std::string runtime; // "docker", "containerd", "cri-o", "podman"
    std::string podUid;  // "b1e8…-…"; empty outside of Kubernetes

    explicit operator bool() const { return !id.empty(); }

    bool operator==(const ContainerId&) const = default;
};

// The innermost container of a /proc/PID/cgroup.
ContainerId containerOf(std::string_view cgroupFile);

} // namespace podglass::agent
