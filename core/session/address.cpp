// SPDX-License-Identifier: Apache-2.0
#include "core/session/address.h"

#include "core/session/kubernetes_address.h"
#include "core/session/percent.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <vector>

namespace podglass::session {

namespace {

struct Scheme
{
    std::string_view prefix;
    RoadKind kind;
};

constexpr std::array<Scheme, 4> schemes{{
    {"ssh+system://", RoadKind::SystemSsh},
    {"ssh://", RoadKind::Ssh},
    {"agent+tcp://", RoadKind::Tcp},
    {"agent+unix:", RoadKind::Unix},
}};

constexpr std::string_view examples =
    "examples: local/netns/shop, ssh://deploy@build-3/container/3f2a, "
    "k8s/prod-eu/shop/deploy/checkout, "
    "agent+tcp://127.0.0.1:7777/self";

base::Error refused(std::string what, std::string_view text)
{
    return {.what = std::move(what),
            .where = "address \"" + std::string(text.substr(0, 200)) + "\"",
            .advice = std::string(examples)};
}

template <typename T>
std::optional<T> number(std::string_view text)
{
    T value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc() || end != text.data() + text.size() || text.empty())
        return std::nullopt;
    return value;
}

// Names become arguments of other programs: no option, no blank, nothing a shell could read.
bool isSafeName(std::string_view name)
{
    constexpr std::string_view forbidden = " '\"`$\\;&|<>(){}[]*?!#/@";
    return !name.empty() && name.front() != '-' && std::ranges::none_of(name, [&](char c) {
        return forbidden.find(c) != std::string_view::npos;
    });
}

bool isDigits(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// "netns/shop" -> "netns:shop"
std::optional<std::string> targetFrom(std::string_view path)
{
    if (path == "self" || path.empty())
        return std::string(path);
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos)
        return std::nullopt;
    const std::string_view kind = path.substr(0, slash);
    const auto name = unescaped(path.substr(slash + 1));
    if (!name || name->empty() || *name == "." || *name == ".." || name->size() > 255
        || name->find('/') != std::string::npos)
        return std::nullopt;
    if (kind == "pid" && (!isDigits(*name) || number<std::uint32_t>(*name).value_or(0) == 0))
        return std::nullopt;
    if (kind != "netns" && kind != "pid" && kind != "container" && kind != "service")
        return std::nullopt;
    return std::string(kind) + ":" + *name;
}

std::string targetPath(const std::string& target)
{
    const std::size_t colon = target.find(':');
    if (colon == std::string::npos)
        return target;
    return target.substr(0, colon) + "/" + escaped(target.substr(colon + 1), "");
}

// user@host:port, host may be [v6]
bool readAuthority(std::string_view authority, Road& road)
{
    if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
        const auto user = unescaped(authority.substr(0, at));
        if (!user || !isSafeName(*user) || road.kind == RoadKind::Tcp)
            return false;
        road.user = *user;
        authority.remove_prefix(at + 1);
    }
    std::string_view port;
    if (authority.starts_with('[')) {
        const std::size_t end = authority.find(']');
        if (end == std::string_view::npos)
            return false;
        road.host = unescaped(authority.substr(1, end - 1)).value_or("");
        port = authority.substr(end + 1);
    } else {
        const std::size_t colon = authority.find(':');
        road.host = authority.substr(0, colon);
        if (road.host.find('%') != std::string::npos)
            return false;
        port = colon == std::string_view::npos ? std::string_view() : authority.substr(colon);
    }
    if (!isSafeName(road.host))
        return false;
    if (port.empty())
        return road.kind != RoadKind::Tcp; // an agent has no default port
    const auto value = port.front() == ':' ? number<std::uint16_t>(port.substr(1)) : std::nullopt;
    road.port = value.value_or(0);
    return road.port != 0;
}

// An address as the host sees it: host:port, [v6]:port.
bool isSocketAddress(const std::string& text)
{
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos
        || number<std::uint16_t>(text.substr(colon + 1)).value_or(0) == 0)
        return false;
    std::string_view host = std::string_view(text).substr(0, colon);
    const bool bracketed = host.starts_with('[') && host.ends_with(']');
    if (bracketed)
        host = host.substr(1, host.size() - 2);
    else if (host.find(':') != std::string_view::npos)
        return false;
    return host.find('[') == std::string_view::npos && isSafeName(host);
}

// sudo, config=FILE, secret=FILE, agent=HOST:PORT after '?'
bool readOptions(std::string_view text, Road& road)
{
    while (!text.empty()) {
        const std::size_t end = text.find('&');
        const std::string_view item = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        const std::size_t equals = item.find('=');
        const std::string_view name = item.substr(0, equals);
        const auto value =
            equals == std::string_view::npos ? std::string() : unescaped(item.substr(equals + 1));
        const bool listens = road.kind == RoadKind::Tcp || road.kind == RoadKind::Unix;
        const bool overSsh = road.kind == RoadKind::Ssh || road.kind == RoadKind::SystemSsh;
        if (name == "sudo" && equals == std::string_view::npos && !listens)
            road.sudo = true;
        else if (name == "config" && value && !value->empty() && overSsh)
            road.configFile = *value;
        else if (name == "secret" && value && !value->empty() && (listens || overSsh))
            road.secretFile = *value;
        else if (name == "agent" && value && overSsh && isSocketAddress(*value))
            road.agent = *value;
        else
            return false;
    }
    return true;
}

// The part up to the target, which is what follows; false: not an address.
bool readRoad(std::string_view rest, Road& road, std::string_view& target)
{
    if (road.kind == RoadKind::Local) {
        target = rest.starts_with('/') ? rest.substr(1) : rest;
        return rest.empty() || rest.starts_with('/');
    }
    if (road.kind == RoadKind::Unix) {
        const std::size_t end = rest.find("//");
        target = end == std::string_view::npos ? std::string_view() : rest.substr(end + 2);
        road.host = unescaped(rest.substr(0, end)).value_or("");
        return road.host.starts_with('/') && road.host.size() < 108;
    }
    const std::size_t slash = rest.find('/');
    target = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
    return readAuthority(rest.substr(0, slash), road);
}

std::string authorityOf(const Road& road)
{
    std::string text = road.user.empty() ? "" : escaped(road.user, "") + "@";
    text +=
        road.host.find(':') != std::string::npos ? "[" + escaped(road.host, "") + "]" : road.host;
    return road.port == 0 ? text : text + ":" + std::to_string(road.port);
}

// "user@host/k8s/…": through the kubectl of that host.
base::Result<Address> parseBastion(std::string_view rest, RoadKind kind, std::string_view text)
{
    const std::size_t slash = rest.find('/');
    Road way;
    way.kind = kind;
    if (!readAuthority(rest.substr(0, slash), way))
        return refused("the host part is not understood", text);
    auto address = parseKubernetesAddress(rest.substr(slash + 1), true);
    if (address)
        address.value().road.cluster.bastion = authorityOf(way);
    return address;
}

bool isBastion(RoadKind kind, std::string_view rest)
{
    if (kind != RoadKind::Ssh && kind != RoadKind::SystemSsh)
        return false;
    const std::size_t slash = rest.find('/');
    const std::string_view path =
        slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
    return path == "k8s" || path.starts_with("k8s/") || path.starts_with("k8s?");
}

} // namespace

base::Result<Address> parseAddress(std::string_view text)
{
    if (text.size() > 4'096)
        return refused("longer than an address can be", text);
    Address address;
    std::string_view rest = text;
    const auto* scheme = std::ranges::find_if(
        schemes, [&](const Scheme& each) { return text.starts_with(each.prefix); });
    if (scheme != schemes.end()) {
        address.road.kind = scheme->kind;
        rest.remove_prefix(scheme->prefix.size());
        if (isBastion(scheme->kind, rest))
            return parseBastion(rest, scheme->kind, text);
    } else if (text == "k8s" || text.starts_with("k8s/")) {
        return parseKubernetesAddress(text);
    } else if (text.starts_with("local")) {
        rest.remove_prefix(5);
    } else {
        return refused(
            "begins with none of local, k8s/, ssh://, ssh+system://, agent+tcp://, agent+unix:",
            text);
    }
    if (const std::size_t mark = rest.find('?'); mark != std::string_view::npos) {
        if (!readOptions(rest.substr(mark + 1), address.road))
            return refused("the part after ? is not understood (sudo, config=FILE, secret=FILE, "
                           "agent=HOST:PORT)",
                           text);
        rest = rest.substr(0, mark);
    }
    std::string_view target;
    if (!readRoad(rest, address.road, target))
        return refused("the host part is not understood", text);
    const auto spec = targetFrom(target);
    if (!spec)
        return refused(
            "the target is none of netns/NAME, pid/NUMBER, container/ID, service/UNIT, self", text);
    address.target = *spec;
    return address;
}

std::string print(const Address& address)
{
    const Road& road = address.road;
    if (road.kind == RoadKind::Kubernetes)
        return printKubernetesAddress(address);
    std::string text = "local";
    for (const Scheme& scheme : schemes) {
        if (scheme.kind == road.kind)
            text = scheme.prefix;
    }
    if (road.kind == RoadKind::Unix) {
        text += escaped(road.host, "/");
    } else if (road.kind != RoadKind::Local) {
        text += authorityOf(road);
    }
    if (!address.target.empty())
        text += (road.kind == RoadKind::Unix ? "//" : "/") + targetPath(address.target);
    std::string options;
    if (road.sudo)
        options += "&sudo";
    if (!road.configFile.empty())
        options += "&config=" + escaped(road.configFile, "/");
    if (!road.secretFile.empty())
        options += "&secret=" + escaped(road.secretFile, "/");
    if (!road.agent.empty())
        options += "&agent=" + escaped(road.agent, "[]");
    if (!options.empty())
        options.front() = '?';
    return text + options;
}

} // namespace podglass::session
