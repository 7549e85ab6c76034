// SPDX-License-Identifier: GPL-3.0-or-later
// ClusterPlaces: the changes of one cluster as changes of places. Remembers no more of a pod than
// its key, its owner in use and who uses it. One thread.
#pragma once

#include "core/kubernetes/cluster.h"

#include "ui/connect/place.h"

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace podglass::connect {

class ClusterPlaces
{
public:
    struct Change
    {
        std::vector<Place> put;
        std::vector<std::string> gone; // keys
        // Keys of places that were told before, and who uses them now; empty: nobody any more.
        std::vector<std::pair<std::string, std::string>> users;
    };

    // `context`: the source of all places.
    explicit ClusterPlaces(std::string context = {})
        : m_context(std::move(context))
    {}

    Change apply(const kubernetes::Delta& delta);

private:
    [[nodiscard]] Place placeOf(const kubernetes::Pod& pod) const;
    [[nodiscard]] Place placeOf(const kubernetes::Workload& workload) const;
    [[nodiscard]] std::string podKey(const std::string& target) const; // "shop/checkout-7d9f"
    [[nodiscard]] std::string keyOf(const std::string& spec) const;

    std::string m_context;
    // A pod that comes back under its old name is another one: the old one's end is not its end.
    std::unordered_map<std::string, std::string> m_keyOfUid;
    std::unordered_map<std::string, std::string> m_uidOfKey;
    std::unordered_map<std::string, std::pair<std::string, std::string>> m_agents; // target, client
    std::unordered_map<std::string, std::string> m_users;                          // of targets
};

} // namespace podglass::connect
