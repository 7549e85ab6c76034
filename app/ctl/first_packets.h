// SPDX-License-Identifier: Apache-2.0
// FirstPackets: the number and the sender of each connection's first packet in a file. Reassembly
// opens a connection only when it is certain of it, which is later. Thread: one.
#pragma once

#include "core/demux/demux.h"

#include <map>

namespace podglass::ctl {

class FirstPackets
{
public:
    struct First
    {
        std::uint64_t frame = 0; // from 1
        flow::Endpoint sender;
    };

    // Every packet of the file, before reassembly sees it.
    void onPacket(const capture::Packet& packet);

    // A connection of these two was opened; the next first packet is another connection's.
    First take(const flow::Endpoint& one, const flow::Endpoint& other);

private:
    using Pair = std::pair<flow::Endpoint, flow::Endpoint>; // the smaller first

    struct Entry
    {
        First first;
        std::uint32_t sequence = 0;
        bool taken = false;
    };

    static Pair pairOf(const flow::Endpoint& one, const flow::Endpoint& other);

    demux::Demux m_demux{demux::Checksums::Trust};
    std::uint64_t m_frame = 0;
    std::map<Pair, Entry> m_entries; // one for each pair of endpoints in the file
};

} // namespace podglass::ctl
