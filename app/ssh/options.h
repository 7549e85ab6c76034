// SPDX-License-Identifier: Apache-2.0
// Options of podglass-ssh and the hosts they lead to.
#pragma once

#include "core/base/result.h"
#include "core/targets/ssh_route.h"

#include <string>
#include <vector>

namespace podglass::ssh {

inline constexpr const char* usage =
    "usage: podglass-ssh [--config FILE] [--known-hosts FILE] [--control-fd N] [--may-switch]\n"
    "                    [USER@]HOST[:PORT] -- COMMAND...\n"
    "       podglass-ssh [...] --forward HOST:PORT [USER@]HOST[:PORT]\n"
    "Runs COMMAND on HOST with stdin and stdout connected to it, or connects them to a TCP "
    "address\n"
    "as seen from HOST. Jump hosts of ssh_config are passed. Questions and progress travel as "
    "JSON\n"
    "lines on the control descriptor; without one, nothing is asked and unknown hosts are "
    "refused.\n"
    "--may-switch: the caller can use ssh(1) instead, so fail rather than ask for a password "
    "where\n"
    "there are keys that only ssh(1) can use.";

struct Options
{
    std::string config;
    std::string knownHosts;
    int controlFd = -1;
    bool maySwitch = false;
    targets::SshDestination destination;
    targets::SshDestination forward; // host empty: none
    std::string command;
    bool help = false;
};

base::Result<Options> parseOptions(const std::vector<std::string>& words);

// The hosts to pass, ours last, with what the command line says put above the configuration.
base::Result<std::vector<targets::SshHost>> routeFor(const Options& options,
                                                     const targets::SshConfig& config);

} // namespace podglass::ssh
