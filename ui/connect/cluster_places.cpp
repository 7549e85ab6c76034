// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connect/cluster_places.h"

#include <algorithm>

namespace podglass::connect {

namespace {

std::vector<PlacePort> portsOf(const std::vector<kubernetes::Port>& ports)
{
    std::vector<PlacePort> places;
    for (const kubernetes::Port& port : ports)
        places.push_back({port.number, port.name, port.container});
    return places;
}

std::string labelsOf(const std::map<std::string, std::string>& labels)
{
    std::string lines;
    for (const auto& [name, value] : labels)
        lines += name + '=' + value + '\n';
    return lines;
}

std::string readyText(std::size_t ready, std::size_t all)
{
    return std::to_string(ready) + "/" + std::to_string(all) + " ready";
}

} // namespace

std::string ClusterPlaces::keyOf(const std::string& spec) const
{
    return "cluster|" + m_context + '|' + spec;
}

std::string ClusterPlaces::podKey(const std::string& target) const
{
    const std::size_t slash = std::min(target.find('/'), target.size());
    return keyOf("k8s:" + target.substr(0, slash) + "/pod"
                 + target.substr(slash)); // as kubernetes::podSpec
}

Place ClusterPlaces::placeOf(const kubernetes::Pod& pod) const
{
    Place place;
    place.spec = kubernetes::podSpec(pod);
    place.key = keyOf(place.spec);
    place.source = m_context;
    place.group = PlaceGroup::Pod;
    place.kind = "pod";
    place.nameSpace = pod.nameSpace;
    place.name = pod.name;
    const auto ready = std::ranges::count(pod.containers, true, &kubernetes::Container::ready);
    place.status = readyText(static_cast<std::size_t>(ready), pod.containers.size());
    if (pod.phase != "Running")
        place.status = pod.phase;
    for (const kubernetes::Container& container : pod.containers) {
        place.containers.push_back(container.name);
        place.detail += (place.detail.empty() ? "" : ", ") + container.image;
        if (!container.trouble.empty())
            place.status = container.trouble;
    }
    if (pod.deleting)
        place.status = "Terminating";
    place.trouble = !pod.ready;
    place.ports = portsOf(pod.ports);
    place.labels = labelsOf(pod.labels);
    place.restarts = pod.restarts;
    place.created = pod.created;
    if (const auto user = m_users.find(pod.nameSpace + '/' + pod.name); user != m_users.end())
        place.inUse = user->second;
    return place;
}

Place ClusterPlaces::placeOf(const kubernetes::Workload& workload) const
{
    Place place;
    place.spec = workload.spec();
    place.key = keyOf(place.spec);
    place.source = m_context;
    place.group = PlaceGroup::Workload;
    place.kind = workload.owner.kind;
    place.nameSpace = workload.nameSpace;
    place.name = workload.owner.name;
    place.status = readyText(workload.ready, workload.pods);
    place.trouble = workload.ready < workload.pods;
    place.ports = portsOf(workload.ports);
    place.labels = labelsOf(workload.labels);
    place.restarts = workload.restarts;
    place.created = workload.created;
    for (const PlacePort& port : place.ports) {
        if (!port.container.empty()
            && std::ranges::find(place.containers, port.container) == place.containers.end())
            place.containers.push_back(port.container);
    }
    return place;
}

ClusterPlaces::Change ClusterPlaces::apply(const kubernetes::Delta& delta)
{
    Change change;
    for (const kubernetes::AgentUse& agent : delta.agents) {
        m_agents[agent.uid] = {agent.target, agent.client};
        m_users[agent.target] = agent.client.empty() ? "somebody" : agent.client;
        change.users.emplace_back(podKey(agent.target), m_users[agent.target]);
    }
    for (const std::string& uid : delta.goneAgents) {
        if (const auto agent = m_agents.find(uid); agent != m_agents.end()) {
            m_users.erase(agent->second.first);
            change.users.emplace_back(podKey(agent->second.first), std::string());
            m_agents.erase(agent);
        }
    }
    for (const kubernetes::Pod& pod : delta.pods) {
        Place place = placeOf(pod);
        m_keyOfUid[pod.uid] = place.key;
        m_uidOfKey[place.key] = pod.uid;
        change.put.push_back(std::move(place));
    }
    for (const std::string& uid : delta.gone) {
        const auto known = m_keyOfUid.find(uid);
        if (known == m_keyOfUid.end())
            continue;
        if (const auto last = m_uidOfKey.find(known->second);
            last != m_uidOfKey.end() && last->second == uid) {
            change.gone.push_back(known->second);
            m_uidOfKey.erase(last);
        }
        m_keyOfUid.erase(known);
    }
    // A pod that nothing controls is told as a workload of its own too: one line is enough.
    for (const kubernetes::Workload& workload : delta.workloads) {
        if (workload.owner.kind != "pod")
            change.put.push_back(placeOf(workload));
    }
    for (const std::string& spec : delta.goneWorkloads) {
        if (spec.find("/pod/") == std::string::npos)
            change.gone.push_back(keyOf(spec));
    }
    return change;
}

} // namespace podglass::connect
