// SPDX-License-Identifier: Apache-2.0
// The link layer: finds the IP packet inside a captured frame.
// Source: pcap-linktype(7), IEEE 802.1Q.
#pragma once

#include "core/capture/packet.h"

namespace podglass::demux {

enum class Network : std::uint8_t
{
    Ipv4,
    Ipv6,
    Other,     // ARP and the like
    Tunnel,    // PPPoE, MPLS: not looked into
    Malformed, // the frame ends inside its own header
};

struct NetworkView
{
    Network network = Network::Malformed;
    bytes::ByteView bytes;        // from the network header on, as far as captured
    std::uint64_t wireLength = 0; // of the same, before any cut; may include trailing padding
    std::uint32_t vlan = 0;       // see Segment::vlan
};

NetworkView decodeLink(const capture::Packet& packet);

} // namespace podglass::demux
