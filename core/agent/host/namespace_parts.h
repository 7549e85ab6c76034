// SPDX-License-Identifier: Apache-2.0
// Who listens in a network namespace that many share (the host's): each container on the host's
// network, each systemd service, each other process is a target of its own, with its own ports.
#pragma once

#include "core/agent/host/namespace_view.h"

#include <filesystem>
#include <vector>

namespace podglass::agent {

// Only those that listen. Pid 1 is not one of them: its spec means the host.
std::vector<wire::Target> partsOf(const std::filesystem::path& root, const NamespaceView& view);

} // namespace podglass::agent
