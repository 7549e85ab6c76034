// SPDX-License-Identifier: Apache-2.0
// Child: a program run beside us whose standard streams we hold.
//
// Contract: start() returns at once; the descriptors are non-blocking and close-on-exec; nothing
// else of ours is open in the child, and its signals are at their defaults. A child ends when its
// input ends if it is well made; destroying a Child that still runs sends SIGTERM and leaves the
// rest to a reaper, so that no zombie stays and nobody waits.
// Thread: any one. Source: posix_spawn(3), pidfd_open(2).
#pragma once

#include "core/base/result.h"
#include "core/io/fd.h"

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace podglass::io {

struct ChildSetup
{
    std::vector<std::string> command; // [0] is looked up in PATH
    bool control = false;             // a socket as descriptor 3 of the child
};

class Child
{
public:
    static base::Result<Child> start(const ChildSetup& setup);

    Child(Child&& other) noexcept;
    Child& operator=(Child&& other) noexcept;
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child();

    Fd input;   // we write, the child reads
    Fd output;  // we read
    Fd errors;  // we read the child's stderr
    Fd control; // both ways; only if asked for

    // Readable once the child ended; watch it, then call exitWords().
    [[nodiscard]] int exitFd() const { return m_pidFd.get(); }

    [[nodiscard]] pid_t pid() const { return m_pid; }

    // "exit status 3", "killed by signal 9 (Killed)"; none while it runs. Reaps.
    std::optional<std::string> exitWords();

    // 0..255, or 128 + signal; after exitWords() said something.
    [[nodiscard]] int exitStatus() const { return m_status; }

    void terminate();

    // Ends in its own time, whatever becomes of us: its streams are closed, nothing is sent to it.
    void letGo() &&;

private:
    Child() = default;
    void abandon(bool end = true);

    pid_t m_pid = -1;
    Fd m_pidFd;
    int m_status = 0;
    std::optional<std::string> m_words;
};

} // namespace podglass::io
