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

// [USER@]HOST[:PORT]; HOST may be [v6].
bool readDestination(std::string_view text, Options& options)
{
    if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
        options.user = text.substr(0, at);
        text.remove_prefix(at + 1);
    }
    const std::size_t bracket = text.starts_with('[') ? text.find(']') : std::string_view::npos;
    const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
    if (colon != std::string_view::npos) {
        options.port = number<std::uint16_t>(text.substr(colon + 1)).value_or(0);
        if (options.port == 0)
            return false;
    }
    options.host =
        bracket == std::string_view::npos ? text.substr(0, colon) : text.substr(1, bracket - 1);
    return !options.host.empty() && !options.host.starts_with('-');
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
        if (words[i] == "--help") {
            options.help = true;
            return options;
        }
        if (i + 1 == words.size())
            return bad(words[i] + " needs a value");
        const std::string& name = words[i];
        const std::string& value = words[++i];
        if (name == "--config")
            options.config = value;
        else if (name == "--known-hosts")
            options.knownHosts = value;
        else if (name == "--control-fd" && number<int>(value).value_or(-1) >= 3)
            options.controlFd = *number<int>(value);
        else
            return bad(name + " " + value + " is not understood");
    }
    if (i >= words.size() || !readDestination(words[i], options))
        return bad("the destination is missing or not understood");
    if (++i >= words.size() || words[i] != "--" || i + 1 == words.size())
        return bad("-- and a command must follow the destination");
    // As ssh(1): joined by blanks, read by the shell over there.
    for (++i; i < words.size(); ++i) {
        options.command += options.command.empty() ? "" : " ";
        options.command += words[i];
    }
    return options;
}

base::Result<targets::SshHost> hostFor(const Options& options, const targets::SshConfig& config)
{
    targets::SshHost host = config.lookup(options.host);
    if (!options.user.empty())
        host.user = options.user;
    if (host.user.empty())
        host.user = ownName();
    if (options.port != 0)
        host.port = options.port;
    if (!host.jump.empty())
        return base::Error{.what = "needs a jump host or proxy command (" + host.jump + ")",
                           .where = "ssh_config of " + options.host,
                           .advice = "use the system-ssh transport for this host"};
    return host;
}

} // namespace podglass::ssh
