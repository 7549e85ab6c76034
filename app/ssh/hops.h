// SPDX-License-Identifier: Apache-2.0
// Jump hosts. Each is passed by a process of its own, forked before anything of a server's was
// read: it logs in there, has the server connect to the next host (direct-tcpip) and relays, in a
// sandbox of its own. What it relays is the next host's stream, so every host's key is verified by
// us and no jump host sees what is inside.
// The processes use the control descriptor one after another: the next one begins when the one
// before has reached the next host.
#pragma once

#include "core/io/fd.h"

#include "app/ssh/control.h"
#include "app/ssh/options.h"

#include <optional>
#include <span>

namespace podglass::ssh {

// The stream to the last host of `route`. None: not reached, and the reason was told to `control`.
std::optional<io::Fd>
passHops(std::span<const targets::SshHost> route, const Options& options, Control& control);

} // namespace podglass::ssh
