// SPDX-License-Identifier: Apache-2.0
// What the end of a child means: its status and the last lines of its stderr in, a Loss in words
// for people out. Pure.
#pragma once

#include "core/session/carrier.h"

#include <deque>
#include <optional>
#include <string>

namespace podglass::session {

struct Ending
{
    RoadKind kind = RoadKind::Local; // of the child
    std::string where;               // nameOf(road)
    bool opened = false;             // the agent's stream had begun
    std::optional<std::string> exit; // io::Child::exitWords(); none: it still runs
    int status = 0;                  // io::Child::exitStatus()
    std::deque<std::string> lines;   // of its stderr
};

Loss lossOf(const Ending& ending);

// What the words of ssh(1) on stderr mean.
Fault faultOfSsh(const std::string& words);

} // namespace podglass::session
