// SPDX-License-Identifier: Apache-2.0
// The kernel's packet filter for a set of TCP ports, in pcap-filter(7) syntax.
// It lets through more than the ports: later fragments and IPv6 extension headers hide them, so
// those pass and user space matches exactly.
#pragma once

#include "core/capture/packet.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace podglass::capture {

using PortSet = std::set<std::uint16_t>;

// What of the network's TCP passes.
struct PortFilter
{
    PortSet ports; // all of their packets
    // Port to the ports on the other side whose packets are wanted; with none, no packet of it.
    std::map<std::uint16_t, PortSet> ofPeers;

    [[nodiscard]] bool nothing() const;
};

// For one that is not nothing(); above limits::filteredPorts all TCP passes.
std::string filterText(const PortFilter& filter, LinkType link);

} // namespace podglass::capture
