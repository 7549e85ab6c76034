// SPDX-License-Identifier: Apache-2.0
#include "core/store/connections.h"

#include <algorithm>

namespace podglass::store {

void DeltaLog::changed(Number number)
{
    if (number >= m_end || (!m_changed.empty() && m_changed.back() == number))
        return;
    m_changed.push_back(number);
}

Delta DeltaLog::take(Number first, Number end)
{
    Delta delta;
    delta.first = first;
    delta.appendedFrom = std::max(first, m_end);
    delta.end = end;
    delta.dropped = first != m_first;
    std::ranges::sort(m_changed);
    const auto last = std::unique(m_changed.begin(), m_changed.end());
    delta.changed.assign(std::lower_bound(m_changed.begin(), last, first), last);
    m_changed.clear();
    m_first = first;
    m_end = end;
    return delta;
}

const Connection* Connections::at(Number number) const
{
    return number >= m_first && number < end() ? &m_rows[number - m_first] : nullptr;
}

Number Connections::numberOf(base::ConnectionId id, base::TargetId target, base::Timestamp at)
{
    if (const auto known = m_numbers.find(id); known != m_numbers.end())
        return known->second;
    Connection row;
    row.id = id;
    row.target = target;
    if (const auto named = m_named.find(target); named != m_named.end())
        row.targetName = named->second;
    row.opened = at;
    row.known = false;
    m_rows.push_back(std::move(row));
    const Number number = end() - 1;
    m_numbers.emplace(id, number);
    if (m_rows.size() > m_limit) {
        // An id may have been given anew; the map then holds the later number.
        const auto entry = m_numbers.find(m_rows.front().id);
        if (entry != m_numbers.end() && entry->second == m_first)
            m_numbers.erase(entry);
        m_rows.pop_front();
        ++m_first;
        ++m_forgotten;
    }
    return number;
}

void Connections::nameTarget(base::TargetId target, const std::string& name)
{
    const auto found = std::ranges::find(m_targetNames, name);
    m_named[target] = static_cast<std::uint32_t>(found - m_targetNames.begin());
    if (found == m_targetNames.end())
        m_targetNames.push_back(name);
}

Connection& Connections::change(Number number)
{
    m_log.changed(number);
    return m_rows[number - m_first];
}

void Connections::clear()
{
    dropBelow(end());
    m_forgotten = 0;
}

void Connections::dropBelow(Number first)
{
    while (m_first < std::min(first, end())) {
        m_rows.pop_front();
        ++m_first;
    }
    std::erase_if(m_numbers, [this](const auto& entry) { return entry.second < m_first; });
}

void Connections::forgetIds()
{
    for (const auto& [id, number] : m_numbers) {
        Connection& row = change(number);
        if (row.open) {
            row.open = false;
            row.reason = flow::CloseReason::CaptureStopped;
        }
    }
    m_numbers.clear();
}

} // namespace podglass::store
