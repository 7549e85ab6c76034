// SPDX-License-Identifier: Apache-2.0
// Socket addresses as the vocabulary's endpoints.
#pragma once

#include "core/flow/event.h"
#include "core/io/fd.h"
#include "core/io/socket.h"

#include <optional>

namespace podglass::steal {

// All zero for a family that is neither IPv4 nor IPv6.
flow::Endpoint endpointOf(const io::SocketAddress& address);

flow::Endpoint localEndpoint(const io::Fd& socket); // getsockname(2); all zero if it fails

// Where a redirected connection was going (SO_ORIGINAL_DST, IP6T_SO_ORIGINAL_DST in
// linux/netfilter_ipv4.h and netfilter_ipv6/ip6_tables.h); nothing if it was not redirected.
std::optional<io::SocketAddress> originalDestination(const io::Fd& socket, int family);

} // namespace podglass::steal
