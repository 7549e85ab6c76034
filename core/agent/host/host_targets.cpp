// SPDX-License-Identifier: Apache-2.0
#include "core/agent/host/host_targets.h"

#include "core/agent/host/namespace_parts.h"
#include "core/agent/host/namespace_view.h"
#include "core/agent/host/network_namespace.h"
#include "core/agent/host/processes.h"
#include "core/agent/host/target_name.h"
#include "core/telemetry/text_file.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace podglass::agent {

namespace {

using std::filesystem::path;

struct Group
{
    std::string boundName; // in /run/netns; may be empty
    std::vector<const Process*> members;
};

using Groups = std::map<std::uint64_t, Group>; // by the namespace's inode number

Groups groupByNamespace(const path& root, const std::vector<Process>& processes)
{
    Groups groups;
    for (const Process& process : processes) {
        if (process.networkNamespace != 0)
            groups[process.networkNamespace].members.push_back(&process);
    }
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(root / "run/netns", error)) {
        if (const std::uint64_t inode = networkNamespaceInode(entry.path()))
            groups[inode].boundName = entry.path().filename();
    }
    return groups;
}

// The namespace as a whole and, where many share it, each of those who listen in it.
void describe(const path& root,
              const Group& group,
              const TargetPlace& place,
              std::vector<wire::Target>& targets)
{
    wire::Target target = nameTarget(root, group.boundName, group.members, place);
    if (!group.members.empty()) {
        const NamespaceView view = viewNamespace(root, group.members);
        target.ports = view.ports;
        target.addresses = view.addresses;
        target.pid = view.mainPid;
        if (place.own || place.host) {
            for (wire::Target& part : partsOf(root, view)) {
                if (part.spec != target.spec)
                    targets.push_back(std::move(part));
            }
        }
    } else if (root == "/") {
        const NamespaceView view = viewEmptyNamespace(root / "run/netns" / group.boundName);
        target.addresses = view.addresses;
    }
    targets.push_back(std::move(target));
}

std::string noteOn(const std::vector<Process>& processes)
{
    const auto hidden = std::ranges::count(processes, std::uint64_t{0}, &Process::networkNamespace);
    if (hidden == 0)
        return {};
    return "the network namespaces of " + std::to_string(hidden) + " of "
           + std::to_string(processes.size())
           + " processes cannot be seen: run the agent as root or give it CAP_SYS_PTRACE";
}

} // namespace

HostTargets listHostTargets(const path& root)
{
    const std::vector<Process> processes = listProcesses(root);
    const std::uint64_t own = networkNamespaceOf(root, "self");
    const std::uint64_t first = networkNamespaceOf(root, "1");
    // The agent in a container sees that one's namespace; else its own is the host's, also where
    // pid 1 may not be looked at.
    const auto ownGroups = telemetry::readTextFile(root / "proc/self/cgroup");
    const bool contained = ownGroups && containerOf(*ownGroups);
    HostTargets result;
    for (const auto& [inode, group] : groupByNamespace(root, processes)) {
        const bool host = inode == first || (inode == own && !contained);
        const TargetPlace place{inode == own, inode != 0 && host};
        describe(root, group, place, result.targets);
    }
    std::ranges::sort(result.targets, {}, [](const wire::Target& target) {
        return std::tuple(target.spec != "self", target.kind, target.name, target.pid);
    });
    result.note = noteOn(processes);
    return result;
}

} // namespace podglass::agent
