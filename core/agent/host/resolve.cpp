// SPDX-License-Identifier: Apache-2.0
#include "core/agent/host/resolve.h"

#include "core/agent/host/container_facts.h"
#include "core/agent/host/network_namespace.h"
#include "core/agent/host/processes.h"
#include "core/telemetry/text_file.h"

#include <algorithm>
#include <cerrno>
#include <unordered_set>

#include <fcntl.h>
#include <unistd.h>

namespace podglass::agent {

namespace {

using std::filesystem::path;

constexpr std::size_t shortestPrefix = 4;
constexpr const char* listAdvice = "podglass-agent --list-targets shows what is here";

base::Error failure(std::string_view spec, std::string what, std::string advice)
{
    return {std::move(what), "attach to " + std::string(spec), std::move(advice)};
}

// A name must stay inside /run/netns whatever the peer sends.
bool isPlainName(std::string_view name)
{
    return !name.empty() && name != "." && name != ".." && name.size() <= 255
           && name.find('/') == std::string_view::npos && name.find('\0') == std::string_view::npos;
}

base::Result<ResolvedTarget> openNamespace(const path& file, std::string_view spec)
{
    ResolvedTarget resolved;
    resolved.networkNamespace.reset(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (resolved.networkNamespace)
        return resolved;
    const int number = errno;
    base::Error error = base::systemError(number, "attach to " + std::string(spec));
    if (number == ENOENT) {
        error.what = "there is none of that name";
        error.advice = listAdvice;
        error.lasting = base::Lasting::Transient; // it may come back: a pod that restarts
    } else if (number == EACCES || number == EPERM) {
        error.advice = "run the agent as root, or give it CAP_SYS_PTRACE";
    }
    return error;
}

base::Result<ResolvedTarget> resolveName(const path& root, std::string_view spec)
{
    const std::string_view name = spec.substr(spec.find(':') + 1);
    if (!isPlainName(name))
        return failure(spec, "that is no name of a network namespace", listAdvice);
    const path file = root / "run/netns" / name;
    auto resolved = openNamespace(file, spec);
    if (!resolved)
        return resolved;
    resolved->name = name;
    const std::uint64_t inode = networkNamespaceInode(resolved->networkNamespace.get());
    for (const Process& process : listProcesses(root)) {
        if (process.networkNamespace == inode) {
            resolved->pid = process.pid;
            break;
        }
    }
    return resolved;
}

base::Result<ResolvedTarget> resolveProcess(const path& root, std::string_view spec)
{
    const auto pid = telemetry::asNumber(spec.substr(spec.find(':') + 1));
    if (!pid || *pid == 0 || *pid > INT32_MAX)
        return failure(spec, "that is no process id", "write it as pid:1234");
    const path directory = root / "proc" / std::to_string(*pid);
    auto resolved = openNamespace(directory / "ns/net", spec);
    if (!resolved)
        return resolved;
    resolved->pid = static_cast<std::uint32_t>(*pid);
    const auto comm = telemetry::readTextFile(directory / "comm");
    std::string_view rest = comm ? std::string_view(*comm) : spec;
    resolved->name = telemetry::takeLine(rest);
    resolved->part.pid = *pid == 1 ? 0 : resolved->pid;
    return resolved;
}

base::Result<ResolvedTarget> resolveContainer(const path& root, std::string_view spec)
{
    const std::string wanted(spec.substr(spec.find(':') + 1));
    const std::vector<Process> processes = listProcesses(root);
    std::unordered_set<std::string> ids;
    const Process* found = nullptr;
    for (const Process& process : processes) {
        if (!process.container || ids.contains(process.container.id))
            continue;
        const bool begins =
            wanted.size() >= shortestPrefix && process.container.id.starts_with(wanted);
        if (!begins && process.container.id != wanted
            && containerFacts(root, process.container).name != wanted)
            continue;
        ids.insert(process.container.id);
        found = &process;
    }
    if (ids.size() > 1)
        return failure(
            spec, std::to_string(ids.size()) + " containers match", "give more digits of the id");
    if (found == nullptr) {
        if (wanted.size() < shortestPrefix)
            return failure(spec,
                           "no running container has that name, and the container id is too short",
                           "give at least 4 digits of it");
        base::Error error = failure(spec, "no running container matches", listAdvice);
        error.lasting = base::Lasting::Transient;
        return error;
    }
    auto resolved = openNamespace(root / "proc" / std::to_string(found->pid) / "ns/net", spec);
    if (!resolved)
        return resolved;
    resolved->pid = found->pid;
    resolved->part.container = found->container.id;
    const ContainerFacts facts = containerFacts(root, found->container);
    resolved->name = !facts.podName.empty() ? facts.podName : facts.name;
    if (resolved->name.empty())
        resolved->name = found->container.id.substr(0, 12);
    return resolved;
}

base::Result<ResolvedTarget> resolveService(const path& root, std::string_view spec)
{
    std::string unit(spec.substr(spec.find(':') + 1));
    if (!unit.ends_with(".service"))
        unit += ".service";
    const std::vector<Process> processes = listProcesses(root);
    const auto found = std::ranges::find(processes, unit, &Process::service);
    if (found == processes.end()) {
        base::Error error = failure(spec,
                                    "no process of this service runs here",
                                    std::string("systemctl status says why; ") + listAdvice);
        error.lasting = base::Lasting::Transient; // it may be restarting
        return error;
    }
    auto resolved = openNamespace(root / "proc" / std::to_string(found->pid) / "ns/net", spec);
    if (!resolved)
        return resolved;
    resolved->pid = found->pid;
    resolved->part.service = unit;
    resolved->name = unit.substr(0, unit.rfind('.'));
    return resolved;
}

} // namespace

base::Result<ResolvedTarget> resolveTarget(const path& root, std::string_view spec)
{
    if (spec == "self") {
        auto resolved = openNamespace(root / "proc/self/ns/net", spec);
        if (resolved) {
            resolved->pid = static_cast<std::uint32_t>(::getpid());
            resolved->name = "self";
        }
        return resolved;
    }
    if (spec.starts_with("netns:"))
        return resolveName(root, spec);
    if (spec.starts_with("pid:"))
        return resolveProcess(root, spec);
    if (spec.starts_with("container:"))
        return resolveContainer(root, spec);
    if (spec.starts_with("service:"))
        return resolveService(root, spec);
    return failure(spec,
                   "a target is written self, netns:NAME, pid:NUMBER, container:ID or service:UNIT",
                   listAdvice);
}

} // namespace podglass::agent
