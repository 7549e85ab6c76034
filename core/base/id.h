// SPDX-License-Identifier: Apache-2.0
// An id says what it identifies; kinds never mix. 0 means "none".
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <utility>

namespace podglass::base {

template <typename Tag>
struct Id
{
    std::uint64_t value = 0;

    explicit operator bool() const { return value != 0; }

    auto operator<=>(const Id&) const = default;
};

using TargetId = Id<struct TargetTag>;         // one attached target; given by the agent
using ConnectionId = Id<struct ConnectionTag>; // one TCP connection; unique for an agent's life
using ExchangeId = Id<struct ExchangeTag>;     // one request and its response; likewise unique
using ClientId = Id<struct ClientTag>;         // one client of an agent

// Hands out numbers that are unique for an agent's life; several producers of one agent share the
// number space by different firsts and one stride. Thread: its owner's.
class Ids
{
public:
    explicit Ids(std::uint64_t first = 1, std::uint64_t stride = 1)
        : m_next(first)
        , m_stride(stride)
    {}

    std::uint64_t next() { return std::exchange(m_next, m_next + m_stride); }

private:
    std::uint64_t m_next;
    std::uint64_t m_stride;
};

} // namespace podglass::base

template <typename Tag>
struct std::hash<podglass::base::Id<Tag>>
{
    std::size_t operator()(podglass::base::Id<Tag> id) const noexcept
    {
        return std::hash<std::uint64_t>{}(id.value);
    }
};
