// SPDX-License-Identifier: Apache-2.0
// Options of podglass-ssh and the host they lead to.
#pragma once

#include "core/base/result.h"
#include "core/targets/ssh_config.h"

#include <string>
#include <vector>

namespace podglass::ssh {

inline constexpr const char* usage =
    "usage: podglass-ssh [--config FILE] [--known-hosts FILE] [--control-fd N]\n"
    "                    [USER@]HOST[:PORT] -- COMMAND...\n"
    "Runs COMMAND on HOST with stdin and stdout connected to it. Questions and progress travel as\n"
    "JSON lines on the control descriptor; without one, nothing is asked and unknown hosts are\n"
    "refused.";

struct Options
{
    std::string config;
    std::string knownHosts;
    int controlFd = -1;
    std::string user;
    std::string host;
    std::uint16_t port = 0;
    std::string command;
    bool help = false;
};

base::Result<Options> parseOptions(const std::vector<std::string>& words);

// The configuration's host with what the command line says put above it.
base::Result<targets::SshHost> hostFor(const Options& options, const targets::SshConfig& config);

} // namespace podglass::ssh
