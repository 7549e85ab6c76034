// SPDX-License-Identifier: Apache-2.0
// What reassembly counts. Gauges say how much is held now, the rest only grows.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace podglass::reassembly {

struct Counters
{
    // segments that were not delivered as they came
    std::uint64_t retransmissions = 0; // segments with bytes delivered before
    std::uint64_t duplicates = 0;      // the same packet captured twice
    std::uint64_t uncompared = 0;      // bytes repeated after they had left the history
    std::uint64_t conflicts = 0;
    std::uint64_t outOfOrder = 0;
    std::uint64_t outOfWindow = 0;
    std::uint64_t badChecksums = 0;
    std::uint64_t keepAlives = 0;
    std::uint64_t afterClose = 0; // stragglers of closed connections
    std::uint64_t unknown = 0;    // no payload, no handshake: nothing to join
    std::uint64_t ignored = 0;    // the proxy's connections
    std::uint64_t otherPorts = 0; // outside the ports of interest

    // loss
    std::array<std::uint64_t, 4> gaps{};     // per flow::GapKind
    std::array<std::uint64_t, 4> gapBytes{}; // per flow::GapKind
    std::uint64_t deliveredBytes = 0;

    // connections
    std::uint64_t opened = 0;
    std::uint64_t joinedLate = 0;
    std::uint64_t refused = 0; // SYN answered by RST
    std::uint64_t closed = 0;
    std::uint64_t evicted = 0;
    std::uint64_t halfOpenEvicted = 0;

    // gauges
    std::size_t connections = 0;
    std::size_t halfOpen = 0;
    std::size_t outOfOrderBytes = 0; // with the overhead of each queued segment
};

} // namespace podglass::reassembly
