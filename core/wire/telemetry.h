// SPDX-License-Identifier: Apache-2.0
// What an agent tells of itself each second: a message like those of message.h. Plain values.
#pragma once

#include <cstdint>

namespace podglass::wire {

// Bytes unless named. Memory is split by what can be reclaimed (incident I3).
struct MemorySample
{
    std::uint64_t anonymous = 0;   // heap, stacks: only this grows in a leak
    std::uint64_t pageCache = 0;   // reclaimable
    std::uint64_t kernel = 0;      // sockets, page tables, slab
    std::uint64_t captureRing = 0; // the mapped packet ring
    std::uint64_t limit = 0;       // cgroup limit; 0: none
    bool ofCgroup = false;         // pageCache, kernel, limit are from a cgroup
};

struct LagSample
{
    std::uint64_t events = 0;
    std::uint64_t bytes = 0;
    std::uint64_t microseconds = 0;
};

struct Telemetry
{
    std::int64_t at = 0; // agent wall clock, ns since epoch
    MemorySample agent;
    MemorySample target; // all zero if unknown
    LagSample lag;       // of the client it is sent to
    std::uint64_t ringUsed = 0;
    std::uint64_t ringSize = 0;
    std::uint64_t offeredEvents = 0; // since start, this client's subscriptions
    std::uint64_t deliveredEvents = 0;
    std::uint64_t lostEvents = 0;
    std::uint64_t offeredBytes = 0;
    std::uint64_t deliveredBytes = 0;
    std::uint64_t lostBytes = 0;
    std::uint64_t packets = 0;
    std::uint64_t packetBytes = 0;
    std::uint64_t kernelDrops = 0;
    std::uint64_t malformedPackets = 0;
    std::uint32_t openConnections = 0;
    std::uint32_t proxiedConnections = 0;
    std::uint32_t clients = 0;
    std::uint64_t cpuMicroseconds = 0; // agent, since start
    std::uint64_t filterCacheHits = 0;
    std::uint64_t filterCacheMisses = 0;
};

} // namespace podglass::wire
