// SPDX-License-Identifier: Apache-2.0
#include "core/telemetry/sample.h"

#include "core/telemetry/process_usage.h"
#include "core/telemetry/text_file.h"

#include <algorithm>

namespace podglass::telemetry {

namespace {

// Other processes are in the group too, such as a whole login session.
bool sharedWithOthers(const MemoryCgroup& cgroup)
{
    const auto processes = readTextFile(cgroup.directory / "cgroup.procs");
    return processes && std::ranges::count(*processes, '\n') > 1;
}

std::optional<CgroupMemory> cgroupMemory(const std::filesystem::path& root,
                                         const std::string& process)
{
    const auto cgroup = memoryCgroupOf(root, process);
    const auto memory = cgroup ? readCgroupMemory(*cgroup) : std::nullopt;
    // "/" is the machine, unless a cgroup namespace shows a container its own group as "/"; that
    // one has a limit in every setup where the figures matter.
    if (memory && cgroup->path == "/" && memory->limit == 0)
        return std::nullopt;
    // A group without a limit that we share says nothing of us: its page cache is not ours.
    if (memory && process == "self" && memory->limit == 0 && sharedWithOthers(*cgroup))
        return std::nullopt;
    return memory;
}

wire::MemorySample sampleOf(const std::filesystem::path& root, const std::string& process)
{
    wire::MemorySample sample;
    const auto own = readProcessMemory(root, process);
    if (own) {
        sample.anonymous = own->anonymous;
        sample.pageCache = own->file;
    }
    if (const auto group = cgroupMemory(root, process)) {
        sample.ofCgroup = true;
        sample.pageCache = group->pageCache;
        sample.kernel = group->kernel;
        sample.limit = group->limit;
        if (process != "self" || !own)
            sample.anonymous = group->anonymous;
    }
    return sample;
}

} // namespace

wire::MemorySample ownMemory(const std::filesystem::path& root)
{
    return sampleOf(root, "self");
}

std::optional<CgroupMemory> limitedMemory(const std::filesystem::path& root)
{
    auto memory = cgroupMemory(root, "self");
    return memory && memory->limit != 0 ? memory : std::nullopt;
}

wire::MemorySample targetMemory(const std::filesystem::path& root, std::uint32_t pid)
{
    return pid == 0 ? wire::MemorySample{} : sampleOf(root, std::to_string(pid));
}

} // namespace podglass::telemetry
