// SPDX-License-Identifier: Apache-2.0
// podglassctl filter test: does a filter match a request, and why. The evaluator is the agent's.
// Checks for viewing; with --steal as the agent checks a filter that steals.
#pragma once

namespace CLI {
class App;
}

namespace podglass::ctl {

// Adds the subcommand; `status` receives the exit status when it ran, and outlives the parse.
void addFilterCommand(CLI::App& app, int& status);

} // namespace podglass::ctl
