// SPDX-License-Identifier: Apache-2.0
// Packets written in code, layer by layer, for the tests of capture, demux and reassembly.
#pragma once

#include "core/capture/packet.h"
#include "core/flow/event.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace podglass::support {

using Bytes = std::vector<std::uint8_t>;

inline void put16(Bytes& to, std::uint64_t value)
{
    to.push_back(static_cast<std::uint8_t>(value >> 8));
    to.push_back(static_cast<std::uint8_t>(value));
}

inline void put32(Bytes& to, std::uint64_t value)
{
    put16(to, value >> 16);
    put16(to, value);
}

inline void append(Bytes& to, const Bytes& more)
{
    to.insert(to.end(), more.begin(), more.end());
}

inline constexpr std::uint8_t finFlag = 0x01;
inline constexpr std::uint8_t synFlag = 0x02;
inline constexpr std::uint8_t rstFlag = 0x04;
inline constexpr std::uint8_t ackFlag = 0x10;
inline constexpr std::uint8_t urgFlag = 0x20;

// One TCP segment and the addresses around it.
struct TcpSpec
{
    flow::Endpoint source;
    flow::Endpoint destination;
    std::uint32_t sequence = 0;
    std::uint32_t acknowledgement = 0;
    std::uint8_t flags = ackFlag;
    std::uint16_t window = 65'535;
    std::string payload;
    Bytes options; // padded by the caller to a multiple of 4
    std::uint16_t identification = 0;
    std::uint16_t checksumError = 0; // added to the right one
};

inline std::uint16_t onesSum(const Bytes& bytes)
{
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        total += static_cast<std::uint64_t>(bytes[i]) << (i % 2 == 0 ? 8 : 0);
    while (total >> 16 != 0)
        total = (total & 0xffff) + (total >> 16);
    return static_cast<std::uint16_t>(total);
}

inline Bytes addressBytes(const flow::Endpoint& endpoint)
{
    const auto begin = endpoint.address.begin() + (endpoint.isV4() ? 12 : 0);
    return {begin, endpoint.address.end()};
}

inline Bytes tcpBytes(const TcpSpec& spec)
{
    Bytes tcp;
    put16(tcp, spec.source.port);
    put16(tcp, spec.destination.port);
    put32(tcp, spec.sequence);
    put32(tcp, spec.acknowledgement);
    tcp.push_back(static_cast<std::uint8_t>((5 + spec.options.size() / 4) << 4));
    tcp.push_back(spec.flags);
    put16(tcp, spec.window);
    put16(tcp, 0); // checksum, below
    put16(tcp, 0);
    append(tcp, spec.options);
    tcp.insert(tcp.end(), spec.payload.begin(), spec.payload.end());

    Bytes summed = addressBytes(spec.source);
    append(summed, addressBytes(spec.destination));
    put32(summed, tcp.size());
    put32(summed, 6);
    append(summed, tcp);
    const auto checksum = static_cast<std::uint16_t>(static_cast<std::uint16_t>(~onesSum(summed))
                                                     + spec.checksumError);
    tcp[16] = static_cast<std::uint8_t>(checksum >> 8);
    tcp[17] = static_cast<std::uint8_t>(checksum);
    return tcp;
}

struct Ipv4Spec
{
    std::uint16_t identification = 0;
    std::uint16_t fragment = 0; // flags and offset field as on the wire
    std::uint8_t protocol = 6;
    bool zeroLength = false; // BIG TCP, segmentation offload
};

inline Bytes ipv4Bytes(const flow::Endpoint& source,
                       const flow::Endpoint& destination,
                       const Bytes& payload,
                       const Ipv4Spec& spec = {})
{
    Bytes ip{0x45, 0};
    put16(ip, spec.zeroLength ? 0 : payload.size() + 20);
    put16(ip, spec.identification);
    put16(ip, spec.fragment);
    ip.push_back(64);
    ip.push_back(spec.protocol);
    put16(ip, 0); // header checksum: nobody here looks at it
    append(ip, addressBytes(source));
    append(ip, addressBytes(destination));
    append(ip, payload);
    return ip;
}

// `next` is the type of the first header in `payload`.
inline Bytes ipv6Bytes(const flow::Endpoint& source,
                       const flow::Endpoint& destination,
                       const Bytes& payload,
                       std::uint8_t next = 6)
{
    Bytes ip;
    put32(ip, 0x60000000);
    put16(ip, payload.size() > 65'535 ? 0 : payload.size());
    ip.push_back(next);
    ip.push_back(64);
    append(ip, addressBytes(source));
    append(ip, addressBytes(destination));
    append(ip, payload);
    return ip;
}

inline Bytes ipBytes(const TcpSpec& spec)
{
    if (!spec.source.isV4())
        return ipv6Bytes(spec.source, spec.destination, tcpBytes(spec));
    return ipv4Bytes(
        spec.source, spec.destination, tcpBytes(spec), {.identification = spec.identification});
}

// Tags are (type, id) pairs from the outside in.
inline Bytes ethernetBytes(const Bytes& ip,
                           const std::vector<std::pair<std::uint16_t, std::uint16_t>>& tags = {})
{
    Bytes frame(12, 0x02);
    for (const auto& [type, id] : tags) {
        put16(frame, type);
        put16(frame, id);
    }
    put16(frame, ip[0] >> 4 == 4 ? 0x0800 : 0x86dd);
    append(frame, ip);
    return frame;
}

inline Bytes ethernetBytes(const TcpSpec& spec)
{
    return ethernetBytes(ipBytes(spec));
}

// `bytes` outlives the packet.
inline capture::Packet packetOf(const Bytes& bytes,
                                base::Timestamp at = {1'000'000'000},
                                capture::LinkType link = capture::LinkType::Ethernet)
{
    capture::Packet packet;
    packet.at = at;
    packet.bytes = bytes;
    packet.wireLength = static_cast<std::uint32_t>(bytes.size());
    packet.link = link;
    return packet;
}

} // namespace podglass::support
