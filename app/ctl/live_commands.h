// SPDX-License-Identifier: Apache-2.0
// The subcommands that talk to an agent: their options, and starting them.
#pragma once

#include "app/ctl/live_client.h"

#include <CLI/App.hpp>

namespace podglass::ctl {

// The address, how to get there, and what to say on the way.
void addLiveOptions(CLI::App& command, LiveOptions& options);
// Others of the same host.
void addMoreTargets(CLI::App& command, LiveOptions& options);
// Which ports; none: all that listen.
void addPorts(CLI::App& command, std::vector<std::uint16_t>& ports);

void addTargetsCommand(CLI::App& app, int& status);
void addAttachCommand(CLI::App& app, int& status);
void addRulesCommand(CLI::App& app, int& status);

} // namespace podglass::ctl
