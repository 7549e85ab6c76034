// SPDX-License-Identifier: Apache-2.0
#include "app/ssh/hops.h"

#include "app/ssh/visit.h"

#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace podglass::ssh {

namespace {

struct Hop
{
    const targets::SshHost& host;
    const targets::SshHost& next;
    io::Fd stream; // none: the first, which is reached by TCP
    io::Fd carry;  // the next host's stream goes here
    io::Fd report; // gets Control::Counts when the next host is reached
};

Outcome<int> pass(Hop& hop, const Options& options, Control& control)
{
    if (!hop.stream) {
        auto connected = connectTo(hop.host.hostName, hop.host.port, control);
        if (auto* failed = std::get_if<Failure>(&connected))
            return std::move(*failed);
        hop.stream = std::move(std::get<io::Fd>(connected));
    }
    Goal goal;
    goal.forwardHost = hop.next.hostName;
    goal.forwardPort = hop.next.port;
    goal.reached = [&] {
        const Control::Counts counts = control.counts();
        [[maybe_unused]] const auto told = ::write(hop.report.get(), &counts, sizeof counts);
        hop.report.reset();
    };
    return visit(std::move(hop.stream), hop.host, options, goal, control);
}

[[noreturn]] void becomeHop(Hop hop, const Options& options, Control& control)
{
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    // The relay's streams are standard input and output, whoever it relays for.
    const bool carried =
        ::dup2(hop.carry.get(), STDIN_FILENO) >= 0 && ::dup2(hop.carry.get(), STDOUT_FILENO) >= 0;
    hop.carry.reset();
    auto outcome = carried
                       ? pass(hop, options, control)
                       : Outcome<int>(Failure{Fault::Setup, base::systemError(errno, "jump host")});
    if (const auto* failed = std::get_if<Failure>(&outcome))
        control.error(*failed);
    ::_exit(0);
}

bool heardOf(const io::Fd& report, Control& control)
{
    Control::Counts counts;
    ssize_t got = 0;
    do
        got = ::read(report.get(), &counts, sizeof counts);
    while (got < 0 && errno == EINTR);
    if (got != static_cast<ssize_t>(sizeof counts))
        return false;
    control.goOnFrom(counts);
    return true;
}

} // namespace

std::optional<io::Fd>
passHops(std::span<const targets::SshHost> route, const Options& options, Control& control)
{
    std::signal(SIGCHLD, SIG_IGN); // NOLINT(cert-err33-c): nobody waits for them; no zombies
    io::Fd stream;
    for (std::size_t i = 0; i + 1 < route.size(); ++i) {
        std::array<int, 2> carry{-1, -1};
        std::array<int, 2> report{-1, -1};
        const bool made =
            ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, carry.data()) == 0
            && ::pipe2(report.data(), O_CLOEXEC) == 0;
        io::Fd ours(carry[0]);
        io::Fd theirs(carry[1]);
        const io::Fd reportHere(report[0]);
        io::Fd reportThere(report[1]);
        const pid_t pid = made ? ::fork() : -1;
        if (pid < 0) {
            control.error({Fault::Setup, base::systemError(errno, "jump host")});
            return std::nullopt;
        }
        if (pid == 0) {
            ours.reset();
            becomeHop({route[i],
                       route[i + 1],
                       std::move(stream),
                       std::move(theirs),
                       std::move(reportThere)},
                      options,
                      control);
        }
        theirs.reset();
        reportThere.reset();
        stream = std::move(ours);
        if (!heardOf(reportHere, control))
            return std::nullopt;
    }
    return stream;
}

} // namespace podglass::ssh
