// SPDX-License-Identifier: GPL-3.0-or-later
// What there is to connect to before anything is typed: this machine, the hosts of ssh_config and
// known_hosts, the contexts of kubeconfig, addresses used before or kept under a name. The spec of
// each is its address. Pure.
#pragma once

#include "core/kubernetes/objects.h"
#include "core/targets/ssh_config.h"

#include "ui/connect/place.h"

#include <string>
#include <vector>

namespace podglass::connect {

Place thisMachine();
std::vector<Place> placesOf(const targets::SshConfig& config);
// `names`: as targets::knownHostNames gives them; those of the configuration are left out.
std::vector<Place> knownPlaces(const std::vector<std::string>& names,
                               const targets::SshConfig& config);
std::vector<Place> placesOf(const std::vector<kubernetes::Context>& contexts);

struct SavedAddress
{
    std::string name; // empty: only used before
    std::string address;
    bool viewOnly = false;
};

std::vector<Place> placesOf(const std::vector<SavedAddress>& saved);

} // namespace podglass::connect
