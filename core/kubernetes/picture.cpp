// SPDX-License-Identifier: Apache-2.0
#include "core/kubernetes/picture.h"

#include "core/base/limits.h"

#include <algorithm>
#include <iterator>

namespace podglass::kubernetes {

namespace {

template <typename T>
void addOnce(std::vector<T>& list, const std::vector<T>& more)
{
    for (const T& each : more) {
        if (std::ranges::find(list, each) == list.end())
            list.push_back(each);
    }
}

// Takes them out.
template <typename Set>
std::vector<typename Set::value_type> firstOf(Set& all, std::size_t most)
{
    const auto end =
        all.size() <= most ? all.end() : std::next(all.begin(), static_cast<std::ptrdiff_t>(most));
    std::vector<typename Set::value_type> taken(all.begin(), end);
    all.erase(all.begin(), end);
    return taken;
}

} // namespace

void Picture::leave(const Pod& pod)
{
    const Key key{pod.nameSpace, pod.owner};
    const auto members = m_members.find(key);
    if (members == m_members.end())
        return;
    members->second.erase(pod.uid);
    m_dirtyWorkloads.insert(key);
    if (members->second.empty())
        m_members.erase(members);
}

void Picture::put(Pod pod)
{
    const auto known = m_pods.find(pod.uid);
    if (known == m_pods.end() && m_pods.size() >= limits::clusterPods) {
        ++m_skipped;
        m_changed = true;
        return;
    }
    if (known != m_pods.end() && known->second == pod)
        return;
    m_changed = true;
    if (known != m_pods.end())
        leave(known->second);
    addNamespace(pod.nameSpace);
    const Key key{pod.nameSpace, pod.owner};
    m_members[key].insert(pod.uid);
    m_dirtyWorkloads.insert(key);
    m_dirtyPods.insert(pod.uid);
    std::string uid = pod.uid;
    m_pods.insert_or_assign(std::move(uid), std::move(pod));
}

void Picture::addNamespace(const std::string& name)
{
    if (m_namespaces.contains(name))
        return;
    m_changed = true;
    if (m_namespaces.size() >= limits::clusterNamespaces) {
        ++m_skipped;
        return;
    }
    m_namespaces.insert(name);
    m_newNamespaces.push_back(name);
}

void Picture::put(AgentUse use)
{
    const auto known = m_agents.find(use.uid);
    if (known != m_agents.end() && known->second == use)
        return;
    m_changed = true;
    m_dirtyAgents.insert(use.uid);
    std::string uid = use.uid;
    m_agents.insert_or_assign(std::move(uid), std::move(use));
}

void Picture::remove(const std::string& uid)
{
    if (m_agents.erase(uid) != 0) {
        m_dirtyAgents.erase(uid);
        m_goneAgents.insert(uid);
        m_changed = true;
    }
    const auto known = m_pods.find(uid);
    if (known == m_pods.end())
        return;
    m_changed = true;
    leave(known->second);
    m_dirtyPods.erase(uid);
    if (m_toldPods.erase(uid) != 0)
        m_gone.insert(uid);
    m_pods.erase(known);
}

std::set<std::string> Picture::uidsOf(const std::string& nameSpace) const
{
    std::set<std::string> uids;
    for (const auto& [uid, pod] : m_pods) {
        if (nameSpace.empty() || pod.nameSpace == nameSpace)
            uids.insert(uid);
    }
    for (const auto& [uid, use] : m_agents) {
        if (nameSpace.empty() || use.nameSpace == nameSpace)
            uids.insert(uid);
    }
    return uids;
}

Workload Picture::describe(const Key& key, const std::set<std::string>& uids) const
{
    Workload workload;
    workload.nameSpace = key.first;
    workload.owner = key.second;
    for (const std::string& uid : uids) {
        const Pod& pod = m_pods.at(uid);
        workload.podUids.push_back(uid);
        ++workload.pods;
        workload.ready += pod.ready && !pod.deleting ? 1 : 0;
        workload.restarts += pod.restarts;
        if (workload.created == 0 || (pod.created != 0 && pod.created < workload.created))
            workload.created = pod.created;
        addOnce(workload.ports, pod.ports);
        addOnce(workload.probes, pod.probes);
        if (workload.pods == 1)
            workload.labels = pod.labels;
        else
            std::erase_if(workload.labels, [&](const auto& label) {
                const auto same = pod.labels.find(label.first);
                return same == pod.labels.end() || same->second != label.second;
            });
    }
    return workload;
}

void Picture::takeWorkloads(std::size_t most, Delta& delta)
{
    for (const Key& key : firstOf(m_dirtyWorkloads, most)) {
        const auto members = m_members.find(key);
        if (members != m_members.end()) {
            delta.workloads.push_back(describe(key, members->second));
            m_toldWorkloads.insert(key);
        } else if (m_toldWorkloads.erase(key) != 0) {
            Workload gone;
            gone.nameSpace = key.first;
            gone.owner = key.second;
            delta.goneWorkloads.push_back(gone.spec());
        }
    }
}

Delta Picture::take(std::size_t most)
{
    Delta delta;
    for (const std::string& uid : firstOf(m_dirtyPods, most)) {
        delta.pods.push_back(m_pods.at(uid));
        m_toldPods.insert(uid);
    }
    delta.gone = firstOf(m_gone, most);
    takeWorkloads(most, delta);
    for (const std::string& uid : firstOf(m_dirtyAgents, most))
        delta.agents.push_back(m_agents.at(uid));
    delta.goneAgents = firstOf(m_goneAgents, most);
    delta.namespaces = firstOf(m_newNamespaces, most);
    delta.skipped = m_skipped;
    m_changed = !m_dirtyPods.empty() || !m_gone.empty() || !m_dirtyWorkloads.empty()
                || !m_dirtyAgents.empty() || !m_goneAgents.empty() || !m_newNamespaces.empty();
    return delta;
}

} // namespace podglass::kubernetes
