// SPDX-License-Identifier: Apache-2.0
// podglass-agent: composes core/agent with a stream or a listener and runs it.
#include "core/agent/agent.h"
#include "core/agent/listener.h"
#include "core/agent/rights.h"

#include "app/agent/list_targets.h"
#include "app/agent/options.h"

#include <cerrno>
#include <csignal>
#include <cstdio>

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

using namespace podglass;

namespace {

void say(const std::string& line)
{
    std::fprintf(stderr, "podglass-agent: %s\n", line.c_str());
}

// SIGTERM and SIGINT end the loop, so that rules are removed by us and not only by the kernel.
io::Fd stopSignals(io::Loop& loop)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr); // before any thread: they inherit it
    io::Fd descriptor(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
    loop.watch(descriptor.get(), EPOLLIN, [&loop](auto) { loop.stop(); });
    return descriptor;
}

// A proxied connection takes two descriptors; a shell's soft limit of 1,024 would end at 500.
void raiseDescriptorLimit()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

int fail(const base::Error& error)
{
    say(error.text());
    return 1;
}

void warnOfLackingRights()
{
    const std::string lacking = agent::ownRights().lacking();
    if (!lacking.empty())
        say(lacking
            + " (run it as root, or: setcap cap_net_raw,cap_net_admin,cap_sys_admin+ep "
              "podglass-agent)");
}

int serveStdio(io::Loop& loop, agent::Agent& agent)
{
    // Duplicates: what else writes to standard output must not end up between frames.
    io::Fd input(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
    io::Fd output(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
    if (!input || !output)
        return fail(base::systemError(errno, "use standard input and output"));
    agent.onIdle([&loop] { loop.stop(); });
    if (const auto served = agent.serve(std::move(input), std::move(output), {}); !served)
        return fail(served.error());
    loop.run();
    return 0;
}

int serveListening(io::Loop& loop, agent::Agent& agent, const app::AgentCommand& command)
{
    const auto secret = agent::loadSecret(command.secretFile);
    if (!secret)
        return fail(secret.error());
    const auto accept = [&](io::Fd client) {
        io::Fd output(::fcntl(client.get(), F_DUPFD_CLOEXEC, 3));
        if (const auto served = agent.serve(std::move(client), std::move(output), *secret); !served)
            say(served.error().text());
    };
    const auto listener = agent::Listener::open(loop, command.listen, accept);
    if (!listener)
        return fail(listener.error());
    say("listening on " + (*listener)->address());
    loop.run();
    return 0;
}

int run(const app::AgentCommand& command)
{
    if (command.listTargets) {
        std::fputs(app::targetListText().c_str(), stdout);
        return 0;
    }
    std::signal(SIGPIPE, SIG_IGN); // a client that went away is an error of its write()
    raiseDescriptorLimit();
    io::Loop loop;
    const io::Fd signals = stopSignals(loop);
    warnOfLackingRights();
    agent::AgentOptions options{.build = PODGLASS_VERSION, .log = {}};
    if (command.verbose)
        options.log = say;
    agent::Agent agent(loop, std::move(options));
    if (!command.target.empty()) {
        if (const auto kept = agent.keepTarget(command.target); !kept)
            return fail(kept.error());
    }
    return command.stdio ? serveStdio(loop, agent) : serveListening(loop, agent, command);
}

} // namespace

int main(int argc, char** argv)
{
    int status = 0;
    const auto command = app::readAgentCommand(argc, argv, status);
    return command ? run(*command) : status;
}
