// SPDX-License-Identifier: Apache-2.0
// FourTuple: the two ends of a connection, whichever sends, and the VLAN they are in.
#pragma once

#include "core/demux/segment.h"

#include <cstdint>

namespace podglass::reassembly {

struct FourTuple
{
    flow::Endpoint low; // the smaller of the two
    flow::Endpoint high;
    std::uint32_t vlan = 0;

    static FourTuple of(const flow::Endpoint& a, const flow::Endpoint& b, std::uint32_t vlan);

    bool operator==(const FourTuple&) const = default;
};

// Seeded, so that a peer cannot choose ports that collide.
class FourTupleHash
{
public:
    explicit FourTupleHash(std::uint64_t seed);

    std::size_t operator()(const FourTuple& tuple) const noexcept;

private:
    std::uint64_t m_seed;
};

} // namespace podglass::reassembly
