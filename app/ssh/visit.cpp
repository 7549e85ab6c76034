// SPDX-License-Identifier: Apache-2.0
#include "app/ssh/visit.h"

#include "app/ssh/authenticate.h"
#include "app/ssh/host_key.h"
#include "app/ssh/relay.h"
#include "app/ssh/sandbox.h"

namespace podglass::ssh {

Outcome<int> visit(io::Fd stream,
                   const targets::SshHost& host,
                   const Options& options,
                   const Goal& goal,
                   Control& control)
{
    HostFiles files = openHostFiles(host, options.knownHosts, control);
    SshSession session(std::move(stream), control);
    Authentication authentication(session, host, options.maySwitch, control);
    authentication.prepare();
    if (auto failed = preferKnownTypes(session, host, files))
        return std::move(*failed);
    // Everything is open now; nothing of the server's was read yet.
    if (const auto closed = enterSandbox(); !closed)
        return Failure{Fault::Setup, closed.error(), Switch::Yes};
    if (auto failed = handshake(session, host, files, control))
        return std::move(*failed);
    if (auto failed = verifyHostKey(session, host, files, control))
        return std::move(*failed);
    files.save.reset();
    if (auto failed = authentication.run())
        return std::move(*failed);
    Relay relay(session, host.hostName, control);
    if (auto failed = goal.command.empty() ? relay.forward(goal.forwardHost, goal.forwardPort)
                                           : relay.start(goal.command))
        return std::move(*failed);
    goal.reached();
    return relay.run();
}

} // namespace podglass::ssh
