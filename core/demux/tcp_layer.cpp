// SPDX-License-Identifier: Apache-2.0
#include "core/demux/tcp_layer.h"

#include <algorithm>

namespace podglass::demux {

namespace {

using bytes::ByteView;

constexpr std::size_t tcpHeader = 20;

std::uint16_t big16(ByteView bytes, std::size_t at)
{
    return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

std::uint32_t big32(ByteView bytes, std::size_t at)
{
    return static_cast<std::uint32_t>(big16(bytes, at)) << 16 | big16(bytes, at + 2);
}

// Options matter in the handshake only; anything odd in them is tolerated and marked.
void decodeOptions(ByteView options, Segment& segment)
{
    std::size_t at = 0;
    while (at < options.size() && options[at] != 0) {
        if (options[at] == 1) {
            ++at;
            continue;
        }
        if (at + 1 >= options.size() || options[at + 1] < 2
            || at + options[at + 1] > options.size()) {
            segment.oddOptions = true;
            return;
        }
        if (options[at] == 3 && options[at + 1] == 3) {
            segment.hasWindowScale = true;
            segment.windowScale = std::min<std::uint8_t>(options[at + 2], 14); // RFC 7323 2.3
        } else if (options[at] == 30) {
            segment.multipath = true;
        }
        at += options[at + 1];
    }
}

std::uint64_t sum(ByteView bytes)
{
    std::uint64_t total = 0;
    std::size_t at = 0;
    for (; at + 1 < bytes.size(); at += 2)
        total += big16(bytes, at);
    if (at < bytes.size())
        total += static_cast<std::uint64_t>(bytes[at]) << 8;
    return total;
}

std::uint16_t fold(std::uint64_t total)
{
    while (total >> 16 != 0)
        total = (total & 0xffff) + (total >> 16);
    return static_cast<std::uint16_t>(total);
}

} // namespace

bool decodeTcp(const IpPacket& ip, Segment& segment)
{
    const ByteView tcp = ip.payload;
    if (tcp.size() < tcpHeader)
        return false;
    const std::size_t header = static_cast<std::size_t>(tcp[12] >> 4) * 4;
    if (header < tcpHeader || header > ip.payloadLength)
        return false;
    const std::uint64_t length = ip.payloadLength - header;
    if (length > UINT32_MAX)
        return false;
    segment.source = {ip.source, big16(tcp, 0)};
    segment.destination = {ip.destination, big16(tcp, 2)};
    segment.sequence = big32(tcp, 4);
    segment.acknowledgement = big32(tcp, 8);
    segment.flags = tcp[13];
    segment.window = big16(tcp, 14);
    const std::size_t captured = std::min(header, tcp.size());
    if (segment.has(tcp::syn))
        decodeOptions(tcp.subspan(tcpHeader, captured - tcpHeader), segment);
    segment.payload = tcp.subspan(captured);
    segment.missing = static_cast<std::uint32_t>(length - segment.payload.size());
    return true;
}

bool hasBadChecksum(const IpPacket& ip)
{
    if (ip.payload.size() < tcpHeader || ip.payload.size() != ip.payloadLength)
        return false;
    constexpr std::uint64_t protocol = 6;
    // A mapped prefix would add 0xffff per address, which is zero in ones' complement.
    const std::uint64_t pseudo = sum(ip.source) + sum(ip.destination) + protocol;
    const std::uint64_t withLength =
        pseudo + (ip.payloadLength >> 16) + (ip.payloadLength & 0xffff);
    if (fold(withLength + sum(ip.payload)) == 0xffff)
        return false;
    const std::uint16_t field = big16(ip.payload, 16);
    return field != 0 && field != fold(withLength) && field != fold(pseudo);
}

} // namespace podglass::demux
