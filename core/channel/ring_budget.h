// SPDX-License-Identifier: Apache-2.0
// RingBudget: the memory that several rings share, in bytes. Every ring may always hold its least
// number of chunks, so the budget can be overdrawn by that much and no more.
// Threads: any; no lock.
#pragma once

#include "core/base/limits.h"

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace podglass::channel {

class RingBudget
{
public:
    explicit RingBudget(std::size_t bytes = limits::allRingsBytes)
        : m_left(static_cast<std::int64_t>(bytes))
    {}

    // False: there is not so much left, and nothing was taken.
    bool take(std::size_t bytes)
    {
        const auto wanted = static_cast<std::int64_t>(bytes);
        std::int64_t left = m_left.load(std::memory_order_relaxed);
        while (left >= wanted) {
            if (m_left.compare_exchange_weak(left, left - wanted, std::memory_order_relaxed))
                return true;
        }
        return false;
    }

    void takeAnyway(std::size_t bytes)
    {
        m_left.fetch_sub(static_cast<std::int64_t>(bytes), std::memory_order_relaxed);
    }

    void give(std::size_t bytes)
    {
        m_left.fetch_add(static_cast<std::int64_t>(bytes), std::memory_order_relaxed);
    }

    [[nodiscard]] std::size_t left() const
    {
        const std::int64_t left = m_left.load(std::memory_order_relaxed);
        return left > 0 ? static_cast<std::size_t>(left) : 0;
    }

private:
    std::atomic<std::int64_t> m_left;
};

} // namespace podglass::channel
