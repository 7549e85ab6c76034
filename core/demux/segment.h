// SPDX-License-Identifier: Apache-2.0
// Segment: one TCP segment, cut out of its packet; what demux makes and reassembly reads.
// Ownership: payload borrows from the packet (or from the fragment table) and is valid until the
// next packet is decoded.
// Source: RFC 9293 3.1, RFC 7323 2.2.
#pragma once

#include "core/flow/event.h"

#include <cstdint>

namespace podglass::demux {

namespace tcp {
inline constexpr std::uint8_t fin = 0x01;
inline constexpr std::uint8_t syn = 0x02;
inline constexpr std::uint8_t rst = 0x04;
inline constexpr std::uint8_t ack = 0x10;
inline constexpr std::uint8_t urg = 0x20;
} // namespace tcp

struct Segment
{
    flow::Endpoint source;
    flow::Endpoint destination;
    std::uint32_t vlan = 0; // VLAN ids, outer in the low 12 bits, inner above; priority tags are 0
    std::uint32_t sequence = 0;
    std::uint32_t acknowledgement = 0;
    std::uint32_t identification = 0; // IPv4: identification | 0x10000; IPv6: 0
    std::uint16_t window = 0;         // as sent, not scaled
    std::uint8_t flags = 0;
    std::uint8_t windowScale = 0; // SYN only
    bool hasWindowScale = false;  // SYN only
    bool multipath = false;       // SYN only: an MPTCP subflow (RFC 8684), not joined
    bool oddOptions = false;      // SYN only: an option length that does not fit
    bool badChecksum = false;     // verified, wrong, and not explained by offload
    std::uint32_t missing = 0;    // bytes after `payload` that the snapshot length cut off
    bytes::ByteView payload;
    base::Timestamp at;

    [[nodiscard]] bool has(std::uint8_t flag) const { return (flags & flag) != 0; }

    [[nodiscard]] std::uint64_t length() const { return payload.size() + missing; }
};

} // namespace podglass::demux
