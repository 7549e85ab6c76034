// SPDX-License-Identifier: Apache-2.0
// Which systemd service a process belongs to, as its cgroup path tells; nobody is asked. Plain text
// in, text out. Source: systemd.unit(5) ("String Escaping"), cgroups(7).
#pragma once

#include <string>
#include <string_view>

namespace podglass::agent {

// The innermost unit of a /proc/PID/cgroup, as systemctl writes it: "nginx.service",
// "getty@tty1.service". Empty: none, or only the manager of a user's session.
std::string serviceOf(std::string_view cgroupFile);

} // namespace podglass::agent
