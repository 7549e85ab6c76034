// SPDX-License-Identifier: Apache-2.0
// What each process of the agent may do (threats S3, S4, S24):
//   guard   capture sockets, packet rules, marks, other namespaces and processes; nothing else
//   scout   looks at other processes and namespaces; nothing of the network
//   worker  no capability, nobody's user if we are root, no new privileges, a list of system calls;
//           the first to go when memory runs out; its capture threads step back by themselves
// Each is for the calling process while it has one thread. What cannot be taken away is told.
// Source: capabilities(7), seccomp(2), prctl(2).
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <initializer_list>
#include <string>

namespace podglass::agent::guard {

// Without `steal` the right to change packet rules goes too.
void keepGuardRights(bool steal);
void keepScoutRights();

// Ends with its parent, too. Words for what does not confine as it should; empty: everything does.
std::string confineWorker();

// Parts of the above. The capabilities (numbers of capabilities(7)) that stay if they are there;
// none of the rest can come back.
base::Status keepOnly(std::initializer_list<unsigned> capabilities);
void forgetBounding(std::uint64_t kept); // while CAP_SETPCAP is there
base::Status allowWorkerCallsOnly();

} // namespace podglass::agent::guard
