// SPDX-License-Identifier: Apache-2.0
// AgedMap: a few facts per four-tuple that are worth keeping for a while. Bounded: when it is full
// the oldest entry goes. Thread: its owner's.
#pragma once

#include "core/base/time.h"
#include "core/reassembly/four_tuple.h"

#include <deque>
#include <unordered_map>
#include <utility>

namespace podglass::reassembly {

template <typename Value>
class AgedMap
{
public:
    AgedMap(std::size_t capacity, std::uint64_t seed)
        : m_entries(0, FourTupleHash(seed))
        , m_capacity(capacity)
    {}

    Value* find(const FourTuple& tuple)
    {
        const auto found = m_entries.find(tuple);
        return found == m_entries.end() ? nullptr : &found->second.value;
    }

    // Inserts or replaces; returns how many others had to go.
    std::size_t put(const FourTuple& tuple, Value value, base::Instant now)
    {
        const std::uint64_t serial = ++m_serial;
        m_entries.insert_or_assign(tuple, Entry{std::move(value), now, serial});
        m_order.emplace_back(tuple, serial);
        std::size_t evicted = 0;
        while (m_entries.size() > m_capacity)
            evicted += popOldest();
        // Entries that were taken out early leave their place in the order behind.
        while (m_order.size() > 2 * m_capacity + 16)
            compact();
        return evicted;
    }

    void erase(const FourTuple& tuple) { m_entries.erase(tuple); }

    std::size_t expire(base::Instant now, base::Duration age)
    {
        std::size_t expired = 0;
        while (!m_order.empty()) {
            const auto found = m_entries.find(m_order.front().first);
            const bool current =
                found != m_entries.end() && found->second.serial == m_order.front().second;
            if (current && now - found->second.since < age)
                break;
            expired += popOldest();
        }
        return expired;
    }

    [[nodiscard]] std::size_t size() const { return m_entries.size(); }

    [[nodiscard]] bool empty() const { return m_entries.empty(); }

private:
    struct Entry
    {
        Value value;
        base::Instant since;
        std::uint64_t serial = 0;
    };

    std::size_t popOldest()
    {
        const auto [tuple, serial] = m_order.front();
        m_order.pop_front();
        const auto found = m_entries.find(tuple);
        if (found == m_entries.end() || found->second.serial != serial)
            return 0;
        m_entries.erase(found);
        return 1;
    }

    void compact()
    {
        std::deque<std::pair<FourTuple, std::uint64_t>> current;
        for (const auto& entry : m_order) {
            const auto found = m_entries.find(entry.first);
            if (found != m_entries.end() && found->second.serial == entry.second)
                current.push_back(entry);
        }
        m_order = std::move(current);
    }

    std::unordered_map<FourTuple, Entry, FourTupleHash> m_entries;
    std::deque<std::pair<FourTuple, std::uint64_t>> m_order; // oldest first; some may be gone
    std::size_t m_capacity;
    std::uint64_t m_serial = 0;
};

} // namespace podglass::reassembly
