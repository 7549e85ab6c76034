// SPDX-License-Identifier: Apache-2.0
// FragmentTable: puts IP datagrams together again. Bounded: 64 datagrams of 64 KiB, 30 s; when it
// is full the oldest goes. Overlapping fragments: the bytes that came first stay, and it is
// counted (Linux drops such datagrams altogether, RFC 5722 asks for it in IPv6; a mirror that
// drops would hide what others read).
// Time passed in. Thread: the capture thread.
#pragma once

#include "core/base/time.h"
#include "core/demux/ip_layer.h"

#include <cstdint>
#include <list>
#include <utility>
#include <vector>

namespace podglass::demux {

struct FragmentCounters
{
    std::uint64_t fragments = 0;
    std::uint64_t reassembled = 0;
    std::uint64_t overlaps = 0;
    std::uint64_t dropped = 0; // datagrams: too old, too many, too long, cut by the snapshot length
};

class FragmentTable
{
public:
    // Takes a fragment. When it completes its datagram: true, and `packet` becomes the datagram,
    // whose payload stays valid until the next call.
    bool add(IpPacket& packet, std::uint32_t vlan, base::Timestamp at);

    [[nodiscard]] const FragmentCounters& counters() const { return m_counters; }

    [[nodiscard]] std::size_t size() const { return m_datagrams.size(); }

private:
    struct Datagram
    {
        Address source{};
        Address destination{};
        std::uint32_t identification = 0;
        std::uint32_t vlan = 0;
        std::uint8_t protocol = 0;
        base::Timestamp since;
        std::uint64_t length = 0; // known once the last fragment came
        std::vector<std::pair<std::uint32_t, std::uint32_t>> parts; // sorted [begin, end)
        std::vector<std::uint8_t> bytes;
    };

    std::list<Datagram>::iterator find(const IpPacket& packet, std::uint32_t vlan);
    bool store(Datagram& datagram, const IpPacket& packet);
    void expire(base::Timestamp at);

    std::list<Datagram> m_datagrams; // oldest first
    std::vector<std::uint8_t> m_complete;
    FragmentCounters m_counters;
};

} // namespace podglass::demux
