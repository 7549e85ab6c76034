// SPDX-License-Identifier: Apache-2.0
// Scouts: what has to read files of other processes (names, container descriptions) is done by a
// child of the guard that answers the worker itself and ends. The guard reads none of it, and a
// file that breaks its reader breaks a scout.
// Thread: the guard's only one, since it forks. Source: fork(2).
#pragma once

#include "core/agent/guard/line.h"
#include "core/agent/privileges.h"

#include <sys/types.h>

namespace podglass::agent::guard {

// True for the questions that a scout answers.
bool needsScout(Ask ask);

// The scout's process id; it sends the reply on `line`, unless it dies: then the guard has to.
base::Result<pid_t> sendScout(const Line& line, const Request& request, int networkNamespace);

// A file in memory with this content, to be read from its beginning.
base::Result<io::Fd> fileWith(std::span<const std::uint8_t> content);

} // namespace podglass::agent::guard
