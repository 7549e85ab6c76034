// SPDX-License-Identifier: Apache-2.0
// MemoryBudget: what the HTTP/2 connections of one target may keep together (HPACK tables, decoded
// headers, open streams). Who cannot have more does without: a header table that may not grow is
// an unreadable one, a stream that may not be kept ends the oldest. Thread: the parser's.
#pragma once

#include <cstddef>

namespace podglass::parse {

class MemoryBudget
{
public:
    explicit MemoryBudget(std::size_t limit)
        : m_limit(limit)
    {}

    MemoryBudget(const MemoryBudget&) = delete;
    MemoryBudget& operator=(const MemoryBudget&) = delete;

    // False: nothing was taken.
    [[nodiscard]] bool take(std::size_t bytes)
    {
        if (m_used > m_limit || bytes > m_limit - m_used)
            return false;
        m_used += bytes;
        return true;
    }

    // Beyond the limit by what cannot be refused any more (an allocator's rounding).
    void force(std::size_t bytes) { m_used += bytes; }

    void give(std::size_t bytes) { m_used -= bytes; }

    [[nodiscard]] std::size_t used() const { return m_used; }

private:
    std::size_t m_limit;
    std::size_t m_used = 0;
};

} // namespace podglass::parse
