// SPDX-License-Identifier: Apache-2.0
// Handshake and the question whether this is the host it says it is.
#pragma once

#include "core/io/fd.h"
#include "core/targets/known_hosts.h"
#include "core/targets/ssh_config.h"

#include "app/ssh/ssh_session.h"
#include "app/ssh/tcp.h"

#include <optional>

namespace podglass::ssh {

// The files, read and opened before anything of the server's is parsed: afterwards the sandbox
// allows no opening.
struct HostFiles
{
    targets::KnownHosts known;
    std::string savePath; // where a new key goes
    io::Fd save;          // open for appending; none: cannot be saved
};

HostFiles
openHostFiles(const targets::SshHost& host, const std::string& knownHostsOption, Control& control);

// Asks only for key types that are known for the host already. Failure: none of them can be used.
std::optional<Failure>
preferKnownTypes(SshSession& session, const targets::SshHost& host, const HostFiles& files);

std::optional<Failure> handshake(SshSession& session,
                                 const targets::SshHost& host,
                                 const HostFiles& files,
                                 Control& control);

// Known: goes on. Unknown: asks. Changed and revoked: refuses, no question.
std::optional<Failure> verifyHostKey(SshSession& session,
                                     const targets::SshHost& host,
                                     HostFiles& files,
                                     Control& control);

} // namespace podglass::ssh
