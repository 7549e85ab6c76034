// SPDX-License-Identifier: Apache-2.0
// The agent in two processes. The one that was started becomes the guard, so that it is the one
// whose end others see; its child is the worker, which has everything else.
//
//   guard dies   the kernel kills the worker (PR_SET_PDEATHSIG); rules go with the last of the two
//   worker dies  the guard removes the rules and ends in the same way: same status, same signal
//
// Thread: the only one there is. Source: fork(2), prctl(2).
#pragma once

#include "core/agent/guard/client.h"

#include <functional>
#include <memory>
#include <string>

namespace podglass::agent::guard {

struct Worker
{
    std::shared_ptr<Client> privileges; // watch its descriptor: endAlone()
    io::Fd nothing;                     // /dev/null, which a confined worker cannot open
    std::string confinement;            // what confines less than it should; else empty
};

struct SplitOptions
{
    bool steal = true; // false: the right to change packet rules is given away
    // In the guard once it is alone: lets go of what is the worker's (its listening socket).
    std::function<void()> inGuard;
    // In the guard when the worker has ended.
    std::function<void()> atEnd;
};

// Returns in the worker only, confined. The guard ends inside. An error: no second process.
base::Result<Worker> split(const SplitOptions& options);

// The guard is gone, so nobody removes rules for us any more: ends the process.
[[noreturn]] void endAlone();

} // namespace podglass::agent::guard
