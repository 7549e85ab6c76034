// SPDX-License-Identifier: Apache-2.0
// Filters that many people need, as ordinary groups of rules.
#pragma once

#include "core/filter/filter.h"
#include "core/flow/event.h"

#include <array>
#include <span>
#include <string>
#include <string_view>

namespace podglass::filter {

// How the User-Agent of those begins that check or scrape a pod: the kubelet, Google Cloud and AWS
// load balancers, Prometheus.
inline constexpr std::array<std::string_view, 4> probeAgents = {
    "kube-probe", "GoogleHC", "ELB-HealthChecker", "Prometheus"};

// A NOT group: none of the probe agents, none of the given paths (of a pod's own probes).
Group noHealthProbes(std::span<const std::string> paths = {});

// Whether the group is a noHealthProbes() that the user has not changed but for paths.
bool isHealthProbes(const Group& group);

bool looksLikeProbe(std::span<const flow::HeaderField> fields);

} // namespace podglass::filter
