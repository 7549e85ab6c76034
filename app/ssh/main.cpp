// SPDX-License-Identifier: Apache-2.0
// podglass-ssh: an SSH connection whose exec channel is our stdin and stdout.
#include "core/targets/small_file.h"

#include "app/ssh/authenticate.h"
#include "app/ssh/host_key.h"
#include "app/ssh/options.h"
#include "app/ssh/relay.h"
#include "app/ssh/sandbox.h"

#include <cstdio>

#include <libssh2.h>
#include <unistd.h>

namespace podglass::ssh {

namespace {

constexpr int ownFailure = 255; // as ssh(1)

Failure setupFailure(base::Error error)
{
    return {Fault::Setup, std::move(error)};
}

Outcome<int> converse(const Options& options, const targets::SshHost& host, Control& control)
{
    Outcome<io::Fd> connected = connectTo(host.hostName, host.port, control);
    if (auto* failed = std::get_if<Failure>(&connected))
        return std::move(*failed);
    HostFiles files = openHostFiles(host, options.knownHosts, control);
    SshSession session(std::move(std::get<io::Fd>(connected)), control);
    Authentication authentication(session, host, control);
    authentication.prepare();
    if (auto failed = preferKnownTypes(session, host, files))
        return std::move(*failed);
    // Everything is open now; nothing of the server's was read yet.
    if (const auto closed = enterSandbox(); !closed)
        return setupFailure(closed.error());
    if (auto failed = handshake(session, host, files, control))
        return std::move(*failed);
    if (auto failed = verifyHostKey(session, host, files, control))
        return std::move(*failed);
    files.save.reset();
    if (auto failed = authentication.run())
        return std::move(*failed);
    Relay relay(session, control);
    if (auto failed = relay.start(options.command))
        return std::move(*failed);
    control.live();
    return relay.run();
}

Outcome<int> run(const Options& options, Control& control)
{
    const auto config = targets::loadSshConfig(options.config);
    if (!config)
        return setupFailure(config.error());
    const auto host = hostFor(options, config.value());
    if (!host)
        return setupFailure(host.error());
    for (const std::string& ignored : host.value().ignored)
        control.warn("ssh_config: " + ignored + " is not used by the built-in transport");
    if (libssh2_init(0) != 0)
        return setupFailure({.what = "cannot begin", .where = "libssh2", .advice = {}});
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        io::setNonBlocking(fd, true);
    return converse(options, host.value(), control);
}

} // namespace

} // namespace podglass::ssh

int main(int argc, char** argv)
{
    using namespace podglass::ssh;
    hardenProcess();
    const auto options = parseOptions({argv + 1, argv + argc});
    if (!options) {
        std::fprintf(stderr, "podglass-ssh: %s\n", options.error().text().c_str());
        return ownFailure;
    }
    if (options.value().help) {
        std::puts(usage);
        return 0;
    }
    Control control(options.value().controlFd);
    auto outcome = run(options.value(), control);
    if (const auto* failed = std::get_if<Failure>(&outcome)) {
        control.error(*failed);
        return ownFailure;
    }
    return std::get<int>(outcome);
}
