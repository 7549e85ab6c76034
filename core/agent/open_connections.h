// SPDX-License-Identifier: Apache-2.0
// OpenConnections: the openings of the connections that are open now, as they stand in a ring. A
// client that subscribes later is told them, and steal tells how many old connections it leaves
// alone. Reads the ring like a client that is never slow. Thread: the io thread.
#pragma once

#include "core/channel/ring.h"

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

namespace podglass::agent {

class OpenConnections
{
public:
    explicit OpenConnections(channel::Ring& ring)
        : m_cursor(ring)
    {}

    // Reads up to the head.
    void update();

    [[nodiscard]] std::size_t count(base::TargetId target, std::uint16_t port) const;

    void forEach(base::TargetId target,
                 std::uint16_t port,
                 const std::function<void(bytes::ByteView frame)>& visit) const;

private:
    struct Opening
    {
        base::TargetId target;
        std::uint16_t port = 0;
        std::vector<std::uint8_t> frame;
    };

    channel::Ring::Cursor m_cursor;
    std::unordered_map<base::ConnectionId, Opening> m_openings;
};

} // namespace podglass::agent
