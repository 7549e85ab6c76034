// SPDX-License-Identifier: Apache-2.0
// podglass-ssh: an SSH connection whose exec channel is our stdin and stdout.
#include "core/targets/small_file.h"

#include "app/ssh/hops.h"
#include "app/ssh/sandbox.h"
#include "app/ssh/visit.h"

#include <cstdio>
#include <malloc.h>

#include <libssh2.h>
#include <unistd.h>

namespace podglass::ssh {

namespace {

constexpr int ownFailure = 255; // as ssh(1)
// A window of packets is made and freed over and over: its memory stays ours.
constexpr int keptBytes = 8 << 20;

Failure setupFailure(base::Error error)
{
    return {Fault::Setup, std::move(error), Switch::No};
}

// None: not reached, and that was told.
std::optional<Outcome<int>>
converse(const Options& options, std::span<const targets::SshHost> route, Control& control)
{
    const targets::SshHost& host = route.back();
    io::Fd stream;
    if (route.size() > 1) {
        auto passed = passHops(route, options, control);
        if (!passed)
            return std::nullopt;
        stream = std::move(*passed);
    } else {
        Outcome<io::Fd> connected = connectTo(host.hostName, host.port, control);
        if (auto* failed = std::get_if<Failure>(&connected))
            return std::move(*failed);
        stream = std::move(std::get<io::Fd>(connected));
    }
    Goal goal;
    goal.command = options.command;
    goal.forwardHost = options.forward.host;
    goal.forwardPort = options.forward.port;
    goal.reached = [&] { control.live(); };
    return visit(std::move(stream), host, options, goal, control);
}

// What Match lines would set is not known here: never gone past in silence. Where the user's own
// ssh can stand in, it does; else we go on without those lines, and say so.
std::optional<Failure>
unjudgedIn(std::span<const targets::SshHost> route, const Options& options, Control& control)
{
    for (const targets::SshHost& host : route) {
        for (const std::string& match : host.unjudged) {
            const std::string what = "ssh_config has a Match that only ssh itself can judge";
            if (options.maySwitch)
                return Failure{Fault::Setup,
                               {.what = what + "\n" + match,
                                .where = host.alias,
                                .advice = "choose system ssh for this host"},
                               Switch::Yes};
            control.warn(what + ": " + match + "; it is passed over");
        }
    }
    return std::nullopt;
}

std::optional<Outcome<int>> run(const Options& options, Control& control)
{
    const auto config = targets::loadSshConfig(options.config);
    if (!config)
        return setupFailure(config.error());
    const auto route = routeFor(options, config.value());
    if (!route)
        return Failure{Fault::Setup, route.error(), Switch::Yes};
    if (auto elsewhere = unjudgedIn(route.value(), options, control))
        return std::move(*elsewhere);
    for (const targets::SshHost& host : route.value()) {
        for (const std::string& ignored : host.ignored)
            control.warn("ssh_config: " + ignored + " is not used by the built-in transport");
    }
    if (libssh2_init(0) != 0)
        return setupFailure({.what = "cannot begin", .where = "libssh2", .advice = {}});
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        io::setNonBlocking(fd, true);
    return converse(options, route.value(), control);
}

} // namespace

} // namespace podglass::ssh

int main(int argc, char** argv)
{
    using namespace podglass::ssh;
    hardenProcess();
    ::mallopt(M_TRIM_THRESHOLD, keptBytes); // NOLINT(concurrency-mt-unsafe): one thread
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
    if (!outcome)
        return ownFailure;
    if (const auto* failed = std::get_if<Failure>(&*outcome)) {
        control.error(*failed);
        return ownFailure;
    }
    return std::get<int>(*outcome);
}
