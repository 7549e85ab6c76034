// SPDX-License-Identifier: Apache-2.0
// Ends the connections that a service had before its port was stolen, so that their clients connect
// anew and are redirected. Asked for by a person only.
// In the calling thread's network namespace. Rights: CAP_NET_ADMIN there; the kernel needs
// CONFIG_INET_DIAG_DESTROY. Source: sock_diag(7), linux/inet_diag.h.
#pragma once

#include "core/steal/privileges.h"

namespace podglass::steal {

// Connections that arrived by sockets with upstreamMark are left: they are what was passed on.
base::Result<OldConnections> endOldConnections(std::uint16_t port);

} // namespace podglass::steal
