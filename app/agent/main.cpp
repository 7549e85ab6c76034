// SPDX-License-Identifier: Apache-2.0
// podglass-agent: composes core/agent with a stream or a listener and runs it.
#include "core/agent/agent.h"
#include "core/agent/guard/split.h"
#include "core/agent/listener.h"
#include "core/agent/presence.h"
#include "core/agent/rights.h"
#include "core/base/limits.h"

#include "app/agent/list_targets.h"
#include "app/agent/options.h"
#include "app/agent/tls.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <functional>
#include <optional>

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

// SIGTERM and SIGINT end the loop, so that rules are removed by us and not only by the kernel. They
// are for whoever means this agent; a client that leaves is seen by the end of its stream.
io::Fd stopSignals(io::Loop& loop, std::function<void()> stop)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr); // before any thread: they inherit it
    io::Fd descriptor(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
    loop.watch(
        descriptor.get(), EPOLLIN, [number = descriptor.get(), stop = std::move(stop)](auto) {
            signalfd_siginfo info{};
            if (::read(number, &info, sizeof info) == sizeof info)
                stop();
        });
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

void warnOfLack(const agent::Means& means)
{
    const std::string lacking = means.rights.lacking();
    if (!lacking.empty())
        say(lacking
            + " (run it as root, or: setcap cap_net_raw,cap_net_admin,cap_sys_admin+ep "
              "podglass-agent)");
    if (!means.confinement.empty())
        say(means.confinement);
}

// What only the user who started the agent may open: before it becomes somebody else.
struct Prepared
{
    std::optional<agent::Secret> secret;
    agent::Listener::Bound bound;
};

base::Result<Prepared> prepare(const app::AgentCommand& command)
{
    Prepared prepared;
    if (command.stdio)
        return prepared;
    auto secret = agent::loadSecret(command.secretFile);
    if (!secret)
        return secret.error();
    auto bound = agent::Listener::bind(command.listen);
    if (!bound)
        return bound.error();
    prepared.secret = std::move(secret).value();
    prepared.bound = std::move(bound).value();
    return prepared;
}

// dup3: the worker may not call dup2.
void replace(int stream, const io::Fd& nothing)
{
    ::dup3(nothing.get(), stream, 0);
}

// The client is gone and the agent stays for connections: nobody's terminal or channel is held.
void seeOut(std::size_t connections, agent::guard::Client& guard, const io::Fd& nothing)
{
    say("the client has left; " + std::to_string(connections)
        + " connections that were passed on are seen out, nothing is redirected any more; ends "
          "with the last of them, within "
        + std::to_string(limits::seenOutMost.count()) + " h");
    replace(STDERR_FILENO, nothing);
    guard.letGoOfErrors();
}

int serveStdio(io::Loop& loop, agent::Agent& agent, const agent::guard::Worker& worker)
{
    // Nothing in their place: what else writes to standard output must not end up between frames,
    // and both must end with the client's connection.
    io::Fd input(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
    io::Fd output(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
    if (!input || !output)
        return fail(base::systemError(errno, "use standard input and output"));
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO})
        replace(stream, worker.nothing);
    agent.onIdle([&loop] { loop.stop(); });
    agent.onAlone([&worker](std::size_t connections) {
        seeOut(connections, *worker.privileges, worker.nothing);
    });
    if (const auto served = agent.serve(std::move(input), std::move(output), {}); !served)
        return fail(served.error());
    loop.run();
    return 0;
}

// Nobody has asked for anything for so long that nobody will.
void endWhenUncalled(io::Loop& loop, agent::Agent& agent, std::chrono::seconds linger)
{
    if (linger.count() == 0)
        return;
    agent.onIdle([&loop, &agent, linger] {
        const auto patience = agent.everHadClient() ? linger : limits::uncalledAgent;
        if (agent.clientless() < patience) // and idle: nothing is left to see out
            return;
        say("no client for " + std::to_string(patience.count()) + " s: ends");
        loop.stop();
    });
}

int serveListening(io::Loop& loop,
                   agent::Agent& agent,
                   Prepared prepared,
                   std::chrono::seconds linger)
{
    const agent::Secret secret = *std::move(prepared.secret);
    const auto accept = [&](io::Fd client) {
        io::Fd output(::fcntl(client.get(), F_DUPFD_CLOEXEC, 3));
        if (const auto served = agent.serve(std::move(client), std::move(output), secret); !served)
            say(served.error().text());
    };
    const std::string address = prepared.bound.address();
    const agent::Listener listener(loop, std::move(prepared.bound), accept);
    say("listening on " + address);
    endWhenUncalled(loop, agent, linger);
    loop.run();
    return 0;
}

int serve(const app::AgentCommand& command,
          Prepared prepared,
          agent::guard::Worker worker,
          agent::Means means)
{
    io::Loop loop;
    const io::Fd signals = stopSignals(loop, [&loop] { loop.stop(); });
    // It says nothing unasked, so this is its end.
    loop.watch(worker.privileges->descriptor(), EPOLLRDHUP, [](auto) { agent::guard::endAlone(); });
    agent::AgentOptions options{.build = PODGLASS_VERSION, .means = std::move(means), .log = {}};
    if (command.verbose)
        options.log = say;
    agent::Agent agent(loop, std::move(options));
    if (!command.target.empty()) {
        if (const auto kept = agent.keepTarget(command.target); !kept)
            return fail(kept.error());
    }
    if (command.stdio)
        return serveStdio(loop, agent, worker);
    return serveListening(loop, agent, std::move(prepared), std::chrono::seconds(command.linger));
}

// The first process of a container that others are started in: it does nothing and goes in time.
// Asked to end, it goes when no agent is at work any more; who asked has a limit of its own.
int hold(unsigned seconds, unsigned most)
{
    io::Loop loop;
    const auto stop = [&loop] { loop.stop(); };
    std::optional<agent::PresenceWatch> asked;
    const io::Fd signals =
        stopSignals(loop, [&] { asked.emplace(loop, std::chrono::seconds(1), stop); });
    const agent::PresenceWatch watch(loop, std::chrono::seconds(seconds), stop);
    if (most != 0) // nobody else has a deadline for an ephemeral container
        loop.after(std::chrono::seconds(most), stop);
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
    if (command.stdio)
        std::signal(SIGHUP, SIG_IGN); // a terminal's end is heard as the end of the stream
    raiseDescriptorLimit();
    if (command.hold != 0)
        return hold(command.hold, command.holdMost);
    const io::Fd presence = agent::markPresence(); // of both processes
    agent::Rights rights = agent::ownRights();
    rights.redirect = rights.redirect && !command.mirrorOnly;
    auto prepared = prepare(command);
    if (!prepared)
        return fail(prepared.error());
    const std::string path = prepared->bound.path;
    auto worker = agent::guard::split({
        .steal = !command.mirrorOnly,
        .inGuard = [&prepared] { *prepared = Prepared{}; },
        .atEnd =
            [&path] {
                if (!path.empty())
                    ::unlink(path.c_str());
            },
    });
    if (!worker) {
        if (!path.empty())
            ::unlink(path.c_str());
        return fail(worker.error());
    }
    agent::Means means{.privileges = worker->privileges,
                       .rights = rights,
                       .confinement = worker->confinement,
                       .timedRedirects = command.timedRedirect,
                       .tls = app::tlsTermination()};
    warnOfLack(means);
    return serve(command, std::move(*prepared), std::move(*worker), std::move(means));
}

} // namespace

int main(int argc, char** argv)
{
    int status = 0;
    const auto command = app::readAgentCommand(argc, argv, status);
    return command ? run(*command) : status;
}
