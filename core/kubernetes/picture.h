// SPDX-License-Identifier: Apache-2.0
// Picture: the pods of a cluster and the workloads made of them, and what changed since it was last
// asked. Pure; one thread. Memory: limits::clusterPods pods at most, the rest counted.
#pragma once

#include "core/kubernetes/cluster.h"

#include <map>
#include <set>
#include <string>
#include <unordered_map>

namespace podglass::kubernetes {

class Picture
{
public:
    void put(Pod pod);
    void put(AgentUse use);
    void remove(const std::string& uid);
    // One that may hold no pod.
    void addNamespace(const std::string& name);

    void skip(std::uint64_t objects) { m_skipped += objects; }

    // Uids of the pods and agents of a namespace; empty name: all.
    [[nodiscard]] std::set<std::string> uidsOf(const std::string& nameSpace) const;

    // What changed since the last call and was not taken, without `following` and `error`; at most
    // `most` of each kind, the rest stays for the next call.
    Delta take(std::size_t most = static_cast<std::size_t>(-1));

    [[nodiscard]] bool changed() const { return m_changed; }

private:
    using Key = std::pair<std::string, Owner>; // namespace, owner

    void takeWorkloads(std::size_t most, Delta& delta);
    [[nodiscard]] Workload describe(const Key& key, const std::set<std::string>& uids) const;
    void leave(const Pod& pod);

    std::unordered_map<std::string, Pod> m_pods;
    std::unordered_map<std::string, AgentUse> m_agents;
    std::map<Key, std::set<std::string>> m_members;
    std::set<std::string> m_namespaces;
    std::set<std::string> m_dirtyPods;
    std::set<Key> m_dirtyWorkloads;
    std::set<std::string> m_dirtyAgents;
    std::set<std::string> m_gone;
    std::set<std::string> m_goneAgents;
    std::set<std::string> m_toldPods;
    std::set<Key> m_toldWorkloads;
    std::vector<std::string> m_newNamespaces;
    std::uint64_t m_skipped = 0;
    bool m_changed = false;
};

} // namespace podglass::kubernetes
