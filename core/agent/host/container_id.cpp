// SPDX-License-Identifier: Apache-2.0
#include "core/agent/host/container_id.h"

#include "core/telemetry/text_file.h"

#include <algorithm>
#include <array>

namespace podglass::agent {

namespace {

constexpr std::size_t idDigits = 64;

bool isHex(std::string_view text)
{
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string runtimeOf(std::string_view prefix, std::string_view path)
{
    struct Mark
    {
        std::string_view prefix;
        std::string_view runtime;
    };

    constexpr std::array<Mark, 6> marks{{{"docker", "docker"},
                                         {"cri-containerd", "containerd"},
                                         {"nerdctl", "containerd"},
                                         {"crio", "cri-o"},
                                         {"libpod", "podman"},
                                         {"podman", "podman"}}};
    for (const Mark& mark : marks) {
        if (prefix == mark.prefix)
            return std::string(mark.runtime);
    }
    if (path.find("/docker/") != std::string_view::npos)
        return "docker";
    if (path.find("/libpod") != std::string_view::npos)
        return "podman";
    return "containerd"; // its cgroupfs driver writes the bare id
}

// "docker-<id>.scope" or "<id>"; monitors ("crio-conmon-<id>.scope") are not the container.
bool readSegment(std::string_view segment, std::string_view path, ContainerId& found)
{
    if (segment.ends_with(".scope"))
        segment.remove_suffix(6);
    if (segment.size() < idDigits)
        return false;
    const std::string_view id = segment.substr(segment.size() - idDigits);
    std::string_view prefix = segment.substr(0, segment.size() - idDigits);
    if (!isHex(id) || (!prefix.empty() && !prefix.ends_with('-')) || prefix.ends_with("conmon-"))
        return false;
    if (!prefix.empty())
        prefix.remove_suffix(1);
    found.id = id;
    found.runtime = runtimeOf(prefix, path);
    return true;
}

// "pod<uid>" or "kubepods-burstable-pod<uid_with_underscores>.slice".
std::string podUidOf(std::string_view segment)
{
    if (segment.ends_with(".slice"))
        segment.remove_suffix(6);
    const std::size_t at = segment.rfind("pod");
    if (at == std::string_view::npos || (at != 0 && segment[at - 1] != '-'))
        return {};
    std::string uid(segment.substr(at + 3));
    std::ranges::replace(uid, '_', '-');
    std::string digits = uid;
    std::erase(digits, '-');
    return digits.size() == 32 && isHex(digits) ? uid : std::string();
}

ContainerId readPath(std::string_view path)
{
    ContainerId found;
    std::string_view rest = path;
    while (!rest.empty()) {
        rest.remove_prefix(1);
        const std::size_t end = std::min(rest.find('/'), rest.size());
        const std::string_view segment = rest.substr(0, end);
        readSegment(segment, path, found);
        if (std::string uid = podUidOf(segment); !uid.empty())
            found.podUid = std::move(uid);
        rest.remove_prefix(end);
    }
    return found;
}

} // namespace

ContainerId containerOf(std::string_view cgroupFile)
{
    while (!cgroupFile.empty()) {
        const std::string_view line = telemetry::takeLine(cgroupFile);
        const std::size_t slash = line.find(":/");
        if (slash == std::string_view::npos)
            continue;
        if (ContainerId found = readPath(line.substr(slash + 1)))
            return found;
    }
    return {};
}

} // namespace podglass::agent
