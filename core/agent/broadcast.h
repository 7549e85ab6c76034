// SPDX-License-Identifier: Apache-2.0
// Broadcast: one ring as the io thread sees it. Wakes its listeners once for each burst, and knows
// which connections are open; gives the ring's idle memory back. Of a ring that is written on the
// same thread the bell stays silent, and its writer's owner calls tell(). Thread: the io thread.
#pragma once

#include "core/agent/open_connections.h"
#include "core/io/loop.h"

#include <functional>

namespace podglass::agent {

class Broadcast
{
public:
    enum class Bell : std::uint8_t
    {
        Rings,
        Silent,
    };

    // `ring` outlives it.
    Broadcast(io::Loop& loop,
              channel::Ring& ring,
              std::function<void()> onNews,
              Bell bell = Bell::Rings);
    Broadcast(const Broadcast&) = delete;
    Broadcast& operator=(const Broadcast&) = delete;
    ~Broadcast();

    channel::Ring& ring() { return m_ring; }

    // The ring has something new.
    void tell();

    // Up to date with the ring's head.
    const OpenConnections& open();

private:
    void onIdleTick();

    io::Loop& m_loop;
    channel::Ring& m_ring;
    OpenConnections m_open;
    std::function<void()> m_onNews;
    io::Loop::TimerId m_idleTick;
};

} // namespace podglass::agent
