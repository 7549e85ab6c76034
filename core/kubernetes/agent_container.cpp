// SPDX-License-Identifier: Apache-2.0
#include "core/kubernetes/agent_container.h"

#include "core/base/limits.h"
#include "core/kubernetes/agent_pod.h"
#include "core/kubernetes/json_fields.h"

#include <charconv>

namespace podglass::kubernetes {

namespace {

using nlohmann::json;

constexpr std::string_view namePrefix = "podglass-";
constexpr unsigned firstMinor = 25;
constexpr std::size_t ownerLetters = 8;

std::string secondsOf(std::chrono::seconds time)
{
    return std::to_string(time.count());
}

} // namespace

std::string agentContainerPrefix(std::string_view owner, bool steal)
{
    return std::string(namePrefix) + (steal ? "s-" : "m-")
           + std::string(owner.substr(0, ownerLetters)) + "-";
}

bool isAgentContainer(std::string_view name)
{
    return name.starts_with(std::string(namePrefix) + "s-")
           || name.starts_with(std::string(namePrefix) + "m-");
}

std::vector<std::string> agentContainerCapabilities(bool steal)
{
    std::vector<std::string> names{"NET_RAW"};
    if (steal)
        names.emplace_back("NET_ADMIN");
    return names;
}

std::vector<std::string> agentContainerArguments(const Pod& pod, const AgentContainerWish& wish)
{
    const std::string image = wish.image.empty() ? std::string(defaultAgentImage) : wish.image;
    return {"debug",
            "pod/" + pod.name,
            "-n",
            pod.nameSpace,
            "--container=" + wish.name,
            "--image=" + image,
            "--image-pull-policy=IfNotPresent",
            "--target=" + wish.target,
            "--profile=general",
            "--custom=/dev/stdin",
            "--attach=false",
            "--quiet",
            "--",
            "/podglass-agent",
            "--hold",
            secondsOf(limits::agentPodIdle),
            "--hold-most",
            secondsOf(limits::agentPodAge)};
}

// What kubectl merges into the container. runAsNonRoot: a pod may forbid root to its containers,
// and only root has capabilities from its start.
std::string agentContainerSpec(bool steal)
{
    const json context{
        {"runAsUser", 0},
        {"runAsNonRoot", false},
        {"privileged", false},
        {"allowPrivilegeEscalation", false},
        {"readOnlyRootFilesystem", true},
        {"capabilities", {{"drop", {"ALL"}}, {"add", agentContainerCapabilities(steal)}}},
        {"seccompProfile", {{"type", "RuntimeDefault"}}}};
    return json{{"securityContext", context}}.dump();
}

std::string withoutAgentContainers(std::string_view version)
{
    const std::string needed =
        "ephemeral containers need Kubernetes 1." + std::to_string(firstMinor);
    if (!version.starts_with("v1."))
        return version.starts_with('v') ? std::string() : "the version of the cluster is not known";
    unsigned minor = 0;
    const std::string_view rest = version.substr(3);
    std::from_chars(rest.data(), rest.data() + rest.size(), minor);
    return minor < firstMinor ? needed : std::string();
}

std::string whyNoAgentContainer(std::string_view words)
{
    for (const std::string_view flag : {"--custom", "--profile", "--target"}) {
        if (words.find("unknown flag: " + std::string(flag)) != std::string_view::npos)
            return "kubectl is too old to ask for it with few rights (1.31 can)";
    }
    return std::string(words.substr(0, 600));
}

} // namespace podglass::kubernetes
