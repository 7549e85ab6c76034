// SPDX-License-Identifier: Apache-2.0
#include "core/filter/cache.h"

#include "core/filter/text.h"

namespace podglass::filter {

base::Result<Cache::Compiled> Cache::get(const Filter& filter, Use use)
{
    // The printed form is the content: parse(print(f)) == f.
    std::string key = (use == Use::Steal ? "s " : "v ") + print(filter);
    if (const auto found = m_index.find(key); found != m_index.end()) {
        ++m_hits;
        m_entries.splice(m_entries.begin(), m_entries, found->second);
        return m_entries.front().compiled;
    }
    ++m_misses;
    auto compiled = CompiledFilter::compile(filter, use);
    if (!compiled || m_capacity == 0)
        return compiled;
    if (m_entries.size() == m_capacity) {
        m_index.erase(m_entries.back().key);
        m_entries.pop_back();
        ++m_evictions;
    }
    m_entries.push_front({std::move(key), *compiled});
    m_index.emplace(m_entries.front().key, m_entries.begin());
    return compiled;
}

base::Result<Cache::Compiled> Cache::get(std::string_view text, Use use)
{
    const auto parsed = parse(text);
    if (const auto* error = std::get_if<TextError>(&parsed))
        return base::Error{error->message,
                           "filter, character " + std::to_string(error->position + 1),
                           {},
                           base::Lasting::Persistent};
    return get(std::get<Filter>(parsed), use);
}

} // namespace podglass::filter
