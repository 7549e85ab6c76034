// SPDX-License-Identifier: Apache-2.0
#include "app/ssh/sandbox.h"

#include "core/base/sanitized.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <memory>
#include <seccomp.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace podglass::ssh {

namespace {

constexpr std::array allowed{
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(recvfrom),
    SCMP_SYS(sendto),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(close),
    SCMP_SYS(shutdown),
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(getrandom),
    SCMP_SYS(futex),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(lseek),
    SCMP_SYS(pread64),
    SCMP_SYS(getsockopt),
    SCMP_SYS(sched_yield),
};

constexpr std::array deadly{
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(fork),
    SCMP_SYS(vfork),
    SCMP_SYS(clone),
    SCMP_SYS(clone3),
    SCMP_SYS(socket),
    SCMP_SYS(connect),
    SCMP_SYS(bind),
    SCMP_SYS(listen),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),
    SCMP_SYS(rename),
    SCMP_SYS(renameat2),
    SCMP_SYS(chmod),
    SCMP_SYS(fchmodat),
    SCMP_SYS(open_by_handle_at),
};

// Not by the library's macros: they are C99 literals, which clang does not take in C++.
int allowIf(scmp_filter_ctx filter, int call, scmp_arg_cmp condition)
{
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &condition);
}

int addRules(scmp_filter_ctx filter)
{
    int failed = 0;
    for (const int call : allowed)
        failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
    for (const int call : deadly)
        failed |= seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, call, 0);
    // Memory never becomes executable, files never writable.
    for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)})
        failed |= allowIf(filter, call, {2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0});
    constexpr scmp_datum_t writing = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC;
    failed |= allowIf(filter, SCMP_SYS(openat), {2, SCMP_CMP_MASKED_EQ, writing, 0});
    failed |= allowIf(filter, SCMP_SYS(fcntl), {1, SCMP_CMP_EQ, F_GETFL, 0});
    failed |= allowIf(filter, SCMP_SYS(fcntl), {1, SCMP_CMP_EQ, F_SETFL, 0});
    return failed;
}

} // namespace

void hardenProcess()
{
    ::prctl(PR_SET_DUMPABLE, 0);
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    std::signal(SIGPIPE, SIG_IGN); // NOLINT(cert-err33-c): cannot fail for SIGPIPE
}

base::Status enterSandbox()
{
    if (base::sanitized)
        return base::Done{}; // the sanitizer's own reports need more calls than we allow
    const std::unique_ptr<void, decltype(&seccomp_release)> filter(
        seccomp_init(SCMP_ACT_ERRNO(EPERM)), &seccomp_release);
    int failed = filter == nullptr ? -ENOMEM : addRules(filter.get());
    if (failed == 0)
        failed = seccomp_load(filter.get());
    if (failed != 0)
        return base::systemError(failed < 0 ? -failed : EINVAL,
                                 "seccomp sandbox",
                                 "the kernel refuses filters; use the system-ssh transport");
    return base::Done{};
}

} // namespace podglass::ssh
