// SPDX-License-Identifier: Apache-2.0
// Channel: the one place where two threads of the desktop meet. Many producers, one consumer. The
// consumer watches wakeFd() (an eventfd) and takes everything at once.
// Contract: bounded by cost; push() says no when full, and the producer stops reading its own
// input (back-pressure) until the consumer has taken. A wake-up is sent only when the queue was
// empty, so a burst costs one.
#pragma once

#include "core/io/fd.h"

#include <deque>
#include <mutex>
#include <utility>

namespace podglass::channel {

template <typename T>
class Channel
{
public:
    explicit Channel(std::size_t limit)
        : m_limit(limit)
        , m_bell(io::makeEventFd())
    {}

    // False: full, `item` is untouched; try again after spaceFd() rings. One item is always
    // accepted into an empty channel, however large.
    [[nodiscard]] bool push(T& item, std::size_t cost)
    {
        {
            const std::scoped_lock lock(m_mutex);
            if (m_cost != 0 && m_cost + cost > m_limit) {
                m_starved = true;
                return false;
            }
            m_items.push_back(std::move(item));
            m_cost += cost;
            if (m_items.size() != 1)
                return true;
        }
        io::ring(m_bell);
        return true;
    }

    // Everything that waits; empties the bell.
    std::deque<T> take()
    {
        io::silence(m_bell);
        bool wakeProducer = false;
        std::deque<T> taken;
        {
            const std::scoped_lock lock(m_mutex);
            taken.swap(m_items);
            m_cost = 0;
            wakeProducer = std::exchange(m_starved, false);
        }
        if (wakeProducer)
            io::ring(m_space);
        return taken;
    }

    [[nodiscard]] int wakeFd() const { return m_bell.get(); }

    // Rings after a refused push, once there is room; the producer silences it.
    [[nodiscard]] const io::Fd& spaceFd() const { return m_space; }

    // Cost waiting now, for the chart.
    [[nodiscard]] std::size_t cost() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_cost;
    }

private:
    mutable std::mutex m_mutex;
    std::deque<T> m_items;
    std::size_t m_cost = 0;
    bool m_starved = false;
    std::size_t m_limit;
    io::Fd m_bell;
    io::Fd m_space = io::makeEventFd();
};

} // namespace podglass::channel
