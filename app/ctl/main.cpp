// SPDX-License-Identifier: Apache-2.0
// podglassctl: the client without a window. Composes the subcommands and nothing else.
#include "app/ctl/filter_command.h"
#include "app/ctl/live_commands.h"
#include "app/ctl/read_command.h"
#include "app/ctl/record_command.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

int main(int argc, char** argv)
{
    try {
        CLI::App app("Podglass on the command line");
        app.require_subcommand(1);
        app.set_version_flag("--version", PODGLASS_VERSION);
        int status = 0;
        podglass::ctl::addTargetsCommand(app, status);
        podglass::ctl::addAttachCommand(app, status);
        podglass::ctl::addRulesCommand(app, status);
        podglass::ctl::addRecordCommand(app, status);
        podglass::ctl::addReadCommand(app, status);
        podglass::ctl::addFilterCommand(app, status);
        CLI11_PARSE(app, argc, argv);
        return status;
    } catch (const std::exception& error) {
        // CLI11 and the JSON library throw; nothing on the data path does.
        (void)std::fprintf(stderr, "podglassctl: %s\n", error.what());
        return 1;
    }
}
