// SPDX-License-Identifier: Apache-2.0
#include "core/kubernetes/pod_json.h"

#include "core/kubernetes/agent_container.h"
#include "core/kubernetes/json_fields.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

namespace podglass::kubernetes {

namespace {

using nlohmann::json;

constexpr int controlledName = 253; // the longest name an object can have

// "2026-11-21T13:49:30Z"; 0: not a time.
std::int64_t secondsOf(const std::string& text)
{
    std::tm parts{};
    const char* end = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return end != nullptr && *end == '\0' ? static_cast<std::int64_t>(::timegm(&parts)) : 0;
}

std::string shortKind(const std::string& kind)
{
    struct Word
    {
        std::string_view kind;
        std::string_view word;
    };

    constexpr std::array<Word, 6> words{{{"Deployment", "deploy"},
                                         {"StatefulSet", "sts"},
                                         {"DaemonSet", "ds"},
                                         {"Job", "job"},
                                         {"ReplicaSet", "rs"},
                                         {"ReplicationController", "rc"}}};
    for (const Word& each : words) {
        if (each.kind == kind)
            return std::string(each.word);
    }
    std::string word = kind;
    std::ranges::transform(word, word.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return word;
}

// The Deployment is read off the names: it calls its ReplicaSets NAME-HASH and labels the pods with
// the hash. That spares watching ReplicaSets, for which many users have no right.
Owner ownerFrom(const json& meta, const Pod& pod)
{
    for (const json& each : at(meta, "ownerReferences")) {
        if (!trueAt(each, "controller"))
            continue;
        Owner owner{shortKind(textAt(each, "kind")), textAt(each, "name")};
        for (const char* label : {"pod-template-hash", "rollouts-pod-template-hash"}) {
            const auto hash = pod.labels.find(label);
            if (owner.kind != "rs" || hash == pod.labels.end())
                continue;
            const std::string tail = "-" + hash->second;
            if (owner.name.size() > tail.size() && owner.name.ends_with(tail)) {
                owner.name.resize(owner.name.size() - tail.size());
                owner.kind = label[0] == 'p' ? "deploy" : "rollout";
            }
        }
        // Static pods are owned by their node.
        if (owner.kind != "node" && !owner.name.empty())
            return owner;
    }
    return {"pod", pod.name};
}

std::uint16_t portNumber(const json& value, const json& container)
{
    if (value.is_number_integer()) {
        const auto number = value.get<std::int64_t>();
        return number > 0 && number < 65'536 ? static_cast<std::uint16_t>(number) : 0;
    }
    if (!value.is_string())
        return 0;
    for (const json& port : at(container, "ports")) {
        if (textAt(port, "name") == value.get<std::string>())
            return numberAt<std::uint16_t>(port, "containerPort");
    }
    return 0;
}

void readProbe(const json& container, std::string_view key, ProbeKind kind, Pod& pod)
{
    const json& probe = at(container, key);
    const json& http = at(probe, "httpGet");
    if (!http.is_object())
        return;
    Probe read;
    read.kind = kind;
    read.container = textAt(container, "name");
    read.port = portNumber(at(http, "port"), container);
    read.path = textAt(http, "path");
    if (read.path.empty())
        read.path = "/";
    for (const json& header : at(http, "httpHeaders"))
        read.headers.emplace_back(textAt(header, "name"), textAt(header, "value"));
    read.periodSeconds = numberAt<std::uint32_t>(probe, "periodSeconds", 10);
    pod.probes.push_back(std::move(read));
}

void readContainer(const json& container, Pod& pod)
{
    Container read;
    read.name = textAt(container, "name");
    read.image = textAt(container, "image");
    for (const json& port : at(container, "ports")) {
        const std::string protocol = textAt(port, "protocol");
        const auto number = numberAt<std::uint16_t>(port, "containerPort");
        if (number != 0 && (protocol.empty() || protocol == "TCP"))
            pod.ports.push_back({number, textAt(port, "name"), read.name});
    }
    readProbe(container, "livenessProbe", ProbeKind::Liveness, pod);
    readProbe(container, "readinessProbe", ProbeKind::Readiness, pod);
    readProbe(container, "startupProbe", ProbeKind::Startup, pod);
    pod.containers.push_back(std::move(read));
}

// "docker://3f…" -> "3f…"; what is not hexadecimal is no id of a container.
std::string bareId(std::string id)
{
    if (const std::size_t at = id.find("://"); at != std::string::npos)
        id.erase(0, at + 3);
    return id.size() == 64 && id.find_first_not_of("0123456789abcdef") == std::string::npos
               ? id
               : std::string();
}

void readStatus(const json& status, Pod& pod)
{
    pod.phase = textAt(status, "phase");
    pod.address = textAt(status, "podIP");
    for (const json& condition : at(status, "conditions")) {
        if (textAt(condition, "type") == "Ready")
            pod.ready = textAt(condition, "status") == "True";
    }
    for (const json& each : at(status, "containerStatuses")) {
        const auto found =
            std::ranges::find(pod.containers, textAt(each, "name"), &Container::name);
        if (found == pod.containers.end())
            continue;
        found->ready = trueAt(each, "ready");
        found->restarts = numberAt<std::uint32_t>(each, "restartCount");
        found->id = bareId(textAt(each, "containerID"));
        const json& state = at(each, "state");
        found->running = at(state, "running").is_object();
        found->trouble = textAt(at(state, "waiting"), "reason");
        pod.restarts += found->restarts;
    }
    for (const json& each : at(status, "ephemeralContainerStatuses")) {
        std::string name = textAt(each, "name");
        if (isAgentContainer(name) && at(at(each, "state"), "running").is_object())
            pod.agents.push_back(std::move(name));
    }
}

} // namespace

json parseLean(std::string_view text)
{
    const auto keep = [](int, json::parse_event_t event, json& value) {
        return event != json::parse_event_t::key
               || (value != "managedFields"
                   && value != "kubectl.kubernetes.io/last-applied-configuration");
    };
    return json::parse(text, keep, false);
}

std::optional<PodOrAgent> podFrom(const json& object)
{
    const json& meta = at(object, "metadata");
    Pod pod;
    pod.uid = textAt(meta, "uid");
    pod.name = textAt(meta, "name");
    pod.nameSpace = textAt(meta, "namespace");
    if (pod.uid.empty() || pod.name.empty() || pod.nameSpace.empty()
        || pod.name.size() > controlledName)
        return std::nullopt;
    if (at(meta, "labels").is_object()) {
        for (const auto& [key, value] : at(meta, "labels").items()) {
            if (value.is_string())
                pod.labels.emplace(key, value.get<std::string>());
        }
    }
    const auto name = pod.labels.find(std::string(nameLabel));
    if (name != pod.labels.end() && name->second == agentName) {
        const json& notes = at(meta, "annotations");
        return AgentUse{
            pod.uid, pod.nameSpace, pod.name, textAt(notes, targetNote), textAt(notes, clientNote)};
    }
    pod.created = secondsOf(textAt(meta, "creationTimestamp"));
    pod.deleting = at(meta, "deletionTimestamp").is_string();
    pod.owner = ownerFrom(meta, pod);
    const json& spec = at(object, "spec");
    pod.node = textAt(spec, "nodeName");
    pod.hostNetwork = trueAt(spec, "hostNetwork");
    for (const json& container : at(spec, "containers"))
        readContainer(container, pod);
    readStatus(at(object, "status"), pod);
    return pod;
}

std::optional<PodPage> podPageFrom(std::string_view text)
{
    const json document = parseLean(text);
    const json& items = at(document, "items");
    if (!items.is_array() && !items.is_null())
        return std::nullopt;
    const json& meta = at(document, "metadata");
    PodPage page;
    page.resourceVersion = textAt(meta, "resourceVersion");
    page.more = textAt(meta, "continue");
    if (page.resourceVersion.empty())
        return std::nullopt;
    for (const json& item : items) {
        if (auto pod = podFrom(item))
            page.items.push_back(std::move(*pod));
        else
            ++page.skipped;
    }
    return page;
}

std::optional<WatchEvent> watchEventFrom(std::string_view line)
{
    const json document = parseLean(line);
    const std::string type = textAt(document, "type");
    const json& object = at(document, "object");
    WatchEvent event;
    event.resourceVersion = textAt(at(object, "metadata"), "resourceVersion");
    if (type == "ADDED" || type == "MODIFIED" || type == "DELETED") {
        event.kind = type == "DELETED" ? WatchKind::Gone : WatchKind::Put;
        event.pod = podFrom(object);
    } else if (type == "BOOKMARK") {
        event.kind = WatchKind::Bookmark;
    } else if (type == "ERROR") {
        event.code = numberAt<int>(object, "code");
        event.words = textAt(object, "message");
    } else {
        return std::nullopt;
    }
    return event;
}

std::vector<std::string> namesFrom(std::string_view text)
{
    const json document = parseLean(text);
    std::vector<std::string> names;
    for (const json& item : at(document, "items")) {
        if (std::string name = textAt(at(item, "metadata"), "name"); !name.empty())
            names.push_back(std::move(name));
    }
    return names;
}

} // namespace podglass::kubernetes
