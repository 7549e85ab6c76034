// SPDX-License-Identifier: Apache-2.0
// The subcommands that talk to an agent: their options, and starting them.
#pragma once

#include <CLI/App.hpp>

namespace podglass::ctl {

void addTargetsCommand(CLI::App& app, int& status);
void addAttachCommand(CLI::App& app, int& status);
void addRulesCommand(CLI::App& app, int& status);

} // namespace podglass::ctl
