// SPDX-License-Identifier: Apache-2.0
#include "core/demux/demux.h"

#include "core/demux/tcp_layer.h"

#include <algorithm>

namespace podglass::demux {

bool Demux::decode(const capture::Packet& packet, Segment& segment)
{
    ++m_counters.packets;
    m_counters.bytes += std::max<std::uint64_t>(packet.wireLength, packet.bytes.size());
    const NetworkView network = decodeLink(packet);
    switch (network.network) {
    case Network::Malformed:
        ++m_counters.malformed;
        return false;
    case Network::Other:
        ++m_counters.notTcp;
        return false;
    case Network::Tunnel:
        ++m_counters.tunnelled;
        return false;
    case Network::Ipv4:
    case Network::Ipv6:
        break;
    }
    IpPacket ip = decodeIp(network);
    if (ip.verdict == IpVerdict::Fragment) {
        if (!mayCarryTcp(ip.protocol)) {
            ++m_counters.notTcp;
            return false;
        }
        if (!m_fragments.add(ip, network.vlan, packet.at))
            return false;
        walkExtensionHeaders(ip);
    }
    segment = {};
    segment.vlan = network.vlan;
    segment.at = packet.at;
    if (network.network == Network::Ipv4)
        segment.identification = ip.identification | 0x10000U;
    return decodeTransport(ip, segment);
}

bool Demux::decodeTransport(const IpPacket& ip, Segment& segment)
{
    switch (ip.verdict) {
    case IpVerdict::Tunnel:
        ++m_counters.tunnelled;
        return false;
    case IpVerdict::Other:
        ++m_counters.notTcp;
        return false;
    case IpVerdict::Malformed:
    case IpVerdict::Fragment: // a fragment inside a fragment
        ++m_counters.malformed;
        return false;
    case IpVerdict::Payload:
        break;
    }
    if (!decodeTcp(ip, segment)) {
        ++m_counters.malformed;
        return false;
    }
    if (m_checksums == Checksums::Verify && hasBadChecksum(ip)) {
        segment.badChecksum = true;
        ++m_counters.badChecksums;
    }
    ++m_counters.segments;
    return true;
}

} // namespace podglass::demux
