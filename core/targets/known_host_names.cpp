// SPDX-License-Identifier: Apache-2.0
#include "core/targets/known_hosts.h"

#include <algorithm>
#include <set>

namespace podglass::targets {

namespace {

std::string_view takeUntil(std::string_view& text, std::string_view ends)
{
    const std::size_t end = std::min(text.find_first_of(ends), text.size());
    const std::string_view taken = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return taken;
}

// Nothing that could be read as anything but a name later on.
bool isTypable(std::string_view name)
{
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
               || std::string_view("-._:[]").find(c) != std::string_view::npos;
    };
    return !name.empty() && name.size() <= 255 && name.front() != '-'
           && std::ranges::all_of(name, plain);
}

} // namespace

std::vector<std::string> knownHostNames(std::string_view text, std::size_t limit)
{
    std::vector<std::string> names;
    std::set<std::string, std::less<>> seen;
    while (!text.empty() && names.size() < limit) {
        std::string_view line = takeUntil(text, "\n");
        line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
        if (line.empty() || line.front() == '#' || line.front() == '@' || line.front() == '|')
            continue;
        std::string_view list = takeUntil(line, " \t");
        while (!list.empty() && names.size() < limit) {
            const std::string_view name = takeUntil(list, ",");
            if (isTypable(name) && seen.emplace(name).second)
                names.emplace_back(name);
        }
    }
    return names;
}

} // namespace podglass::targets
