// SPDX-License-Identifier: Apache-2.0
#include "core/demux/link_layer.h"

#include "core/bytes/cursor.h"

#include <algorithm>

namespace podglass::demux {

namespace {

using bytes::ByteView;
using capture::LinkType;

constexpr std::size_t ethernetHeader = 14;
constexpr std::size_t cookedHeader = 16;
constexpr std::size_t cooked2Header = 20;
constexpr std::size_t nullHeader = 4;
constexpr std::uint16_t nflogPayload = 9; // NFULA_PAYLOAD

constexpr std::uint16_t big16(ByteView bytes, std::size_t at)
{
    return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

bool isVlanType(std::uint16_t type)
{
    return type == 0x8100 || type == 0x88a8 || type == 0x9100;
}

Network networkOf(std::uint16_t etherType)
{
    switch (etherType) {
    case 0x0800:
        return Network::Ipv4;
    case 0x86dd:
        return Network::Ipv6;
    case 0x8847: // MPLS
    case 0x8848:
    case 0x8864: // PPPoE
        return Network::Tunnel;
    default:
        return Network::Other;
    }
}

NetworkView skip(const capture::Packet& packet, std::size_t count)
{
    const std::uint64_t wire = std::max<std::uint64_t>(packet.wireLength, packet.bytes.size());
    if (packet.bytes.size() < count)
        return {};
    return {Network::Other, packet.bytes.subspan(count), wire - count, 0};
}

// Walks up to two VLAN tags; a third is left as an unknown network.
NetworkView withEtherType(NetworkView view, std::uint16_t type)
{
    if (view.network == Network::Malformed)
        return view;
    for (unsigned shift = 0; shift <= 12 && isVlanType(type); shift += 12) {
        if (view.bytes.size() < 4)
            return {};
        view.vlan |= (big16(view.bytes, 0) & 0x0fffU) << shift;
        type = big16(view.bytes, 2);
        view.bytes = view.bytes.subspan(4);
        view.wireLength -= 4;
    }
    view.network = networkOf(type);
    return view;
}

Network networkOfVersion(ByteView bytes)
{
    if (bytes.empty())
        return Network::Malformed;
    if (bytes[0] >> 4 == 4)
        return Network::Ipv4;
    return bytes[0] >> 4 == 6 ? Network::Ipv6 : Network::Malformed;
}

// The family numbers of the systems that write these files: 2 everywhere for IPv4; 10 Linux,
// 24 NetBSD, 28 FreeBSD, 30 macOS for IPv6. The byte order is the writer's, so both are tried.
Network networkOfFamily(ByteView bytes)
{
    const std::uint32_t family = bytes[0] != 0 ? bytes[0] : bytes[3];
    if (family == 2)
        return Network::Ipv4;
    if (family == 10 || family == 24 || family == 28 || family == 30)
        return Network::Ipv6;
    return Network::Other;
}

// Header (family, version, resource), then attributes in the writer's byte order; little endian
// is assumed, as every Linux that Podglass meets writes it.
NetworkView decodeNflog(const capture::Packet& packet)
{
    constexpr std::size_t header = 4;
    NetworkView rest = skip(packet, header);
    if (rest.network == Network::Malformed)
        return rest;
    while (rest.bytes.size() >= 4) {
        const auto length = static_cast<std::size_t>(rest.bytes[0] | rest.bytes[1] << 8);
        const auto type = static_cast<std::uint16_t>(rest.bytes[2] | rest.bytes[3] << 8);
        if (length < 4)
            return {};
        if ((type & 0x7fff) == nflogPayload) {
            const std::size_t payload = std::min(length, rest.bytes.size()) - 4;
            const ByteView bytes = rest.bytes.subspan(4, payload);
            return {networkOfVersion(bytes), bytes, length - 4, 0};
        }
        const std::size_t step = (length + 3) & ~std::size_t{3};
        if (step > rest.bytes.size())
            return {};
        rest.bytes = rest.bytes.subspan(step);
    }
    return {};
}

NetworkView decodeNull(const capture::Packet& packet)
{
    NetworkView view = skip(packet, nullHeader);
    if (view.network != Network::Malformed)
        view.network = networkOfFamily(packet.bytes);
    return view;
}

NetworkView decodeRaw(const capture::Packet& packet)
{
    NetworkView view = skip(packet, 0);
    view.network = networkOfVersion(view.bytes);
    return view;
}

NetworkView decodeTyped(const capture::Packet& packet, std::size_t header, std::size_t typeAt)
{
    const NetworkView view = skip(packet, header);
    if (view.network == Network::Malformed)
        return view;
    return withEtherType(view, big16(packet.bytes, typeAt));
}

} // namespace

NetworkView decodeLink(const capture::Packet& packet)
{
    switch (packet.link) {
    case LinkType::Ethernet:
        return decodeTyped(packet, ethernetHeader, 12);
    case LinkType::LinuxCooked:
        return decodeTyped(packet, cookedHeader, 14);
    case LinkType::LinuxCooked2:
        return decodeTyped(packet, cooked2Header, 0);
    case LinkType::Null:
    case LinkType::Loop:
        return decodeNull(packet);
    case LinkType::Nflog:
        return decodeNflog(packet);
    case LinkType::Raw:
    case LinkType::RawIp:
    case LinkType::Ipv4:
    case LinkType::Ipv6:
        return decodeRaw(packet);
    }
    return {};
}

} // namespace podglass::demux
