// SPDX-License-Identifier: Apache-2.0
#include "core/agent/guard/confine.h"

#include "core/base/sanitized.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <grp.h>

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace podglass::agent::guard {

namespace {

constexpr uid_t nobody = 65'534;
constexpr const char* oomScore = "500"; // of 1,000, before services, whose default is 0

// Without CAP_SETUID, or in a user namespace that has no such user, we stay who we are: a user
// without capabilities.
void becomeNobody()
{
    if (::geteuid() != 0)
        return;
    static_cast<void>(::setgroups(0, nullptr) == 0 && ::setresgid(nobody, nobody, nobody) == 0
                      && ::setresuid(nobody, nobody, nobody) == 0);
}

void goFirstWithoutMemory()
{
    const int file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (file < 0)
        return;
    // Failing, memory pressure chooses by size alone.
    [[maybe_unused]] const ssize_t written = ::write(file, oomScore, 3);
    ::close(file);
}

void leaveNoTraces()
{
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_DUMPABLE, base::sanitized ? 1 : 0);
}

} // namespace

void keepGuardRights(bool steal)
{
    // CAP_KILL: the worker is another user. CAP_DAC_READ_SEARCH: what container runtimes wrote
    // down.
    const base::Status kept =
        steal
            ? keepOnly({CAP_NET_RAW,
                        CAP_NET_ADMIN,
                        CAP_SYS_ADMIN,
                        CAP_SYS_PTRACE,
                        CAP_DAC_READ_SEARCH,
                        CAP_KILL})
            : keepOnly({CAP_NET_RAW, CAP_SYS_ADMIN, CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH, CAP_KILL});
    if (!kept)
        std::abort(); // giving away what one has is never refused
    leaveNoTraces();
}

void keepScoutRights()
{
    if (!keepOnly({CAP_SYS_ADMIN, CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH}))
        std::abort();
}

std::string confineWorker()
{
    goFirstWithoutMemory();
    forgetBounding(0); // becoming somebody else takes the right to do so
    becomeNobody();
    if (!keepOnly({}))
        std::abort();
    leaveNoTraces();
    // After the change of user, which clears it.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const base::Status filtered = allowWorkerCallsOnly();
    return filtered ? std::string() : filtered.error().text();
}

} // namespace podglass::agent::guard
