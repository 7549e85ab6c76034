// SPDX-License-Identifier: Apache-2.0
#include "core/telemetry/cgroup.h"

#include "core/telemetry/text_file.h"

#include <algorithm>

namespace podglass::telemetry {

namespace {

bool listContains(std::string_view list, std::string_view wanted)
{
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(','), list.size());
        if (list.substr(0, end) == wanted)
            return true;
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return false;
}

// One line of mountinfo: id parent device root point options [tags...] - type source superoptions
std::optional<CgroupMount> mountOf(std::string_view line)
{
    for (int skipped = 0; skipped < 3; ++skipped)
        takeWord(line);
    CgroupMount mount;
    mount.root = takeWord(line);
    mount.point = takeWord(line);
    const std::size_t dash = line.find(" - ");
    if (dash == std::string_view::npos)
        return std::nullopt;
    line.remove_prefix(dash + 3);
    const std::string_view type = takeWord(line);
    takeWord(line);
    if (type == "cgroup2")
        return mount;
    mount.version = CgroupVersion::V1;
    if (type == "cgroup" && listContains(takeWord(line), "memory"))
        return mount;
    return std::nullopt;
}

// Where the cgroup `path` is below what the mount shows; none if it lies outside of that.
std::optional<std::filesystem::path>
directoryIn(const CgroupMount& mount, std::string_view path, const std::filesystem::path& root)
{
    if (path.starts_with("/.."))
        return std::nullopt; // outside our cgroup namespace
    if (mount.root != "/") {
        if (!path.starts_with(mount.root))
            return std::nullopt;
        path.remove_prefix(mount.root.size());
        if (!path.empty() && path.front() != '/')
            return std::nullopt; // "/docker/ab" is not the parent of "/docker/abc"
    }
    std::filesystem::path directory = root / mount.point.substr(1);
    if (path.size() > 1)
        directory /= path.substr(1);
    return directory;
}

} // namespace

std::vector<CgroupMount> memoryMounts(std::string_view mountInfo)
{
    std::vector<CgroupMount> mounts;
    while (!mountInfo.empty()) {
        if (auto mount = mountOf(takeLine(mountInfo)); mount && mount->point.starts_with('/'))
            mounts.push_back(*std::move(mount));
    }
    return mounts;
}

std::optional<std::string> cgroupPath(std::string_view cgroupFile, CgroupVersion version)
{
    while (!cgroupFile.empty()) {
        std::string_view line = takeLine(cgroupFile);
        const std::size_t first = line.find(':');
        const std::size_t second =
            first == std::string_view::npos ? first : line.find(':', first + 1);
        if (second == std::string_view::npos)
            continue;
        const std::string_view controllers = line.substr(first + 1, second - first - 1);
        const bool wanted = version == CgroupVersion::V1 ? listContains(controllers, "memory")
                                                         : controllers.empty();
        if (wanted && second + 1 < line.size())
            return std::string(line.substr(second + 1));
    }
    return std::nullopt;
}

std::optional<MemoryCgroup> memoryCgroupOf(const std::filesystem::path& root,
                                           const std::string& process)
{
    const auto mountInfo = readTextFile(root / "proc/self/mountinfo", 1024 * 1024);
    const auto cgroupFile = readTextFile(root / "proc" / process / "cgroup");
    if (!mountInfo || !cgroupFile)
        return std::nullopt;
    // A hybrid host mounts v2 without the memory controller: the files decide, not the version.
    for (const CgroupMount& mount : memoryMounts(*mountInfo)) {
        const auto path = cgroupPath(*cgroupFile, mount.version);
        const auto directory = path ? directoryIn(mount, *path, root) : std::nullopt;
        const char* usage =
            mount.version == CgroupVersion::V1 ? "memory.usage_in_bytes" : "memory.current";
        std::error_code ignored;
        if (directory && std::filesystem::exists(*directory / usage, ignored))
            return MemoryCgroup{mount.version, *path, *directory, root / mount.point.substr(1)};
    }
    return std::nullopt;
}

} // namespace podglass::telemetry
