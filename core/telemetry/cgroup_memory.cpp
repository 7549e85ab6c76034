// SPDX-License-Identifier: Apache-2.0
#include "core/telemetry/cgroup_memory.h"

#include "core/telemetry/text_file.h"

#include <algorithm>

namespace podglass::telemetry {

namespace {

// v1 says "no limit" with a number near 2^63 that depends on the page size.
constexpr std::uint64_t unlimited = std::uint64_t{1} << 60;

std::uint64_t fileNumber(const std::filesystem::path& path)
{
    const auto text = readTextFile(path);
    if (!text)
        return 0;
    std::string_view rest = *text;
    return asNumber(takeLine(rest)).value_or(0); // "max" is no limit
}

std::uint64_t less(std::uint64_t whole, std::uint64_t part)
{
    return whole - std::min(whole, part);
}

std::optional<CgroupMemory> readV1(const MemoryCgroup& cgroup)
{
    const auto stat = readTextFile(cgroup.directory / "memory.stat");
    if (!stat)
        return std::nullopt;
    const auto field = [&](std::string_view key) { return numberOf(*stat, key).value_or(0); };
    const std::uint64_t shared = field("total_shmem");
    CgroupMemory memory;
    memory.anonymous = field("total_rss") + shared;
    memory.pageCache = less(field("total_cache"), shared);
    memory.kernel = fileNumber(cgroup.directory / "memory.kmem.usage_in_bytes")
                    + fileNumber(cgroup.directory / "memory.kmem.tcp.usage_in_bytes");
    const std::uint64_t limit = field("hierarchical_memory_limit");
    memory.limit = limit < unlimited ? limit : 0;
    return memory;
}

std::uint64_t tightestLimit(const MemoryCgroup& cgroup)
{
    std::uint64_t tightest = 0;
    std::filesystem::path directory = cgroup.directory;
    for (;;) {
        const std::uint64_t limit = fileNumber(directory / "memory.max");
        if (limit != 0 && (tightest == 0 || limit < tightest))
            tightest = limit;
        if (directory == cgroup.mountPoint || !directory.has_relative_path())
            return tightest;
        directory = directory.parent_path();
    }
}

std::optional<CgroupMemory> readV2(const MemoryCgroup& cgroup)
{
    const auto stat = readTextFile(cgroup.directory / "memory.stat");
    if (!stat)
        return std::nullopt;
    const auto field = [&](std::string_view key) { return numberOf(*stat, key).value_or(0); };
    const std::uint64_t shared = field("shmem");
    const std::uint64_t reclaimable = field("slab_reclaimable");
    // "kernel" came with Linux 5.18; before, its parts are given.
    const std::uint64_t kernel = numberOf(*stat, "kernel")
                                     .value_or(field("kernel_stack") + field("pagetables")
                                               + field("percpu") + field("slab"));
    CgroupMemory memory;
    memory.anonymous = field("anon") + shared;
    memory.pageCache = less(field("file"), shared) + reclaimable;
    memory.kernel = less(kernel, reclaimable) + field("sock");
    memory.limit = tightestLimit(cgroup);
    return memory;
}

} // namespace

std::optional<CgroupMemory> readCgroupMemory(const MemoryCgroup& cgroup)
{
    return cgroup.version == CgroupVersion::V1 ? readV1(cgroup) : readV2(cgroup);
}

} // namespace podglass::telemetry
