// SPDX-License-Identifier: Apache-2.0
#include "core/session/kubernetes_address.h"

#include "core/session/percent.h"

#include <algorithm>
#include <array>
#include <vector>

namespace podglass::session {

namespace {

struct Kind
{
    std::string_view written;
    std::string_view kind;
};

constexpr std::array<Kind, 22> kinds{{{"deploy", "deploy"},
                                      {"deployment", "deploy"},
                                      {"deployments", "deploy"},
                                      {"sts", "sts"},
                                      {"statefulset", "sts"},
                                      {"statefulsets", "sts"},
                                      {"ds", "ds"},
                                      {"daemonset", "ds"},
                                      {"daemonsets", "ds"},
                                      {"job", "job"},
                                      {"jobs", "job"},
                                      {"cronjob", "cronjob"},
                                      {"cj", "cronjob"},
                                      {"rs", "rs"},
                                      {"replicaset", "rs"},
                                      {"rc", "rc"},
                                      {"replicationcontroller", "rc"},
                                      {"rollout", "rollout"},
                                      {"ro", "rollout"},
                                      {"pod", "pod"},
                                      {"po", "pod"},
                                      {"pods", "pod"}}};

base::Error refused(std::string what, std::string_view text)
{
    return {.what = std::move(what),
            .where = "address \"" + std::string(text.substr(0, 200)) + "\"",
            .advice = "examples: k8s/prod-eu, k8s/prod-eu/shop, k8s/prod-eu/shop/deploy/checkout"};
}

// Owners of other kinds (custom resources) go by their own name in lower case.
std::string_view shortKind(std::string_view written)
{
    const auto* found = std::ranges::find(kinds, written, &Kind::written);
    if (found != kinds.end())
        return found->kind;
    const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
    const bool word =
        written.size() >= 2 && written.size() < 64 && std::ranges::all_of(written, letter);
    return word ? written : std::string_view();
}

// RFC 1123 names, as the API server asks for them: they become parts of paths and arguments.
bool isObjectName(std::string_view name)
{
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    };
    return !name.empty() && name.size() <= 253 && std::ranges::all_of(name, plain)
           && name.front() != '-' && name.front() != '.' && name.back() != '-' && name.back() != '.'
           && name.find("..") == std::string_view::npos;
}

std::vector<std::string_view> pieces(std::string_view path)
{
    std::vector<std::string_view> parts;
    while (!path.empty()) {
        const std::size_t end = path.find('/');
        parts.push_back(path.substr(0, end));
        path = end == std::string_view::npos ? std::string_view() : path.substr(end + 1);
    }
    return parts;
}

bool readOption(std::string_view item, Road& road)
{
    const std::size_t equals = item.find('=');
    const std::string_view name = item.substr(0, equals);
    if (equals == std::string_view::npos) {
        road.cluster.mirrorOnly = road.cluster.mirrorOnly || name == "mirror-only";
        road.cluster.nodePod = road.cluster.nodePod || name == "node-pod";
        return name == "mirror-only" || name == "node-pod";
    }
    const auto value = unescaped(item.substr(equals + 1));
    if (!value || value->empty())
        return false;
    if (name == "config")
        road.configFile = *value;
    else if (name == "ssh-config")
        road.cluster.bastionConfig = *value;
    else if (name == "image")
        road.cluster.image = *value;
    else if (name == "agents-in" && isObjectName(*value))
        road.cluster.agentNamespace = *value;
    else
        return false;
    return true;
}

} // namespace

base::Result<Address> parseKubernetesAddress(std::string_view text, bool behindSsh)
{
    Address address;
    address.road.kind = RoadKind::Kubernetes;
    std::string_view rest = text;
    std::string_view options;
    if (const std::size_t mark = rest.find('?'); mark != std::string_view::npos) {
        options = rest.substr(mark + 1);
        rest = rest.substr(0, mark);
    }
    while (!options.empty()) {
        const std::size_t end = options.find('&');
        if (!readOption(options.substr(0, end), address.road))
            return refused("the part after ? is not understood (config=FILE, image=REF, "
                           "agents-in=NAMESPACE, node-pod, mirror-only)",
                           text);
        options = end == std::string_view::npos ? std::string_view() : options.substr(end + 1);
    }
    rest.remove_prefix(std::min<std::size_t>(rest.size(), 4)); // "k8s/"
    if (address.road.cluster.bastionConfig.size() != 0 && !behindSsh)
        return refused("ssh-config=FILE belongs behind ssh://HOST/k8s/…", text);
    const auto parts = pieces(rest);
    if (parts.size() > 4 || parts.size() == 3)
        return refused("it has to be k8s/CONTEXT, k8s/CONTEXT/NAMESPACE or "
                       "k8s/CONTEXT/NAMESPACE/KIND/NAME (a / in a name is written %2F)",
                       text);
    if (!parts.empty()) {
        const auto context = unescaped(parts[0]);
        if (!context || context->empty())
            return refused("the name of the context is not understood", text);
        address.road.host = *context;
    }
    if (parts.size() < 2)
        return address;
    address.road.cluster.nameSpace = parts[1];
    if (!isObjectName(parts[1]))
        return refused("that is no name of a namespace", text);
    if (parts.size() == 2)
        return address;
    const std::string_view kind = shortKind(parts[2]);
    if (kind.empty() || !isObjectName(parts[3]))
        return refused("the target is none of deploy, sts, ds, job, cronjob, rs, rc, rollout, pod "
                       "with a name",
                       text);
    address.target = specOf({std::string(parts[1]), std::string(kind), std::string(parts[3])});
    return address;
}

std::string printKubernetesAddress(const Address& address)
{
    const Road& road = address.road;
    std::string text =
        road.cluster.bastion.empty() ? "k8s" : "ssh://" + road.cluster.bastion + "/k8s";
    if (!road.host.empty())
        text += "/" + escaped(road.host, "@");
    if (const auto target = workloadSpecFrom(address.target))
        text += "/" + target->nameSpace + "/" + target->kind + "/" + target->name;
    else if (!road.cluster.nameSpace.empty())
        text += "/" + road.cluster.nameSpace;
    std::string options;
    if (!road.configFile.empty())
        options += "&config=" + escaped(road.configFile, "/");
    if (!road.cluster.bastionConfig.empty())
        options += "&ssh-config=" + escaped(road.cluster.bastionConfig, "/");
    if (!road.cluster.image.empty())
        options += "&image=" + escaped(road.cluster.image, "/@");
    if (!road.cluster.agentNamespace.empty())
        options += "&agents-in=" + road.cluster.agentNamespace;
    if (road.cluster.nodePod)
        options += "&node-pod";
    if (road.cluster.mirrorOnly)
        options += "&mirror-only";
    if (!options.empty())
        options.front() = '?';
    return text + options;
}

std::optional<WorkloadSpec> workloadSpecFrom(std::string_view spec)
{
    if (!spec.starts_with("k8s:"))
        return std::nullopt;
    const auto parts = pieces(spec.substr(4));
    if (parts.size() != 3 || !isObjectName(parts[0]) || !isObjectName(parts[2]))
        return std::nullopt;
    const std::string_view kind = shortKind(parts[1]);
    if (kind.empty())
        return std::nullopt;
    return WorkloadSpec{std::string(parts[0]), std::string(kind), std::string(parts[2])};
}

std::string specOf(const WorkloadSpec& workload)
{
    return "k8s:" + workload.nameSpace + "/" + workload.kind + "/" + workload.name;
}

} // namespace podglass::session
