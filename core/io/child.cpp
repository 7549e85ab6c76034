// SPDX-License-Identifier: Apache-2.0
#include "core/io/child.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <spawn.h>
#include <thread>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ; // NOLINT(readability-redundant-declaration): not in every unistd.h

namespace podglass::io {

namespace {

constexpr int pipeBytes = 1 << 20;
// Sources stand above the targets 0..3, so that no dup2 of the child overwrites another's source.
constexpr int firstSource = 10;

Fd raised(Fd fd)
{
    return Fd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, firstSource));
}

struct Ends
{
    Fd ours;
    Fd theirs;
};

// Larger than the default 64 KiB where allowed: fewer wake-ups at hundreds of MB/s.
Ends makePipe(bool weWrite)
{
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return {};
    ::fcntl(ends[1], F_SETPIPE_SZ, pipeBytes);
    Ends both{Fd(ends[weWrite ? 1 : 0]), raised(Fd(ends[weWrite ? 0 : 1]))};
    setNonBlocking(both.ours.get(), true);
    return both;
}

Ends makeSocketPair()
{
    std::array<int, 2> ends{-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return {};
    Ends both{Fd(ends[0]), raised(Fd(ends[1]))};
    setNonBlocking(both.ours.get(), true);
    return both;
}

// By number: the header of glibc 2.36 forgets extern "C".
Fd openPidFd(pid_t pid)
{
    return Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

int spawn(const ChildSetup& setup, const std::vector<int>& sources, pid_t& pid)
{
    posix_spawn_file_actions_t actions{};
    posix_spawn_file_actions_init(&actions);
    for (std::size_t i = 0; i < sources.size(); ++i)
        posix_spawn_file_actions_adddup2(&actions, sources[i], static_cast<int>(i));
    posix_spawn_file_actions_addclosefrom_np(&actions, static_cast<int>(sources.size()));

    posix_spawnattr_t attributes{};
    posix_spawnattr_init(&attributes);
    sigset_t none{};
    sigemptyset(&none);
    sigset_t all{};
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    // Its own group: Ctrl-C at a terminal is for us; we end the child by ending its input.
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);

    std::vector<std::string> words = setup.command;
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const int failed =
        posix_spawnp(&pid, arguments[0], &actions, &attributes, arguments.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

const char* adviceFor(int failed)
{
    switch (failed) {
    case EACCES:
        return "is it a program with the right to be executed, and the file system not mounted "
               "noexec?";
    case ENOEXEC:
        return "the file is damaged, or built for another processor than this one";
    default:
        return "is it installed?";
    }
}

} // namespace

base::Result<Child> Child::start(const ChildSetup& setup)
{
    if (setup.command.empty())
        return base::systemError(EINVAL, "start a program");
    Ends input = makePipe(true);
    Ends output = makePipe(false);
    Ends errors = makePipe(false);
    Ends control = setup.control ? makeSocketPair() : Ends{};
    if (!input.theirs || !output.theirs || !errors.theirs || (setup.control && !control.theirs))
        return base::systemError(errno, "start " + setup.command[0], "close other programs");

    std::vector<int> sources{input.theirs.get(), output.theirs.get(), errors.theirs.get()};
    if (setup.control)
        sources.push_back(control.theirs.get());
    Child child;
    if (const int failed = spawn(setup, sources, child.m_pid); failed != 0) {
        child.m_pid = -1;
        return base::systemError(failed, "start " + setup.command[0], adviceFor(failed));
    }
    child.m_pidFd = openPidFd(child.m_pid);
    child.input = std::move(input.ours);
    child.output = std::move(output.ours);
    child.errors = std::move(errors.ours);
    child.control = std::move(control.ours);
    return child;
}

Child::Child(Child&& other) noexcept
    : input(std::move(other.input))
    , output(std::move(other.output))
    , errors(std::move(other.errors))
    , control(std::move(other.control))
    , m_pid(std::exchange(other.m_pid, -1))
    , m_pidFd(std::move(other.m_pidFd))
    , m_status(other.m_status)
    , m_words(std::move(other.m_words))
{}

Child& Child::operator=(Child&& other) noexcept
{
    if (this == &other)
        return *this;
    abandon();
    input = std::move(other.input);
    output = std::move(other.output);
    errors = std::move(other.errors);
    control = std::move(other.control);
    m_pid = std::exchange(other.m_pid, -1);
    m_pidFd = std::move(other.m_pidFd);
    m_status = other.m_status;
    m_words = std::move(other.m_words);
    return *this;
}

Child::~Child()
{
    abandon();
}

std::optional<std::string> Child::exitWords()
{
    if (m_words || m_pid < 0)
        return m_words;
    int status = 0;
    if (::waitpid(m_pid, &status, WNOHANG) != m_pid)
        return std::nullopt;
    if (WIFSIGNALED(status)) {
        m_status = 128 + WTERMSIG(status);
        m_words = "killed by signal " + std::to_string(WTERMSIG(status)) + " ("
                  + sigdescr_np(WTERMSIG(status)) + ")";
    } else {
        m_status = WEXITSTATUS(status);
        m_words = "exit status " + std::to_string(m_status);
    }
    return m_words;
}

void Child::terminate()
{
    if (m_pid > 0 && !exitWords())
        ::kill(m_pid, SIGTERM);
}

void Child::letGo() &&
{
    abandon(false);
}

void Child::abandon(bool end)
{
    input.reset();
    output.reset();
    errors.reset();
    control.reset();
    if (m_pid <= 0 || exitWords())
        return;
    if (end)
        ::kill(m_pid, SIGTERM);
    // The child may take its time; a detached waiter costs a stack for that long, a zombie stays.
    std::thread([pid = m_pid] {
        int status = 0;
        ::waitpid(pid, &status, 0);
    }).detach();
    m_pid = -1;
}

} // namespace podglass::io
