// SPDX-License-Identifier: Apache-2.0
#include "core/targets/ssh_route.h"

#include <algorithm>
#include <charconv>

namespace podglass::targets {

namespace {

constexpr std::size_t hostsOnTheWay = 8;

bool readPort(std::string_view text, std::uint16_t& port)
{
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
    return failure == std::errc() && end == text.data() + text.size() && port != 0;
}

base::Error wrong(std::string_view text)
{
    return {.what = "not a host: \"" + std::string(text.substr(0, 200)) + "\"",
            .where = "ssh destination",
            .advice = "write it as user@host:port"};
}

SshHost hostOf(const SshConfig& config, const SshDestination& given)
{
    SshHost host = config.lookup(given.host, given.user);
    if (given.port != 0)
        host.port = given.port;
    return host;
}

// Puts `host` and what must be passed before it at the end of `route`.
base::Status
append(const SshConfig& config, SshHost host, std::size_t depth, std::vector<SshHost>& route)
{
    if (!host.proxyCommand.empty())
        return base::Error{.what = "needs a proxy command\n" + host.proxyCommand,
                           .where = "ssh_config of " + host.alias,
                           .advice = "choose system ssh for this host"};
    std::string_view jumps = host.jump;
    bool first = true;
    while (!jumps.empty()) {
        const std::size_t end = std::min(jumps.find(','), jumps.size());
        std::string_view text = jumps.substr(0, end);
        jumps.remove_prefix(std::min(end + 1, jumps.size()));
        text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
        const auto given = parseDestination(text);
        if (!given)
            return given.error();
        SshHost jump = hostOf(config, *given);
        if (!std::exchange(first, false)) {
            jump.jump.clear();
            jump.proxyCommand.clear();
        }
        if (depth + route.size() >= hostsOnTheWay || jump.alias == host.alias)
            return base::Error{.what = "the jump hosts lead back to each other",
                               .where = "ProxyJump of " + host.alias,
                               .advice =
                                   "look at ProxyJump of " + jump.alias + " in your ssh_config"};
        if (const auto appended = append(config, std::move(jump), depth + 1, route); !appended)
            return appended.error();
    }
    route.push_back(std::move(host));
    return base::Done{};
}

} // namespace

base::Result<SshDestination> parseDestination(std::string_view text)
{
    const std::string_view whole = text;
    SshDestination found;
    if (text.starts_with("ssh://")) {
        text.remove_prefix(6);
        if (text.ends_with('/'))
            text.remove_suffix(1);
    }
    if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
        found.user = text.substr(0, at);
        text.remove_prefix(at + 1);
    }
    const std::size_t bracket = text.starts_with('[') ? text.find(']') : std::string_view::npos;
    const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
    if (colon != std::string_view::npos && !readPort(text.substr(colon + 1), found.port))
        return wrong(whole);
    found.host =
        bracket == std::string_view::npos ? text.substr(0, colon) : text.substr(1, bracket - 1);
    if (found.host.empty() || found.host.starts_with('-') || found.user.starts_with('-'))
        return wrong(whole);
    return found;
}

base::Result<std::vector<SshHost>> routeTo(const SshConfig& config, const SshDestination& target)
{
    std::vector<SshHost> route;
    if (const auto done = append(config, hostOf(config, target), 0, route); !done)
        return done.error();
    return route;
}

} // namespace podglass::targets
