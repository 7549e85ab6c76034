// SPDX-License-Identifier: Apache-2.0
// Demux: packet in, TCP segment out. Everything that is not one is counted by its reason.
// No I/O, time comes with the packet. Thread: the capture thread.
#pragma once

#include "core/demux/fragments.h"
#include "core/demux/segment.h"

namespace podglass::demux {

struct DemuxCounters
{
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0; // on the wire
    std::uint64_t segments = 0;
    std::uint64_t notTcp = 0;
    std::uint64_t tunnelled = 0; // GRE, IPIP, PPPoE, MPLS: not looked into
    std::uint64_t malformed = 0;
    std::uint64_t badChecksums = 0;
};

enum class Checksums : std::uint8_t
{
    Trust,  // live: the network card may not have filled them in yet
    Verify, // files: mark the segments whose checksum is wrong and not explained by offload
};

class Demux
{
public:
    explicit Demux(Checksums checksums)
        : m_checksums(checksums)
    {}

    // True: `segment` is filled; its payload is valid until the next call and as long as the
    // packet's bytes.
    bool decode(const capture::Packet& packet, Segment& segment);

    [[nodiscard]] const DemuxCounters& counters() const { return m_counters; }

    [[nodiscard]] const FragmentCounters& fragmentCounters() const
    {
        return m_fragments.counters();
    }

private:
    bool decodeTransport(const IpPacket& ip, Segment& segment);

    Checksums m_checksums;
    FragmentTable m_fragments;
    DemuxCounters m_counters;
};

} // namespace podglass::demux
