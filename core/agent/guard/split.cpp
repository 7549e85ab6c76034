// SPDX-License-Identifier: Apache-2.0
#include "core/agent/guard/split.h"

#include "core/agent/guard/confine.h"
#include "core/agent/guard/server.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace podglass::agent::guard {

namespace {

// A stream that the guard held open too would not end with the worker.
void letGoOfStreams()
{
    const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(nothing, STDOUT_FILENO);
    ::close(nothing);
}

[[noreturn]] void endLike(int status)
{
    if (WIFSIGNALED(status)) {
        std::fprintf(stderr,
                     "podglass-agent: the worker was ended by signal %d; its rules are removed\n",
                     WTERMSIG(status));
        std::signal(WTERMSIG(status), SIG_DFL);
        sigset_t all;
        sigfillset(&all);
        ::sigprocmask(SIG_UNBLOCK, &all, nullptr);
        std::raise(WTERMSIG(status));
    }
    std::_Exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

[[noreturn]] void beGuard(Line worker, pid_t process, const SplitOptions& options)
{
    letGoOfStreams();
    if (options.inGuard)
        options.inGuard();
    keepGuardRights(options.steal);
    int status = 0;
    {
        io::Loop loop;
        status = Server(loop, std::move(worker), process).run();
    }
    if (options.atEnd)
        options.atEnd();
    endLike(status);
}

} // namespace

base::Result<Worker> split(const SplitOptions& options)
{
    auto ends = Line::makePair();
    if (!ends)
        return ends.error();
    const pid_t guard = ::getpid();
    const pid_t worker = ::fork();
    if (worker < 0)
        return base::systemError(
            errno, "start the agent's second process", "is the number of processes limited?");
    if (worker > 0) {
        {
            const Line notOurs = std::move(ends->second);
        }
        beGuard(std::move(ends->first), worker, options);
    }
    {
        const Line notOurs = std::move(ends->first);
    }
    Worker made;
    made.privileges = std::make_shared<Client>(std::move(ends->second));
    made.nothing.reset(::open("/dev/null", O_RDWR | O_CLOEXEC));
    made.confinement = confineWorker();
    if (::getppid() != guard)
        endAlone(); // it ended before the kernel was asked to tell
    return made;
}

void endAlone()
{
    std::fputs("podglass-agent: the guard process has ended, and with it this agent\n", stderr);
    std::_Exit(1);
}

} // namespace podglass::agent::guard
