// SPDX-License-Identifier: Apache-2.0
#include "core/files/made_packet.h"

#include "core/bytes/cursor.h"

namespace podglass::files {

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint16_t etherVlan = 0x8100;
constexpr std::uint16_t etherServiceVlan = 0x88a8; // the outer of two (802.1ad)
constexpr std::uint16_t etherIpv4 = 0x0800;
constexpr std::uint16_t etherIpv6 = 0x86dd;
constexpr std::uint8_t protocolTcp = 6;
constexpr std::uint8_t hops = 64;
constexpr std::uint16_t window = 65'535;
constexpr std::size_t tcpHeader = 20;
constexpr std::size_t ipv4Header = 20;

template <typename T>
void put(Bytes& out, T value)
{
    bytes::appendNumber<std::endian::big>(out, value);
}

void put(Bytes& out, bytes::ByteView data)
{
    out.insert(out.end(), data.begin(), data.end());
}

// RFC 1071, not yet folded nor inverted.
std::uint64_t sum(bytes::ByteView data, std::uint64_t start = 0)
{
    for (std::size_t i = 0; i + 1 < data.size(); i += 2)
        start += static_cast<std::uint64_t>(data[i]) << 8 | data[i + 1];
    if (data.size() % 2 != 0)
        start += static_cast<std::uint64_t>(data.back()) << 8;
    return start;
}

std::uint16_t checksum(std::uint64_t total)
{
    while (total > 0xffff)
        total = (total & 0xffff) + (total >> 16);
    return static_cast<std::uint16_t>(~total);
}

void setNumber(Bytes& out, std::size_t at, std::uint16_t value)
{
    out[at] = static_cast<std::uint8_t>(value >> 8);
    out[at + 1] = static_cast<std::uint8_t>(value);
}

bytes::ByteView addressOf(const flow::Endpoint& end, bool v4)
{
    constexpr std::size_t mapped = 12;
    return v4 ? bytes::ByteView(end.address).subspan(mapped) : bytes::ByteView(end.address);
}

void putEthernet(Bytes& out, const MadeSegment& segment, std::uint16_t type)
{
    constexpr std::array<std::uint8_t, 5> local{2, 0, 0, 0, 0};
    const std::uint8_t client = 1;
    const std::uint8_t server = 2;
    put(out, bytes::ByteView(local));
    put(out, segment.fromClient ? server : client);
    put(out, bytes::ByteView(local));
    put(out, segment.fromClient ? client : server);
    const bool both = segment.vlans[0] != 0 && segment.vlans[1] != 0;
    for (std::size_t i = 0; i < segment.vlans.size(); ++i)
        if (segment.vlans.at(i) != 0) {
            put(out, i == 0 && both ? etherServiceVlan : etherVlan);
            put(out, segment.vlans.at(i));
        }
    put(out, type);
}

void putIp(Bytes& out, const MadeSegment& segment, bool v4, std::size_t tcpLength)
{
    const std::size_t begin = out.size();
    if (v4) {
        constexpr std::uint16_t versionAndLength = 0x4500;
        constexpr std::uint16_t dontFragment = 0x4000;
        put(out, versionAndLength);
        put(out, static_cast<std::uint16_t>(ipv4Header + tcpLength));
        put(out, std::uint16_t{0});
        put(out, dontFragment);
        put(out, hops);
        put(out, protocolTcp);
        put(out, std::uint16_t{0});
    } else {
        constexpr std::uint32_t version = 6U << 28;
        put(out, version);
        put(out, static_cast<std::uint16_t>(tcpLength));
        put(out, protocolTcp);
        put(out, hops);
    }
    put(out, addressOf(segment.from, v4));
    put(out, addressOf(segment.to, v4));
    constexpr std::size_t checksumAt = 10;
    if (v4)
        setNumber(out, begin + checksumAt, checksum(sum(bytes::ByteView(out).subspan(begin))));
}

} // namespace

std::uint32_t makePacket(const MadeSegment& segment, Bytes& out)
{
    out.clear();
    const bool v4 = segment.from.isV4() && segment.to.isV4();
    constexpr std::size_t synOptions = 4;
    const std::size_t tcpLength = tcpHeader + (has(segment.flags, TcpFlag::Syn) ? synOptions : 0)
                                  + segment.payload.size() + segment.cut;
    putEthernet(out, segment, v4 ? etherIpv4 : etherIpv6);
    putIp(out, segment, v4, tcpLength);
    const std::size_t tcp = out.size();
    const bool syn = has(segment.flags, TcpFlag::Syn);
    const auto words = static_cast<std::uint8_t>((syn ? 6U : 5U) << 4U);
    put(out, segment.from.port);
    put(out, segment.to.port);
    put(out, segment.sequence);
    put(out, segment.acknowledged);
    put(out, words);
    put(out, static_cast<std::uint8_t>(segment.flags));
    put(out, window);
    put(out, std::uint32_t{0}); // checksum, urgent pointer
    // RFC 7323 2.2: what was sent may be far ahead of what was acknowledged.
    constexpr std::array<std::uint8_t, 4> widestWindow{3, 3, 14, 0};
    if (syn)
        put(out, bytes::ByteView(widestWindow));
    put(out, segment.payload);
    // Of a segment that is not whole in the frame no checksum can be told.
    if (segment.cut == 0) {
        std::uint64_t total = sum(addressOf(segment.from, v4));
        total = sum(addressOf(segment.to, v4), total) + protocolTcp + tcpLength;
        constexpr std::size_t checksumAt = 16;
        setNumber(out, tcp + checksumAt, checksum(sum(bytes::ByteView(out).subspan(tcp), total)));
    }
    return static_cast<std::uint32_t>(out.size() + segment.cut);
}

} // namespace podglass::files
