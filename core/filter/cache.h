// SPDX-License-Identifier: Apache-2.0
// Compiled filters by content, never by address or age: the same filter subscribed 100,000 times is
// compiled once. Bounded by its capacity; the least recently used entry goes, and those who hold it
// keep theirs. Refused filters are not kept. Thread: one owner, no lock.
#pragma once

#include "core/base/limits.h"
#include "core/filter/evaluate.h"

#include <list>
#include <string>
#include <unordered_map>

namespace podglass::filter {

class Cache
{
public:
    explicit Cache(std::size_t capacity = limits::compiledFilters)
        : m_capacity(capacity)
    {}

    using Compiled = std::shared_ptr<const CompiledFilter>;

    base::Result<Compiled> get(const Filter& filter, Use use);
    // The text form; syntax errors name the position.
    base::Result<Compiled> get(std::string_view text, Use use);

    [[nodiscard]] std::size_t size() const { return m_entries.size(); }

    [[nodiscard]] std::uint64_t hits() const { return m_hits; }

    [[nodiscard]] std::uint64_t misses() const { return m_misses; } // compilations tried

    [[nodiscard]] std::uint64_t evictions() const { return m_evictions; }

private:
    struct Entry
    {
        std::string key;
        Compiled compiled;
    };

    std::size_t m_capacity;
    std::list<Entry> m_entries; // most recently used first
    std::unordered_map<std::string_view, std::list<Entry>::iterator> m_index; // keys: Entry::key
    std::uint64_t m_hits = 0;
    std::uint64_t m_misses = 0;
    std::uint64_t m_evictions = 0;
};

} // namespace podglass::filter
