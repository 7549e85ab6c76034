// SPDX-License-Identifier: Apache-2.0
// Presence: how a container that only waits to be used learns that it is. Each agent that serves
// holds a shared lock on its own program file as long as it lives; whoever waits tries for the
// exclusive one. Nothing is written, no name is left behind, and the kernel forgets the lock with
// its process. Thread: the loop's. Source: flock(2).
#pragma once

#include "core/io/loop.h"

#include <functional>

namespace podglass::agent {

// Keep it for as long as clients are served; empty where the file cannot be opened.
io::Fd markPresence();

class PresenceWatch
{
public:
    // `unused` comes once, when nobody has held the lock for `patience`.
    PresenceWatch(io::Loop& loop, base::Duration patience, std::function<void()> unused);
    PresenceWatch(const PresenceWatch&) = delete;
    PresenceWatch& operator=(const PresenceWatch&) = delete;
    ~PresenceWatch();

private:
    void look();
    [[nodiscard]] bool inUse() const;

    io::Loop& m_loop;
    base::Duration m_patience;
    std::function<void()> m_unused;
    io::Fd m_file;
    base::Instant m_lastUse = io::Loop::now();
    io::Loop::TimerId m_timer;
};

} // namespace podglass::agent
