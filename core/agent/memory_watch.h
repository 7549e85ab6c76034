// SPDX-License-Identifier: Apache-2.0
// MemoryWatch: looks at the agent's memory cgroup, knows what must be shed, and says so in words.
// Without a limit it costs one look a second. Thread: the io thread.
#pragma once

#include "core/agent/memory_pressure.h"
#include "core/base/result.h"
#include "core/io/loop.h"

#include <functional>

namespace podglass::agent {

class MemoryWatch
{
public:
    // `changed`: the level did; called from the loop.
    MemoryWatch(io::Loop& loop, std::function<void()> changed);
    MemoryWatch(const MemoryWatch&) = delete;
    MemoryWatch& operator=(const MemoryWatch&) = delete;
    ~MemoryWatch();

    [[nodiscard]] MemoryLevel level() const { return m_pressure.level(); }

    // Bytes of the cgroup that the kernel cannot take back, and its limit; 0: none.
    [[nodiscard]] std::uint64_t used() const { return m_used; }

    [[nodiscard]] std::uint64_t limit() const { return m_limit; }

    // "54 of 64 MiB"
    [[nodiscard]] std::string share() const;

    // An error while nothing new is to be begun, with `where` in it.
    [[nodiscard]] base::Status roomForMore(const std::string& where) const;

private:
    void glance();

    io::Loop& m_loop;
    std::function<void()> m_changed;
    MemoryPressure m_pressure;
    std::uint64_t m_used = 0;
    std::uint64_t m_limit = 0;
    io::Loop::TimerId m_timer;
};

// What the rings of an agent may hold together under the limit that it starts with.
std::size_t ringsBytes();

} // namespace podglass::agent
