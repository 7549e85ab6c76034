// SPDX-License-Identifier: Apache-2.0
#include "core/session/cluster_targets.h"

#include <algorithm>
#include <tuple>

namespace podglass::session {

namespace {

using kubernetes::Pod;
using kubernetes::Workload;

// As kubectl says it: 45s, 12m, 7h, 3d.
std::string age(std::int64_t seconds)
{
    if (seconds < 120)
        return std::to_string(std::max<std::int64_t>(seconds, 0)) + "s";
    if (seconds < 7'200)
        return std::to_string(seconds / 60) + "m";
    if (seconds < 172'800)
        return std::to_string(seconds / 3'600) + "h";
    return std::to_string(seconds / 86'400) + "d";
}

std::vector<wire::ListeningPort> portsOf(const std::vector<kubernetes::Port>& declared)
{
    std::vector<wire::ListeningPort> ports;
    for (const kubernetes::Port& port : declared)
        ports.push_back({port.number, {}, port.name.empty() ? port.container : port.name});
    return ports;
}

std::string common(const std::string& nameSpace,
                   const std::string& ready,
                   std::uint32_t restarts,
                   std::int64_t age_)
{
    return nameSpace + ", " + ready + " ready" + ", "
           + (restarts == 1 ? "1 restart" : std::to_string(restarts) + " restarts") + ", "
           + age(age_);
}

std::string usersOf(const Pod& pod, const std::map<std::string, kubernetes::AgentUse>& agents)
{
    std::string users;
    for (const auto& [uid, use] : agents) {
        if (use.target == pod.nameSpace + "/" + pod.name)
            users += (users.empty() ? ", in use by " : ", ") + use.client;
    }
    return users;
}

wire::Target targetOf(const Workload& workload, std::int64_t now)
{
    wire::Target target;
    target.spec = workload.spec();
    target.kind = workload.owner.kind;
    target.name = workload.owner.name;
    target.detail = common(workload.nameSpace,
                           std::to_string(workload.ready) + "/" + std::to_string(workload.pods),
                           workload.restarts,
                           now - workload.created);
    target.ports = portsOf(workload.ports);
    return target;
}

wire::Target targetOf(const Pod& pod,
                      const std::map<std::string, kubernetes::AgentUse>& agents,
                      std::int64_t now)
{
    wire::Target target;
    target.spec = kubernetes::podSpec(pod);
    target.kind = "pod";
    target.name = pod.name;
    const auto ready = std::ranges::count(pod.containers, true, &kubernetes::Container::ready);
    target.detail = common(pod.nameSpace,
                           std::to_string(ready) + "/" + std::to_string(pod.containers.size()),
                           pod.restarts,
                           now - pod.created);
    for (const auto& container : pod.containers) {
        if (!container.trouble.empty())
            target.detail += ", " + container.name + ": " + container.trouble;
    }
    if (pod.phase != "Running")
        target.detail += ", " + pod.phase;
    target.detail += usersOf(pod, agents);
    target.ports = portsOf(pod.ports);
    if (!pod.address.empty())
        target.addresses = {pod.address};
    return target;
}

} // namespace

std::vector<wire::Target> clusterTargets(const std::map<std::string, Workload>& workloads,
                                         const std::map<std::string, Pod>& pods,
                                         const std::map<std::string, kubernetes::AgentUse>& agents,
                                         std::int64_t now)
{
    std::vector<const Workload*> ordered;
    for (const auto& [spec, workload] : workloads)
        ordered.push_back(&workload);
    std::ranges::sort(ordered, {}, [](const Workload* each) {
        return std::tie(each->nameSpace, each->owner.name, each->owner.kind);
    });
    std::vector<wire::Target> targets;
    for (const Workload* workload : ordered) {
        if (workload->owner.kind != "pod")
            targets.push_back(targetOf(*workload, now));
        std::vector<wire::Target> own;
        for (const std::string& uid : workload->podUids) {
            if (const auto pod = pods.find(uid); pod != pods.end())
                own.push_back(targetOf(pod->second, agents, now));
        }
        std::ranges::sort(own, {}, &wire::Target::name);
        targets.insert(targets.end(), own.begin(), own.end());
    }
    return targets;
}

} // namespace podglass::session
