// SPDX-License-Identifier: Apache-2.0
// Containers that containerd runs, from the files of its tasks: for those whose cgroup does not
// tell
// (`ctr run` takes any name as an id). Files are read below `root`. Source: containerd's
// runtime v2 layout, <state>/io.containerd.runtime.v2.task/<namespace>/<id>/init.pid.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace podglass::agent {

// The id of each task by the pid of its first process. Those of Docker and Kubernetes are left out:
// their cgroups tell more. Looks at 4,096 directories at most.
std::map<std::uint32_t, std::string> containerdTasks(const std::filesystem::path& root);

// The bundle of a task, in whichever of containerd's namespaces and state directories it is.
std::optional<std::filesystem::path> containerdBundle(const std::filesystem::path& root,
                                                      const std::string& id);

} // namespace podglass::agent
