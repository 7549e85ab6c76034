// SPDX-License-Identifier: Apache-2.0
#include "core/agent/host/processes.h"

#include "core/agent/host/container_tasks.h"
#include "core/agent/host/service_unit.h"
#include "core/telemetry/text_file.h"

#include <algorithm>

namespace podglass::agent {

namespace {

constexpr std::size_t commandBytes = 200;
constexpr std::size_t descriptorsLookedAt = 100'000;

using std::filesystem::path;

// The number in the target of a link like "net:[4026531840]" or "socket:[33012]"; 0: other text.
std::uint64_t inodeIn(const path& link, std::string_view kind)
{
    std::error_code error;
    const std::string target = std::filesystem::read_symlink(link, error).string();
    if (error || !target.starts_with(kind) || !target.ends_with(']'))
        return 0;
    const std::string_view number =
        std::string_view(target).substr(kind.size(), target.size() - kind.size() - 1);
    return telemetry::asNumber(number).value_or(0);
}

std::string readName(const path& directory)
{
    const auto comm = telemetry::readTextFile(directory / "comm");
    std::string_view rest = comm ? std::string_view(*comm) : std::string_view();
    return std::string(telemetry::takeLine(rest));
}

std::string readCommand(const path& directory)
{
    std::string command =
        telemetry::readTextFile(directory / "cmdline", commandBytes).value_or(std::string());
    while (command.ends_with('\0'))
        command.pop_back();
    std::ranges::replace(command, '\0', ' ');
    return command;
}

// A container that containerd knows under a name of its own has one cgroup, which no process of
// another shares, but for those that were started without any.
void nameTasks(const path& root,
               std::vector<Process>& processes,
               const std::vector<std::string>& cgroups)
{
    for (const auto& [pid, id] : containerdTasks(root)) {
        const auto first = std::ranges::find(processes, pid, &Process::pid);
        if (first == processes.end() || first->container)
            continue;
        const std::string& groups = cgroups[static_cast<std::size_t>(first - processes.begin())];
        const ContainerId container{id, "containerd", {}};
        const bool own = groups.find("/" + id + "\n") != std::string::npos;
        for (std::size_t i = 0; own && i < processes.size(); ++i) {
            if (cgroups[i] == groups) {
                processes[i].container = container;
                processes[i].service.clear();
            }
        }
        first->container = container;
    }
}

} // namespace

std::vector<Process> listProcesses(const path& root)
{
    std::vector<Process> processes;
    std::vector<std::string> cgroups; // beside them
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(root / "proc", error)) {
        const auto pid = telemetry::asNumber(entry.path().filename().string());
        if (!pid || *pid > UINT32_MAX)
            continue;
        Process process;
        process.command = readCommand(entry.path());
        if (process.command.empty())
            continue; // a kernel thread, or gone
        process.pid = static_cast<std::uint32_t>(*pid);
        process.name = readName(entry.path());
        process.networkNamespace = inodeIn(entry.path() / "ns/net", "net:[");
        std::string groups =
            telemetry::readTextFile(entry.path() / "cgroup").value_or(std::string());
        process.container = containerOf(groups);
        if (!process.container)
            process.service = serviceOf(groups);
        processes.push_back(std::move(process));
        cgroups.push_back(std::move(groups));
    }
    nameTasks(root, processes, cgroups);
    std::ranges::sort(processes, {}, &Process::pid);
    return processes;
}

std::uint64_t networkNamespaceOf(const path& root, const std::string& process)
{
    return inodeIn(root / "proc" / process / "ns/net", "net:[");
}

std::unordered_map<std::uint64_t, const Process*>
ownersOfSockets(const path& root,
                const std::vector<const Process*>& processes,
                const std::unordered_set<std::uint64_t>& wanted)
{
    std::unordered_map<std::uint64_t, const Process*> owners;
    std::size_t looked = 0;
    for (const Process* process : processes) {
        std::error_code error;
        const path descriptors = root / "proc" / std::to_string(process->pid) / "fd";
        for (const auto& entry : std::filesystem::directory_iterator(descriptors, error)) {
            if (owners.size() == wanted.size() || ++looked > descriptorsLookedAt)
                return owners;
            const std::uint64_t inode = inodeIn(entry.path(), "socket:[");
            if (wanted.contains(inode))
                owners.emplace(inode, process); // the first by pid: a server's main process
        }
    }
    return owners;
}

} // namespace podglass::agent
