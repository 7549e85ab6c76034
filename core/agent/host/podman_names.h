// SPDX-License-Identifier: Apache-2.0
// What podman and CRI-O call a container: from the index that their storage keeps, root's and, for
// podman without root, the users'. Files are read below `root`. Source: containers-storage(1),
// <graph root>/<driver>-containers/containers.json.
#pragma once

#include <filesystem>
#include <string>

namespace podglass::agent {

struct PodmanNames
{
    std::string name;
    std::string image;
};

// Empty if no index that may be read knows `id`.
PodmanNames podmanNames(const std::filesystem::path& root, const std::string& id);

} // namespace podglass::agent
