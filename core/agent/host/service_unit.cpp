// SPDX-License-Identifier: Apache-2.0
#include "core/agent/host/service_unit.h"

#include "core/telemetry/text_file.h"

#include <algorithm>

namespace podglass::agent {

namespace {

constexpr std::string_view suffix = ".service";

std::string innermost(std::string_view path)
{
    while (!path.empty()) {
        const std::size_t slash = path.rfind('/');
        const std::string_view segment =
            slash == std::string_view::npos ? path : path.substr(slash + 1);
        // user@1000.service manages services; what stands right below it is a session, not one.
        if (segment.starts_with("user@"))
            return {};
        if (segment.size() > suffix.size() && segment.ends_with(suffix))
            return std::string(segment);
        path = slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
    }
    return {};
}

} // namespace

std::string serviceOf(std::string_view cgroupFile)
{
    std::string unified;
    while (!cgroupFile.empty()) {
        const std::string_view line = telemetry::takeLine(cgroupFile);
        const std::size_t slash = line.find(":/");
        if (slash == std::string_view::npos)
            continue;
        // systemd's own hierarchy on v1; the only one on v2.
        if (line.substr(0, slash).ends_with("name=systemd"))
            return innermost(line.substr(slash + 1));
        if (line.starts_with("0::"))
            unified = innermost(line.substr(slash + 1));
    }
    return unified;
}

} // namespace podglass::agent
