// SPDX-License-Identifier: Apache-2.0
// An id says what it identifies; kinds never mix. 0 means "none".
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

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

} // namespace podglass::base

template <typename Tag>
struct std::hash<podglass::base::Id<Tag>>
{
    std::size_t operator()(podglass::base::Id<Tag> id) const noexcept
    {
        return std::hash<std::uint64_t>{}(id.value);
    }
};
