// SPDX-License-Identifier: Apache-2.0
// The network layer: IPv4 and IPv6 headers, extension headers and lengths.
// Lengths follow the IP header, so link padding and trailers are cut; a length of 0, as
// super-packets of segmentation offload carry (BIG TCP), means "as long as the packet is".
// Source: RFC 791, RFC 8200, RFC 2675 (jumbograms), RFC 4302 (AH).
#pragma once

#include "core/demux/link_layer.h"

#include <array>

namespace podglass::demux {

using Address = std::array<std::uint8_t, 16>; // IPv4 mapped, as in flow::Endpoint

enum class IpVerdict : std::uint8_t
{
    Payload,   // `payload` is the transport header and what follows
    Fragment,  // `payload` is a part of a datagram
    Tunnel,    // GRE, IPIP and the like
    Other,     // not TCP
    Malformed, // lengths that contradict each other, more than 8 extension headers
};

struct IpPacket
{
    IpVerdict verdict = IpVerdict::Malformed;
    std::uint8_t protocol = 0;
    bool moreFragments = false;
    std::uint32_t identification = 0;
    std::uint32_t fragmentOffset = 0; // bytes
    Address source{};
    Address destination{};
    bytes::ByteView payload;         // as far as captured
    std::uint64_t payloadLength = 0; // before any cut
};

// Whether a datagram of this protocol number is TCP or an extension header that may lead to it.
bool mayCarryTcp(std::uint8_t protocol);

IpPacket decodeIp(const NetworkView& view);

// The headers between a reassembled IPv6 datagram's fragment header and TCP; sets `verdict`,
// `payload` and `payloadLength` anew.
void walkExtensionHeaders(IpPacket& packet);

} // namespace podglass::demux
