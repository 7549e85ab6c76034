// SPDX-License-Identifier: GPL-3.0-or-later
// PlaceIndex: the places of all sources and which of them match the search, best first. Made for
// 50,000 pods that come and go while somebody types: nothing is searched at once, work() takes a
// slice. No Qt model; one thread.
//
// Order: what was used last, then the better match, then kind, namespace and name.
#pragma once

#include "ui/connect/place.h"
#include "ui/connect/place_query.h"

#include <array>
#include <bitset>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace podglass::connect {

using PlaceId = std::uint32_t;

class PlaceIndex
{
public:
    // New, or another content for the key.
    void put(Place place);
    void remove(const std::string& key);
    void clear();

    void setQuery(std::string_view text);
    // None: all.
    void setGroups(std::bitset<placeGroups> groups);
    void setNamespaces(std::set<std::string> namespaces);
    // Specs, the last one first: they stand on top.
    void setRecent(std::vector<std::string> specs);

    // Examines some hundred places more; false: there is none left. What it found is in rows().
    bool work();

    // Rows copied before are not looked at any more: their ids may be given to others. Until then
    // a place that is gone keeps its text.
    void recycle();

    // All ids are below it.
    [[nodiscard]] std::size_t ids() const { return m_entries.size(); }

    [[nodiscard]] bool gone(PlaceId id) const { return !m_entries[id].alive; }

    [[nodiscard]] bool idle() const { return m_pending.empty() && m_stale.empty(); }

    [[nodiscard]] const std::vector<PlaceId>& rows() const { return m_rows; }

    [[nodiscard]] const Place& place(PlaceId id) const { return m_entries[id].place; }

    // The one used last.
    [[nodiscard]] bool last(PlaceId id) const { return m_entries[id].recent == 0; }

    [[nodiscard]] const Place* find(const std::string& key) const;

    [[nodiscard]] std::size_t total() const { return m_ids.size(); }

    [[nodiscard]] std::size_t count(PlaceGroup group) const
    {
        return m_counts[static_cast<std::size_t>(group)];
    }

    // How many places are in each namespace.
    [[nodiscard]] const std::map<std::string, std::size_t>& namespaces() const
    {
        return m_namespaceCounts;
    }

    // Counts what put() and remove() changed in places that are shown: their texts are to be read
    // again.
    [[nodiscard]] std::uint64_t revision() const { return m_revision; }

private:
    static constexpr std::uint32_t notRecent = UINT32_MAX;

    struct Entry
    {
        Place place;
        Searchable texts;
        int score = 0;
        std::uint32_t recent = notRecent;
        bool alive = true;
        bool shown = false;
        bool queued = false;
    };

    void enqueue(PlaceId id);
    void examineAll();
    void dropStale();
    void count(const Place& place, bool more);
    [[nodiscard]] std::uint32_t recentRank(const Place& place) const;
    [[nodiscard]] int examine(const Entry& entry) const;
    [[nodiscard]] bool before(PlaceId left, PlaceId right) const;

    std::vector<Entry> m_entries;
    std::vector<PlaceId> m_free;
    std::vector<PlaceId> m_freed; // not yet to be given away
    std::unordered_map<std::string, PlaceId> m_ids;
    std::vector<PlaceId> m_rows;
    std::vector<PlaceId> m_pending; // taken from m_next on
    std::size_t m_next = 0;
    std::set<PlaceId> m_stale; // in m_rows, and must not stay there as they are
    PlaceQuery m_query;
    std::bitset<placeGroups> m_groups;
    std::set<std::string> m_namespaces;
    std::unordered_map<std::string, std::uint32_t> m_recent;
    std::array<std::size_t, placeGroups> m_counts{};
    std::map<std::string, std::size_t> m_namespaceCounts;
    std::uint64_t m_revision = 0;
};

} // namespace podglass::connect
