// SPDX-License-Identifier: Apache-2.0
// Visit: one host, from a connected stream to a channel that is relayed until it ends. The process
// is in the sandbox from the first byte of the server on.
#pragma once

#include "core/io/fd.h"

#include "app/ssh/control.h"
#include "app/ssh/options.h"
#include "app/ssh/tcp.h"

#include <functional>

namespace podglass::ssh {

// What is wanted of the host: a command, or a connection to somewhere else.
struct Goal
{
    std::string command;
    std::string forwardHost; // if the command is empty
    std::uint16_t forwardPort = 0;
    std::function<void()> reached; // the channel is open
};

// The exit status of the command.
Outcome<int> visit(io::Fd stream,
                   const targets::SshHost& host,
                   const Options& options,
                   const Goal& goal,
                   Control& control);

} // namespace podglass::ssh
