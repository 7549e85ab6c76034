// SPDX-License-Identifier: Apache-2.0
// makePacket: one TCP segment as an Ethernet frame: VLAN tags, IPv4 or IPv6, TCP, checksums right.
// The Ethernet addresses are locally administered ones (IEEE 802), since the true ones are not
// known. Pure. Sources: IEEE 802.1Q, RFC 791, RFC 8200, RFC 9293.
#pragma once

#include "core/bytes/view.h"
#include "core/flow/event.h"

#include <array>
#include <cstdint>
#include <vector>

namespace podglass::files {

enum class TcpFlag : std::uint8_t
{
    None = 0,
    Fin = 1,
    Syn = 2,
    Reset = 4,
    Push = 8,
    Ack = 16,
};

constexpr TcpFlag operator|(TcpFlag a, TcpFlag b)
{
    return static_cast<TcpFlag>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}

constexpr bool has(TcpFlag flags, TcpFlag flag)
{
    return (static_cast<unsigned>(flags) & static_cast<unsigned>(flag)) != 0;
}

struct MadeSegment
{
    flow::Endpoint from;
    flow::Endpoint to;
    std::array<std::uint16_t, 2> vlans{};
    bool fromClient = true; // chooses the Ethernet addresses
    std::uint32_t sequence = 0;
    std::uint32_t acknowledged = 0;
    TcpFlag flags = TcpFlag::Ack;
    bytes::ByteView payload;
    // Bytes behind `payload` that belong to the segment and are not in the frame.
    std::uint32_t cut = 0;
};

// Payload and cut bytes of one segment together: what fits into an IPv4 packet beside its headers.
inline constexpr std::size_t segmentBytes = 65'000;

// Puts the frame into `out`, which is emptied first; returns its length on the wire.
std::uint32_t makePacket(const MadeSegment& segment, std::vector<std::uint8_t>& out);

} // namespace podglass::files
