// SPDX-License-Identifier: Apache-2.0
#include "core/kubernetes/agent_pod.h"

#include "core/base/limits.h"
#include "core/kubernetes/json_fields.h"

#include <algorithm>
#include <array>

namespace podglass::kubernetes {

namespace {

using nlohmann::json;

// Waiting for these will not help.
constexpr std::array<std::string_view, 9> hopeless{{"ErrImageNeverPull",
                                                    "ErrImagePull",
                                                    "ImagePullBackOff",
                                                    "InvalidImageName",
                                                    "CreateContainerConfigError",
                                                    "CreateContainerError",
                                                    "RunContainerError",
                                                    "StartError",
                                                    "CrashLoopBackOff"}};

constexpr std::size_t noteBytes = 200;

json securityContext(bool steal)
{
    return {{"runAsUser", 0},
            {"allowPrivilegeEscalation", false},
            {"readOnlyRootFilesystem", true},
            {"capabilities", {{"drop", {"ALL"}}, {"add", agentCapabilities(steal)}}},
            {"seccompProfile", {{"type", "RuntimeDefault"}}}};
}

std::string reasonAnd(const json& object)
{
    const std::string reason = textAt(object, "reason");
    const std::string message = textAt(object, "message");
    if (reason.empty() || message.empty())
        return reason + message;
    return reason + ": " + message;
}

} // namespace

std::vector<std::string> agentCapabilities(bool steal)
{
    std::vector<std::string> names{
        "NET_RAW", "SYS_PTRACE", "SYS_ADMIN", "SETUID", "SETGID", "KILL"};
    if (steal)
        names.emplace_back("NET_ADMIN");
    return names;
}

std::string agentPodManifest(const AgentPodWish& wish)
{
    const json resources{{"requests", {{"cpu", "10m"}, {"memory", "32Mi"}}},
                         {"limits", {{"cpu", "1"}, {"memory", "128Mi"}}}};
    const json container{
        {"name", "agent"},
        {"image", wish.image.empty() ? std::string(defaultAgentImage) : wish.image},
        {"imagePullPolicy", "IfNotPresent"},
        {"command", {"/podglass-agent", "--hold", std::to_string(limits::agentPodIdle.count())}},
        {"resources", resources},
        {"securityContext", securityContext(wish.steal)}};
    const json meta{{"name", wish.name},
                    {"namespace", wish.nameSpace},
                    {"labels",
                     {{nameLabel, agentName},
                      {"app.kubernetes.io/managed-by", "podglass"},
                      {ownerLabel, wish.owner},
                      {sessionLabel, wish.session}}},
                    {"annotations",
                     {{targetNote, wish.target.substr(0, 2 * 254)},
                      {clientNote, wish.client.substr(0, noteBytes)},
                      {processNote, wish.process.substr(0, noteBytes)}}}};
    const json spec{{"nodeName", wish.node},
                    {"hostPID", true},
                    {"restartPolicy", "Never"},
                    {"activeDeadlineSeconds",
                     std::chrono::duration_cast<std::chrono::seconds>(limits::agentPodAge).count()},
                    {"terminationGracePeriodSeconds", limits::agentPodGrace.count()},
                    {"automountServiceAccountToken", false},
                    {"enableServiceLinks", false},
                    {"tolerations", json::array({{{"operator", "Exists"}}})},
                    {"containers", json::array({container})}};
    const json pod{{"apiVersion", "v1"}, {"kind", "Pod"}, {"metadata", meta}, {"spec", spec}};
    // A client's name may be anything; what is not UTF-8 is replaced.
    return pod.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<AgentPodState> agentPodStateFrom(std::string_view text, std::string_view container)
{
    const json document = parseLean(text);
    const bool deleted = textAt(document, "type") == "DELETED";
    const json& pod = at(document, "object").is_object() ? at(document, "object") : document;
    AgentPodState state;
    state.name = textAt(at(pod, "metadata"), "name");
    if (state.name.empty())
        return std::nullopt;
    const json& status = at(pod, "status");
    const std::string phase = textAt(status, "phase");
    state.ended = deleted || phase == "Failed" || phase == "Succeeded"
                  || at(at(pod, "metadata"), "deletionTimestamp").is_string();
    if (state.ended)
        state.trouble = deleted ? "it was deleted" : reasonAnd(status);
    const auto* which = container.empty() ? "containerStatuses" : "ephemeralContainerStatuses";
    for (const json& each : at(status, which)) {
        if (!container.empty() && textAt(each, "name") != container)
            continue;
        const json& now = at(each, "state");
        state.running = at(now, "running").is_object() && !state.ended;
        const json& waiting = at(now, "waiting");
        if (std::ranges::find(hopeless, textAt(waiting, "reason")) != hopeless.end())
            state.trouble = reasonAnd(waiting);
        const json& terminated = at(now, "terminated");
        if (terminated.is_object() && state.trouble.empty())
            state.trouble = reasonAnd(terminated);
        if (terminated.is_object() && state.trouble.empty())
            state.trouble = "it ended";
    }
    return state;
}

std::vector<Leftover> leftoversIn(std::string_view list,
                                  const std::function<bool(const std::string& process)>& isGone)
{
    const json document = parseLean(list);
    std::vector<Leftover> found;
    for (const json& pod : at(document, "items")) {
        const json& meta = at(pod, "metadata");
        if (textAt(at(meta, "labels"), nameLabel) != agentName)
            continue;
        const std::string phase = textAt(at(pod, "status"), "phase");
        const bool ended = phase == "Succeeded" || phase == "Failed";
        if (ended || isGone(textAt(at(meta, "annotations"), processNote)))
            found.push_back({textAt(meta, "namespace"), textAt(meta, "name")});
    }
    return found;
}

} // namespace podglass::kubernetes
