// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/first_packets.h"

namespace podglass::ctl {

FirstPackets::Pair FirstPackets::pairOf(const flow::Endpoint& one, const flow::Endpoint& other)
{
    return one < other ? Pair(one, other) : Pair(other, one);
}

void FirstPackets::onPacket(const capture::Packet& packet)
{
    ++m_frame;
    demux::Segment segment;
    if (!m_demux.decode(packet, segment))
        return;
    const auto [at, fresh] = m_entries.try_emplace(pairOf(segment.source, segment.destination));
    Entry& entry = at->second;
    const bool opens = segment.has(demux::tcp::syn) && !segment.has(demux::tcp::ack);
    // The same endpoints again: a SYN with another number begins another connection.
    if (fresh || (entry.taken && opens && segment.sequence != entry.sequence))
        entry = {{m_frame, segment.source}, segment.sequence, false};
}

FirstPackets::First FirstPackets::take(const flow::Endpoint& one, const flow::Endpoint& other)
{
    Entry& entry = m_entries[pairOf(one, other)];
    // Taken before and no SYN since: picked up again in mid-stream, by this packet.
    if (entry.taken)
        entry.first.frame = m_frame;
    entry.taken = true;
    return entry.first;
}

} // namespace podglass::ctl
