// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connect/place_index.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace podglass::connect {

namespace {

constexpr std::size_t placesPerSlice = 1'024;

} // namespace

void PlaceIndex::put(Place place)
{
    const auto [known, fresh] = m_ids.try_emplace(place.key, 0);
    if (!fresh && m_entries[known->second].place == place)
        return;
    Searchable texts(place);
    const std::uint32_t recent = recentRank(place);
    if (!fresh) {
        Entry& entry = m_entries[known->second];
        count(entry.place, false);
        count(place, true);
        entry.place = std::move(place);
        entry.texts = std::move(texts);
        entry.recent = recent;
        enqueue(known->second);
        return;
    }
    count(place, true);
    if (m_free.empty()) {
        known->second = static_cast<PlaceId>(m_entries.size());
        m_entries.push_back({std::move(place), std::move(texts), 0, recent});
    } else {
        known->second = m_free.back();
        m_free.pop_back();
        m_entries[known->second] = {std::move(place), std::move(texts), 0, recent};
    }
    enqueue(known->second);
}

void PlaceIndex::remove(const std::string& key)
{
    const auto found = m_ids.find(key);
    if (found == m_ids.end())
        return;
    Entry& entry = m_entries[found->second];
    count(entry.place, false);
    entry.alive = false;
    if (entry.shown)
        m_stale.insert(found->second); // its place is given away once no row shows it
    else if (!entry.queued)
        m_freed.push_back(found->second);
    m_ids.erase(found);
}

void PlaceIndex::clear()
{
    *this = [this] {
        PlaceIndex empty;
        empty.m_query = m_query;
        empty.m_groups = m_groups;
        empty.m_namespaces = m_namespaces;
        empty.m_recent = m_recent;
        empty.m_revision = m_revision + 1;
        return empty;
    }();
}

void PlaceIndex::count(const Place& place, bool more)
{
    const std::size_t group = static_cast<std::size_t>(place.group);
    const auto step = [more](std::size_t& number) { more ? ++number : --number; };
    step(m_counts.at(group));
    if (place.nameSpace.empty())
        return;
    const auto entry = m_namespaceCounts.try_emplace(place.nameSpace, 0).first;
    step(entry->second);
    if (entry->second == 0)
        m_namespaceCounts.erase(entry);
}

std::uint32_t PlaceIndex::recentRank(const Place& place) const
{
    const auto found = m_recent.find(place.spec);
    return found == m_recent.end() ? notRecent : found->second;
}

void PlaceIndex::enqueue(PlaceId id)
{
    if (m_entries[id].shown)
        m_stale.insert(id);
    if (!std::exchange(m_entries[id].queued, true))
        m_pending.push_back(id);
}

void PlaceIndex::examineAll()
{
    m_rows.clear();
    m_stale.clear();
    m_pending.clear();
    m_next = 0;
    m_pending.reserve(m_ids.size());
    for (PlaceId id = 0; id < m_entries.size(); ++id) {
        Entry& entry = m_entries[id];
        const bool held = entry.shown || entry.queued;
        entry.shown = false;
        entry.queued = entry.alive;
        if (entry.alive)
            m_pending.push_back(id);
        else if (held)
            m_freed.push_back(id);
    }
}

void PlaceIndex::setQuery(std::string_view text)
{
    m_query = PlaceQuery(text);
    examineAll();
}

void PlaceIndex::setGroups(std::bitset<placeGroups> groups)
{
    m_groups = groups;
    examineAll();
}

void PlaceIndex::setNamespaces(std::set<std::string> namespaces)
{
    m_namespaces = std::move(namespaces);
    examineAll();
}

void PlaceIndex::setRecent(std::vector<std::string> specs)
{
    m_recent.clear();
    for (std::uint32_t rank = 0; rank < specs.size(); ++rank)
        m_recent.try_emplace(std::move(specs[rank]), rank);
    for (Entry& entry : m_entries)
        entry.recent = recentRank(entry.place);
    examineAll();
}

int PlaceIndex::examine(const Entry& entry) const
{
    const Place& place = entry.place;
    if (m_groups.any() && !m_groups.test(static_cast<std::size_t>(place.group)))
        return 0;
    if (!m_namespaces.empty() && !place.nameSpace.empty()
        && !m_namespaces.contains(place.nameSpace))
        return 0;
    return m_query.score(place, entry.texts);
}

bool PlaceIndex::before(PlaceId left, PlaceId right) const
{
    const Entry& a = m_entries[left];
    const Entry& b = m_entries[right];
    const auto order = [](const Entry& entry, PlaceId id) {
        return std::tuple(entry.recent,
                          -entry.score,
                          entry.place.group,
                          std::string_view(entry.place.nameSpace),
                          std::string_view(entry.texts.name),
                          id);
    };
    return order(a, left) < order(b, right);
}

void PlaceIndex::dropStale()
{
    if (m_stale.empty())
        return;
    std::erase_if(m_rows, [&](PlaceId id) { return m_stale.contains(id); });
    for (const PlaceId id : m_stale) {
        m_entries[id].shown = false;
        if (!m_entries[id].alive && !m_entries[id].queued)
            m_freed.push_back(id);
    }
    m_stale.clear();
    ++m_revision;
}

void PlaceIndex::recycle()
{
    m_free.insert(m_free.end(), m_freed.begin(), m_freed.end());
    m_freed.clear();
}

bool PlaceIndex::work()
{
    dropStale();
    const std::size_t end = std::min(m_pending.size(), m_next + placesPerSlice);
    const auto middle = static_cast<std::ptrdiff_t>(m_rows.size());
    for (; m_next < end; ++m_next) {
        const PlaceId id = m_pending[m_next];
        Entry& entry = m_entries[id];
        entry.queued = false;
        if (!entry.alive) {
            m_freed.push_back(id);
            continue;
        }
        entry.score = examine(entry);
        entry.shown = entry.score > 0;
        if (entry.shown)
            m_rows.push_back(id);
    }
    const auto order = [this](PlaceId left, PlaceId right) { return before(left, right); };
    std::sort(m_rows.begin() + middle, m_rows.end(), order);
    std::inplace_merge(m_rows.begin(), m_rows.begin() + middle, m_rows.end(), order);
    if (m_next < m_pending.size())
        return true;
    m_pending.clear();
    m_next = 0;
    return false;
}

const Place* PlaceIndex::find(const std::string& key) const
{
    const auto found = m_ids.find(key);
    return found == m_ids.end() ? nullptr : &m_entries[found->second].place;
}

} // namespace podglass::connect
