// SPDX-License-Identifier: Apache-2.0
// Pods out of the API server's JSON. Pure; what does not fit is left out, never trusted, never
// thrown. Source: Kubernetes API v1, PodSpec, PodStatus, Probe; watch events: RFC-less, see
// "Efficient detection of changes" of the API concepts.
#pragma once

#include "core/kubernetes/objects.h"

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace podglass::kubernetes {

// Marks of what Podglass makes in a cluster (agent_pod.h writes them).
inline constexpr std::string_view nameLabel = "app.kubernetes.io/name";
inline constexpr std::string_view agentName = "podglass-agent";
inline constexpr std::string_view ownerLabel = "podglass.dev/owner";
inline constexpr std::string_view sessionLabel = "podglass.dev/session";
inline constexpr std::string_view targetNote = "podglass.dev/target";
inline constexpr std::string_view clientNote = "podglass.dev/client";
inline constexpr std::string_view processNote = "podglass.dev/process";

using PodOrAgent = std::variant<Pod, AgentUse>;

// None: not a pod.
std::optional<PodOrAgent> podFrom(const nlohmann::json& object);

// One page of a list.
struct PodPage
{
    std::vector<PodOrAgent> items;
    std::string resourceVersion;
    std::string more; // the token for the next page; empty: it was the last
    std::uint64_t skipped = 0;
};

std::optional<PodPage> podPageFrom(std::string_view text);

enum class WatchKind : std::uint8_t
{
    Put,
    Gone,
    Bookmark,
    Error,
};

struct WatchEvent
{
    WatchKind kind = WatchKind::Error;
    std::optional<PodOrAgent> pod;
    std::string resourceVersion;
    int code = 0;      // Error: 410 is "too old"
    std::string words; // Error
};

// One line of a watch.
std::optional<WatchEvent> watchEventFrom(std::string_view line);

// Names of a list of any kind, such as NamespaceList.
std::vector<std::string> namesFrom(std::string_view text);

// Without what is large and never looked at; a discarded value if it is not JSON.
nlohmann::json parseLean(std::string_view text);

} // namespace podglass::kubernetes
