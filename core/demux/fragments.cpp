// SPDX-License-Identifier: Apache-2.0
#include "core/demux/fragments.h"

#include "core/base/limits.h"

#include <algorithm>

namespace podglass::demux {

bool FragmentTable::add(IpPacket& packet, std::uint32_t vlan, base::Timestamp at)
{
    ++m_counters.fragments;
    expire(at);
    auto found = find(packet, vlan);
    if (found == m_datagrams.end()) {
        if (m_datagrams.size() >= limits::fragmentedDatagrams) {
            m_datagrams.pop_front();
            ++m_counters.dropped;
        }
        Datagram fresh;
        fresh.source = packet.source;
        fresh.destination = packet.destination;
        fresh.identification = packet.identification;
        fresh.vlan = vlan;
        fresh.protocol = packet.protocol;
        fresh.since = at;
        m_datagrams.push_back(std::move(fresh));
        found = std::prev(m_datagrams.end());
    }
    if (!store(*found, packet)) {
        m_datagrams.erase(found);
        ++m_counters.dropped;
        return false;
    }
    const auto& parts = found->parts;
    if (found->length == 0 || parts.size() != 1 || parts[0].first != 0
        || parts[0].second != found->length)
        return false;
    m_complete = std::move(found->bytes);
    m_complete.resize(found->length);
    packet.protocol = found->protocol;
    m_datagrams.erase(found);
    ++m_counters.reassembled;
    packet.payload = m_complete;
    packet.payloadLength = m_complete.size();
    packet.moreFragments = false;
    packet.fragmentOffset = 0;
    return true;
}

std::list<FragmentTable::Datagram>::iterator FragmentTable::find(const IpPacket& packet,
                                                                 std::uint32_t vlan)
{
    return std::ranges::find_if(m_datagrams, [&](const Datagram& datagram) {
        return datagram.identification == packet.identification && datagram.vlan == vlan
               && datagram.source == packet.source && datagram.destination == packet.destination;
    });
}

// False: the datagram cannot be completed any more.
bool FragmentTable::store(Datagram& datagram, const IpPacket& packet)
{
    const std::uint64_t begin = packet.fragmentOffset;
    const std::uint64_t end = begin + packet.payloadLength;
    if (packet.payload.size() != packet.payloadLength || end > limits::fragmentedDatagramBytes)
        return false;
    if (packet.payload.empty())
        return true;
    if (begin == 0)
        datagram.protocol = packet.protocol; // RFC 8200 4.5: the first fragment's counts
    if (!packet.moreFragments)
        datagram.length = std::max(datagram.length, end);
    if (datagram.bytes.size() < end)
        datagram.bytes.resize(end);

    // Only where nothing is yet; `at` walks over the parts that are there.
    std::uint64_t at = begin;
    for (const auto& [partBegin, partEnd] : datagram.parts) {
        if (partEnd <= at || partBegin >= end)
            continue;
        ++m_counters.overlaps;
        for (; at < partBegin; ++at)
            datagram.bytes[at] = packet.payload[at - begin];
        at = partEnd;
    }
    for (; at < end; ++at)
        datagram.bytes[at] = packet.payload[at - begin];

    auto& parts = datagram.parts;
    parts.emplace_back(static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end));
    std::ranges::sort(parts);
    std::size_t last = 0;
    for (std::size_t i = 1; i < parts.size(); ++i) {
        if (parts[i].first <= parts[last].second)
            parts[last].second = std::max(parts[last].second, parts[i].second);
        else
            parts[++last] = parts[i];
    }
    parts.resize(last + 1);
    return parts.size() <= limits::fragmentIslands;
}

void FragmentTable::expire(base::Timestamp at)
{
    while (!m_datagrams.empty()
           && base::elapsed(m_datagrams.front().since, at) > limits::fragmentAge) {
        m_datagrams.pop_front();
        ++m_counters.dropped;
    }
}

} // namespace podglass::demux
