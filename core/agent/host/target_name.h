// SPDX-License-Identifier: Apache-2.0
// What to call a target, and the spec that attaches to it.
#pragma once

#include "core/agent/host/processes.h"
#include "core/wire/message.h"

#include <filesystem>
#include <string>
#include <vector>

namespace podglass::agent {

struct TargetPlace
{
    bool own = false;  // the agent itself is in it
    bool host = false; // the first process is in it
};

// Fills spec, kind, name and detail for the container or pod that `leading` belongs to.
void nameContainer(const std::filesystem::path& root,
                   const std::vector<const Process*>& members,
                   const Process& leading,
                   wire::Target& target);

// The program only: arguments may hold secrets.
std::string programOf(const Process& process);

// Fills spec, kind, name and detail. In this order: our own, the host's, a container's or pod's, a
// named namespace, a process's. `members` may be empty if there is a bound name.
wire::Target nameTarget(const std::filesystem::path& root,
                        const std::string& boundName,
                        const std::vector<const Process*>& members,
                        TargetPlace place);

} // namespace podglass::agent
