// SPDX-License-Identifier: Apache-2.0
#include "core/store/string_pool.h"

namespace podglass::store {

TextId StringPool::acquire(std::string_view text)
{
    if (text.empty())
        return 0;
    if (const auto known = m_ids.find(text); known != m_ids.end()) {
        ++m_entries[known->second].uses;
        return known->second;
    }
    TextId id = 0;
    if (m_free.empty()) {
        id = static_cast<TextId>(m_entries.size());
        m_entries.emplace_back();
    } else {
        id = m_free.back();
        m_free.pop_back();
    }
    m_entries[id] = {std::string(text), 1};
    m_ids.emplace(m_entries[id].text, id);
    return id;
}

void StringPool::release(TextId id)
{
    if (id == 0)
        return;
    Entry& entry = m_entries[id];
    if (--entry.uses != 0)
        return;
    m_ids.erase(entry.text);
    entry.text = {};
    m_free.push_back(id);
}

std::string_view StringPool::text(TextId id) const
{
    return m_entries[id].text;
}

} // namespace podglass::store
