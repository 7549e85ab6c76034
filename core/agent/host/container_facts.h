// SPDX-License-Identifier: Apache-2.0
// What people call a container: read from the files its runtime keeps, no socket needed. Whatever
// cannot be read stays empty. Files are read below `root` ("/" outside tests).
#pragma once

#include "core/agent/host/container_id.h"

#include <filesystem>
#include <string>

namespace podglass::agent {

struct ContainerFacts
{
    std::string name;         // "shop-checkout-1", or the container's name in its pod
    std::string image;        // "nginx:1.25"
    std::string podName;      // Kubernetes only
    std::string podNamespace; // Kubernetes only
    bool sandbox = false;     // the pause container that only holds a pod's namespaces
};

ContainerFacts containerFacts(const std::filesystem::path& root, const ContainerId& container);

} // namespace podglass::agent
