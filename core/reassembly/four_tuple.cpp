// SPDX-License-Identifier: Apache-2.0
#include "core/reassembly/four_tuple.h"

#include <cstring>

namespace podglass::reassembly {

namespace {

bool isBefore(const flow::Endpoint& a, const flow::Endpoint& b)
{
    const int order = std::memcmp(a.address.data(), b.address.data(), a.address.size());
    return order != 0 ? order < 0 : a.port < b.port;
}

// Both halves of the product take part, so no input bit is lost.
std::uint64_t mix(std::uint64_t a, std::uint64_t b)
{
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

} // namespace

FourTupleHash::FourTupleHash(std::uint64_t seed)
    // Any seed is good, 0 included: it is spread over all bits (the finisher of SplitMix64).
    : m_seed(seed + 0x9e3779b97f4a7c15U)
{
    m_seed = (m_seed ^ m_seed >> 30) * 0xbf58476d1ce4e5b9U;
    m_seed = (m_seed ^ m_seed >> 27) * 0x94d049bb133111ebU;
    m_seed ^= m_seed >> 31;
}

FourTuple FourTuple::of(const flow::Endpoint& a, const flow::Endpoint& b, std::uint32_t vlan)
{
    return isBefore(b, a) ? FourTuple{b, a, vlan} : FourTuple{a, b, vlan};
}

std::size_t FourTupleHash::operator()(const FourTuple& tuple) const noexcept
{
    std::uint64_t words[4];
    std::memcpy(words, tuple.low.address.data(), 16);
    std::memcpy(words + 2, tuple.high.address.data(), 16);
    const std::uint64_t ports = static_cast<std::uint64_t>(tuple.low.port) << 48
                                | static_cast<std::uint64_t>(tuple.high.port) << 32 | tuple.vlan;
    // Odd constants of no meaning; the seed is what counts.
    std::uint64_t hash = mix(words[0] ^ m_seed, words[1] ^ 0x9e3779b97f4a7c15U);
    hash ^= mix(words[2] ^ ~m_seed, words[3] ^ 0xc2b2ae3d27d4eb4fU);
    return mix(hash ^ ports, m_seed | 1);
}

} // namespace podglass::reassembly
