// SPDX-License-Identifier: Apache-2.0
// The sandbox: from the first byte of the server on, this process can read and write what it has
// open, use memory and tell the time. It cannot start programs, open files for writing, or make
// connections. What is dangerous kills; what is merely unforeseen fails with EPERM.
// Source: seccomp(2), libssh2's memory faults before authentication.
#pragma once

#include "core/base/result.h"

namespace podglass::ssh {

// No core dumps, no tracing by others of the same user, no SIGPIPE.
void hardenProcess();

base::Status enterSandbox();

} // namespace podglass::ssh
