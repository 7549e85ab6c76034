// SPDX-License-Identifier: Apache-2.0
#include "app/ssh/options.h"

#include <charconv>
#include <optional>
#include <pwd.h>
#include <vector>

#include <unistd.h>

namespace podglass::ssh {

namespace {

template <typename T>
std::optional<T> number(std::string_view text)
{
    T value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

base::Error bad(const std::string& what)
{
    return {.what = what, .where = "options", .advice = "see podglass-ssh --help"};
}

std::string ownName()
{
    passwd entry{};
    passwd* found = nullptr;
    std::vector<char> buffer(16'384);
    if (::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found) == 0
        && found != nullptr)
        return found->pw_name;
    return "root";
}

} // namespace

base::Result<Options> parseOptions(const std::vector<std::string>& words)
{
    Options options;
    std::size_t i = 0;
    for (; i < words.size() && words[i].starts_with('-') && words[i] != "--"; ++i) {
        const std::string& name = words[i];
        if (name == "--help") {
            options.help = true;
            return options;
        }
        if (name == "--may-switch") {
            options.maySwitch = true;
            continue;
        }
        if (i + 1 == words.size())
            return bad(name + " needs a value");
        const std::string& value = words[++i];
        if (name == "--config") {
            options.config = value;
        } else if (name == "--known-hosts") {
            options.knownHosts = value;
        } else if (name == "--control-fd" && number<int>(value).value_or(-1) >= 3) {
            options.controlFd = *number<int>(value);
        } else if (const auto to = targets::parseDestination(value);
                   name == "--forward" && to && to.value().port != 0) {
            options.forward = to.value();
        } else {
            return bad(name + " " + value + " is not understood");
        }
    }
    if (i >= words.size())
        return bad("the destination is missing");
    auto destination = targets::parseDestination(words[i]);
    if (!destination)
        return destination.error();
    options.destination = std::move(*destination);
    if (!options.forward.host.empty() && i + 1 == words.size())
        return options;
    if (++i >= words.size() || words[i] != "--" || i + 1 == words.size())
        return bad("-- and a command must follow the destination");
    // As ssh(1): joined by blanks, read by the shell over there.
    for (++i; i < words.size(); ++i) {
        options.command += options.command.empty() ? "" : " ";
        options.command += words[i];
    }
    return options;
}

base::Result<std::vector<targets::SshHost>> routeFor(const Options& options,
                                                     const targets::SshConfig& config)
{
    auto route = targets::routeTo(config, options.destination);
    if (!route)
        return route;
    for (targets::SshHost& host : *route) {
        if (host.user.empty())
            host.user = ownName();
    }
    return route;
}

} // namespace podglass::ssh
