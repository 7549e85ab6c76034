// SPDX-License-Identifier: Apache-2.0
#include "app/agent/options.h"

#include "core/base/limits.h"

#include <CLI/CLI.hpp>

namespace podglass::app {

std::optional<AgentCommand> readAgentCommand(int argc, char** argv, int& status)
{
    AgentCommand command;
    CLI::App app("Captures and redirects beside a target, for Podglass.", "podglass-agent");
    app.set_version_flag("--version", "podglass-agent " PODGLASS_VERSION);
    auto* stdio = app.add_flag(
        "--stdio", command.stdio, "serve one client on standard input and output; end with it");
    auto* listen = app.add_option(
        "--listen", command.listen, "serve clients on unix:PATH, 127.0.0.1:PORT or [::1]:PORT");
    auto* secret = app.add_option(
        "--secret-file", command.secretFile, "what clients must prove to know; mode 0600");
    app.add_option("--target", command.target, "attach this target from the start");
    auto* list =
        app.add_flag("--list-targets", command.listTargets, "print the targets of this host");
    app.add_option("--hold",
                   command.hold,
                   "serve nobody; end when no agent of this file has served for so many seconds")
        ->check(CLI::Range(1U, 86'400U))
        ->excludes(stdio)
        ->excludes(listen)
        ->excludes(list);
    app.add_option(
           "--hold-most", command.holdMost, "with --hold: end after so many seconds in any case")
        ->check(CLI::Range(1U, 864'000U));
    app.add_flag("--verbose", command.verbose, "say on standard error who comes and goes");
    app.add_flag("--mirror-only", command.mirrorOnly, "give away the right to steal");
    app.add_flag("--timed-redirect",
                 command.timedRedirect,
                 "redirect by a set that expires, as on kernels before 5.12");
    command.linger = static_cast<unsigned>(limits::clientlessAgent.count());
    app.add_option("--linger",
                   command.linger,
                   "listening: end so many seconds after the last client; 0: stay")
        ->capture_default_str();
    stdio->excludes(listen)->excludes(list);
    listen->needs(secret)->excludes(list);
    app.footer("A target is self, netns:NAME, pid:NUMBER or container:ID.");
    try {
        app.parse(argc, argv);
        if (!command.stdio && !command.listTargets && command.listen.empty() && command.hold == 0)
            throw CLI::CallForHelp();
    } catch (const CLI::ParseError& error) {
        status = app.exit(error) == 0 ? 0 : 2;
        return std::nullopt;
    }
    return command;
}

} // namespace podglass::app
