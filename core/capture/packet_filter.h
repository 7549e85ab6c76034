// SPDX-License-Identifier: Apache-2.0
// The kernel's packet filter for a set of TCP ports, in pcap-filter(7) syntax.
// It lets through more than the ports: later fragments and IPv6 extension headers hide them, so
// those pass and user space matches exactly.
#pragma once

#include "core/capture/packet.h"

#include <cstdint>
#include <set>
#include <string>

namespace podglass::capture {

using PortSet = std::set<std::uint16_t>;

// For a non-empty set; above limits::filteredPorts all TCP passes.
std::string filterText(const PortSet& ports, LinkType link);

} // namespace podglass::capture
