// SPDX-License-Identifier: Apache-2.0
// Line: one end of a conversation between worker and guard, over a SOCK_SEQPACKET socketpair: a
// message is whole or not there. What a line stands for (a redirect, a capture) ends with it.
// Thread: its owner's. Source: unix(7), cmsg(3).
#pragma once

#include "core/agent/guard/message.h"

#include <optional>
#include <span>

namespace podglass::agent::guard {

class Line
{
public:
    Line() = default;

    explicit Line(io::Fd socket)
        : m_socket(std::move(socket))
    {}

    // Both ends.
    static base::Result<std::pair<Line, Line>> makePair();

    // `bytes` is one message; descriptors stay the caller's.
    base::Status send(std::span<const std::byte> bytes, std::span<const int> descriptors) const;

    // One message of exactly that size; none: the other end is gone, or sent something else.
    bool receive(std::span<std::byte> into, std::vector<io::Fd>& descriptors) const;

    [[nodiscard]] int descriptor() const { return m_socket.get(); }

    io::Fd takeSocket() { return std::move(m_socket); }

private:
    io::Fd m_socket;
};

template <typename T>
std::span<const std::byte> asMessage(const T& value)
{
    return std::as_bytes(std::span(&value, 1));
}

template <typename T>
std::span<std::byte> asMessage(T& value)
{
    return std::as_writable_bytes(std::span(&value, 1));
}

} // namespace podglass::agent::guard
