// SPDX-License-Identifier: Apache-2.0
// The targets of this host: one for each network namespace that holds a process or has a name,
// because that is what can be captured. Containers that share one (a pod) are one target. In the
// host's own namespace each systemd service, container and process that listens is one more, so
// that its ports can be chosen without knowing them.
//
// No runtime's socket is asked: /proc, /run/netns and the runtimes' own files are enough. What must
// not be read is left out, and the note says what and why. Takes some ten milliseconds on a host
// with a thousand processes. Thread: any; reads files below `root` ("/" outside tests).
#pragma once

#include "core/wire/message.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace podglass::agent {

struct HostTargets
{
    std::vector<wire::Target> targets; // our own namespace first, then by kind and name
    std::string note;
};

HostTargets listHostTargets(const std::filesystem::path& root);

} // namespace podglass::agent
