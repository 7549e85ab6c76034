// SPDX-License-Identifier: Apache-2.0
// podglassctl read FILE: what a capture file holds, by the stages that live capture uses.
#pragma once

namespace CLI {
class App;
}

namespace podglass::ctl {

// Adds the subcommand; `status` receives the exit status when it ran, and outlives the parse.
void addReadCommand(CLI::App& app, int& status);

} // namespace podglass::ctl
