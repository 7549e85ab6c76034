// SPDX-License-Identifier: Apache-2.0
#include "core/demux/ip_layer.h"

#include <algorithm>
#include <optional>

namespace podglass::demux {

namespace {

using bytes::ByteView;

constexpr std::size_t ipv4Header = 20;
constexpr std::size_t ipv6Header = 40;
constexpr int maximumExtensionHeaders = 8;

constexpr std::uint8_t protocolTcp = 6;
constexpr std::uint8_t hopByHop = 0;
constexpr std::uint8_t routing = 43;
constexpr std::uint8_t fragment = 44;
constexpr std::uint8_t authentication = 51;
constexpr std::uint8_t destinationOptions = 60;

std::uint32_t big16(ByteView bytes, std::size_t at)
{
    return static_cast<std::uint32_t>(bytes[at] << 8 | bytes[at + 1]);
}

std::uint32_t big32(ByteView bytes, std::size_t at)
{
    return big16(bytes, at) << 16 | big16(bytes, at + 2);
}

bool isTunnel(std::uint8_t protocol)
{
    return protocol == 4 || protocol == 41 || protocol == 47 || protocol == 137;
}

bool isExtension(std::uint8_t protocol)
{
    switch (protocol) {
    case hopByHop:
    case routing:
    case authentication:
    case destinationOptions:
    case 135: // mobility (RFC 6275)
    case 139: // host identity (RFC 7401)
    case 140: // shim6 (RFC 5533)
        return true;
    default:
        return false;
    }
}

IpVerdict verdictOf(std::uint8_t protocol)
{
    if (protocol == protocolTcp)
        return IpVerdict::Payload;
    return isTunnel(protocol) ? IpVerdict::Tunnel : IpVerdict::Other;
}

// Drops `count` bytes of header; false when the packet is not that long.
bool advance(IpPacket& packet, std::size_t count)
{
    if (packet.payloadLength < count || packet.payload.size() < count)
        return false;
    packet.payload = packet.payload.subspan(count);
    packet.payloadLength -= count;
    return true;
}

// Cuts padding behind the datagram.
void setLength(IpPacket& packet, std::uint64_t length)
{
    packet.payloadLength = length;
    if (packet.payload.size() > length)
        packet.payload = packet.payload.first(static_cast<std::size_t>(length));
}

void mapAddress(Address& to, ByteView from)
{
    to = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, from[0], from[1], from[2], from[3]};
}

IpPacket decodeIpv4(const NetworkView& view)
{
    IpPacket packet;
    const ByteView ip = view.bytes;
    if (ip.size() < ipv4Header || ip[0] >> 4 != 4)
        return packet;
    const std::size_t header = (ip[0] & 0x0fU) * 4;
    std::uint64_t total = big16(ip, 2);
    if (total == 0)
        total = view.wireLength;
    if (header < ipv4Header || total < header || total > view.wireLength || ip.size() < header)
        return packet;
    mapAddress(packet.source, ip.subspan(12));
    mapAddress(packet.destination, ip.subspan(16));
    packet.identification = big16(ip, 4);
    packet.protocol = ip[9];
    packet.moreFragments = (ip[6] & 0x20) != 0;
    packet.fragmentOffset = (big16(ip, 6) & 0x1fffU) * 8;
    packet.payload = ip.subspan(header);
    setLength(packet, total - header);
    if (packet.moreFragments || packet.fragmentOffset != 0)
        packet.verdict = IpVerdict::Fragment;
    else
        walkExtensionHeaders(packet); // AH exists in IPv4, too
    return packet;
}

// RFC 2675: the length behind the fixed header, in a hop-by-hop option of type 0xC2.
std::optional<std::uint64_t> jumboLength(ByteView hop)
{
    if (hop.size() < 8)
        return std::nullopt;
    const std::size_t end = std::min(hop.size(), (hop[1] + std::size_t{1}) * 8);
    for (std::size_t at = 2; at + 1 < end;) {
        if (hop[at] == 0) { // Pad1
            ++at;
            continue;
        }
        if (hop[at] == 0xc2 && hop[at + 1] == 4 && at + 6 <= end)
            return big32(hop, at + 2);
        at += std::size_t{2} + hop[at + 1];
    }
    return std::nullopt;
}

IpPacket decodeIpv6(const NetworkView& view)
{
    IpPacket packet;
    const ByteView ip = view.bytes;
    if (ip.size() < ipv6Header || ip[0] >> 4 != 6)
        return packet;
    std::ranges::copy(ip.subspan(8, 16), packet.source.begin());
    std::ranges::copy(ip.subspan(24, 16), packet.destination.begin());
    packet.protocol = ip[6];
    packet.payload = ip.subspan(ipv6Header);
    std::uint64_t length = big16(ip, 4);
    const std::uint64_t onWire = view.wireLength - ipv6Header;
    if (length == 0) {
        length = onWire;
        if (packet.protocol == hopByHop)
            length = jumboLength(packet.payload).value_or(onWire);
    }
    if (length > onWire)
        return packet;
    setLength(packet, length);
    walkExtensionHeaders(packet);
    return packet;
}

// An atomic fragment (offset 0, nothing follows; RFC 6946) is a whole datagram.
bool enterFragment(IpPacket& packet)
{
    if (packet.payload.size() < 8)
        return false;
    const std::uint32_t bits = big16(packet.payload, 2);
    packet.protocol = packet.payload[0];
    packet.fragmentOffset = bits & 0xfff8U;
    packet.moreFragments = (bits & 1) != 0;
    packet.identification = big32(packet.payload, 4);
    return advance(packet, 8);
}

bool skipExtension(IpPacket& packet)
{
    if (packet.payload.size() < 2)
        return false;
    const std::size_t units = packet.payload[1];
    const std::size_t length =
        packet.protocol == authentication ? (units + 2) * 4 : (units + 1) * 8;
    packet.protocol = packet.payload[0];
    return advance(packet, length);
}

} // namespace

bool mayCarryTcp(std::uint8_t protocol)
{
    return protocol == protocolTcp || isExtension(protocol);
}

void walkExtensionHeaders(IpPacket& packet)
{
    packet.verdict = IpVerdict::Malformed;
    for (int i = 0; i <= maximumExtensionHeaders; ++i) {
        if (packet.protocol == fragment) {
            if (!enterFragment(packet))
                return;
            if (packet.moreFragments || packet.fragmentOffset != 0) {
                packet.verdict = IpVerdict::Fragment;
                return;
            }
        } else if (isExtension(packet.protocol)) {
            if (!skipExtension(packet))
                return;
        } else {
            packet.verdict = verdictOf(packet.protocol);
            return;
        }
    }
}

IpPacket decodeIp(const NetworkView& view)
{
    return view.network == Network::Ipv4 ? decodeIpv4(view) : decodeIpv6(view);
}

} // namespace podglass::demux
