// SPDX-License-Identifier: Apache-2.0
// The command line of podglass-agent.
#pragma once

#include <optional>
#include <string>

namespace podglass::app {

struct AgentCommand
{
    bool stdio = false;
    std::string listen;     // unix:PATH or 127.0.0.1:PORT
    std::string secretFile; // with listen
    std::string target;     // attached from the start
    bool listTargets = false;
    unsigned hold = 0;     // seconds without any serving agent of this program file; 0: serve
    unsigned holdMost = 0; // seconds in any case; 0: no such end
    bool verbose = false;
    bool mirrorOnly = false;    // gives the right to change packet rules away
    bool timedRedirect = false; // as on kernels before 5.12
    unsigned linger = 0;        // seconds without a client; 0: forever
};

// None: nothing to do but exit with `status` (help, version, or a mistake that was explained).
std::optional<AgentCommand> readAgentCommand(int argc, char** argv, int& status);

} // namespace podglass::app
