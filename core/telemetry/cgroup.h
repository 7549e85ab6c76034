// SPDX-License-Identifier: Apache-2.0
// Which memory cgroup a process is in and where its files are, for both versions of cgroups and
// for hosts that mount both. Reads files only, all of them below `root` ("/" outside tests).
// Source: cgroups(7), proc(5), Documentation/admin-guide/cgroup-v2.rst of the kernel.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace podglass::telemetry {

enum class CgroupVersion : std::uint8_t
{
    V1,
    V2,
};

struct CgroupMount
{
    CgroupVersion version = CgroupVersion::V2;
    std::string root;  // the cgroup that is mounted there; "/" or a container's own
    std::string point; // where
};

struct MemoryCgroup
{
    CgroupVersion version = CgroupVersion::V2;
    std::string path;                 // as in /proc/PID/cgroup
    std::filesystem::path directory;  // its files
    std::filesystem::path mountPoint; // ancestors with limits lie between here and directory
};

// The mounts of a /proc/PID/mountinfo that hold memory files: v1's memory controller, and v2.
std::vector<CgroupMount> memoryMounts(std::string_view mountInfo);

// The path in a /proc/PID/cgroup: of v1's memory controller if `version` is V1, else of v2.
std::optional<std::string> cgroupPath(std::string_view cgroupFile, CgroupVersion version);

// `process` is "self" or a pid. None: there is no memory cgroup that we can see.
std::optional<MemoryCgroup> memoryCgroupOf(const std::filesystem::path& root,
                                           const std::string& process);

} // namespace podglass::telemetry
