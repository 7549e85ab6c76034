// SPDX-License-Identifier: Apache-2.0
#include "core/agent/host/container_facts.h"

#include "core/agent/host/container_tasks.h"
#include "core/agent/host/podman_names.h"
#include "core/telemetry/text_file.h"

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>

namespace podglass::agent {

namespace {

using nlohmann::json;

constexpr std::size_t configBytes = std::size_t{1024} << 10;

std::optional<json> readJson(const std::filesystem::path& path)
{
    const auto text = telemetry::readTextFile(path, configBytes);
    if (!text)
        return std::nullopt;
    json document = json::parse(*text, nullptr, false);
    return document.is_object() ? std::optional(std::move(document)) : std::nullopt;
}

std::string textAt(const json& object, const std::string& key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

const json& objectAt(const json& object, const std::string& key)
{
    static const json none = json::object();
    const auto found = object.find(key);
    return found != object.end() && found->is_object() ? *found : none;
}

void readLabels(const json& labels, ContainerFacts& facts)
{
    facts.podName = textAt(labels, "io.kubernetes.pod.name");
    facts.podNamespace = textAt(labels, "io.kubernetes.pod.namespace");
    facts.sandbox = textAt(labels, "io.kubernetes.docker.type") == "podsandbox";
}

// Where dockerd keeps its state, unless it was told otherwise on its command line.
std::filesystem::path dockerState(const std::filesystem::path& root)
{
    if (const auto settings = readJson(root / "etc/docker/daemon.json")) {
        for (const char* key : {"data-root", "graph"}) {
            if (const std::string place = textAt(*settings, key); place.starts_with('/'))
                return root / place.substr(1);
        }
    }
    return root / "var/lib/docker";
}

ContainerFacts dockerFacts(const std::filesystem::path& root, const std::string& id)
{
    ContainerFacts facts;
    const auto config = readJson(dockerState(root) / "containers" / id / "config.v2.json");
    if (!config)
        return facts;
    facts.name = textAt(*config, "Name");
    if (facts.name.starts_with('/'))
        facts.name.erase(0, 1);
    const json& settings = objectAt(*config, "Config");
    facts.image = textAt(settings, "Image");
    readLabels(objectAt(settings, "Labels"), facts);
    return facts;
}

// The first of `keys` that is there.
std::string firstOf(const json& annotations, std::initializer_list<const char*> keys)
{
    for (const char* key : keys) {
        if (std::string text = textAt(annotations, key); !text.empty())
            return text;
    }
    return {};
}

// OCI runtime bundles carry what their engine knows as annotations.
ContainerFacts bundleFacts(const json& bundle)
{
    const json& notes = objectAt(bundle, "annotations");
    ContainerFacts facts;
    facts.name = firstOf(notes,
                         {"io.kubernetes.cri.container-name",
                          "io.kubernetes.container.name",
                          "nerdctl/name",
                          "io.podman.annotations.name"});
    facts.image = firstOf(notes,
                          {"io.kubernetes.cri.image-name",
                           "io.kubernetes.cri-o.ImageName",
                           "org.opencontainers.image.ref.name"});
    facts.podName = firstOf(notes, {"io.kubernetes.cri.sandbox-name", "io.kubernetes.pod.name"});
    facts.podNamespace =
        firstOf(notes, {"io.kubernetes.cri.sandbox-namespace", "io.kubernetes.pod.namespace"});
    const std::string type =
        firstOf(notes, {"io.kubernetes.cri.container-type", "io.kubernetes.cri-o.ContainerType"});
    facts.sandbox = type == "sandbox";
    if (facts.name.empty())
        facts.name = textAt(bundle, "hostname");
    return facts;
}

} // namespace

ContainerFacts containerFacts(const std::filesystem::path& root, const ContainerId& container)
{
    if (container.runtime == "docker")
        return dockerFacts(root, container.id);
    ContainerFacts facts;
    if (const auto bundle = containerdBundle(root, container.id)) {
        if (const auto config = readJson(*bundle / "config.json"))
            return bundleFacts(*config);
    }
    const std::filesystem::path storages = "storage/overlay-containers";
    for (const std::filesystem::path& bundle :
         {"run/containers" / storages / container.id / "userdata",
          "var/lib/containers" / storages / container.id / "userdata"}) {
        if (const auto config = readJson(root / bundle / "config.json")) {
            facts = bundleFacts(*config);
            break;
        }
    }
    if (container.runtime != "podman")
        return facts;
    // Its bundles carry a host name, which is the id: the index knows the name.
    PodmanNames names = podmanNames(root, container.id);
    if (!names.name.empty())
        facts.name = std::move(names.name);
    if (facts.image.empty())
        facts.image = std::move(names.image);
    return facts;
}

} // namespace podglass::agent
