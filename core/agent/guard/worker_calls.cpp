// SPDX-License-Identifier: Apache-2.0
// The system calls of a worker: it moves bytes between descriptors that it was given, maps memory,
// reads files, starts threads. It makes no sockets, starts no programs, writes no files. What is
// dangerous kills the process; what is merely unforeseen fails with EPERM.
#include "core/agent/guard/confine.h"
#include "core/base/sanitized.h"

#include <array>
#include <cerrno>
#include <memory>
#include <sched.h>
#include <seccomp.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>

namespace podglass::agent::guard {

namespace {

constexpr std::array allowed{
    // bytes between descriptors
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(pread64),
    SCMP_SYS(recvfrom),
    SCMP_SYS(sendto),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg),
    SCMP_SYS(recvmmsg),
    SCMP_SYS(sendmmsg),
    SCMP_SYS(splice),
    SCMP_SYS(pipe2),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(select),
    SCMP_SYS(pselect6),
    SCMP_SYS(epoll_create1),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(eventfd2),
    SCMP_SYS(signalfd4),
    SCMP_SYS(pidfd_open),
    SCMP_SYS(close),
    SCMP_SYS(dup),
    SCMP_SYS(dup3),
    SCMP_SYS(fcntl),
    SCMP_SYS(shutdown),
    SCMP_SYS(lseek),
    // sockets that we were given
    SCMP_SYS(accept4),
    SCMP_SYS(connect),
    SCMP_SYS(bind),
    SCMP_SYS(getsockname),
    SCMP_SYS(getpeername),
    SCMP_SYS(getsockopt),
    SCMP_SYS(setsockopt),
    SCMP_SYS(ioctl),
    // files, to read (openat below)
    SCMP_SYS(fstat),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(statx),
    SCMP_SYS(fstatfs),
    SCMP_SYS(statfs),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getdents64),
    SCMP_SYS(getcwd),
    // memory and threads (mmap, mprotect, clone below)
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(mincore),
    SCMP_SYS(futex),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(get_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(membarrier),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    // oneself, signals, time
    SCMP_SYS(getpid),
    SCMP_SYS(getppid),
    SCMP_SYS(gettid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(getrusage),
    SCMP_SYS(getrlimit),
    SCMP_SYS(uname),
    SCMP_SYS(sysinfo),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(tgkill),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(getrandom),
};

constexpr std::array deadly{
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(fork),
    SCMP_SYS(vfork),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(setns),
    SCMP_SYS(unshare),
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(bpf),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),
    SCMP_SYS(rename),
    SCMP_SYS(renameat2),
    SCMP_SYS(chmod),
    SCMP_SYS(fchmodat),
    SCMP_SYS(open_by_handle_at),
    SCMP_SYS(io_uring_setup),
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
    failed |= allowIf(filter, SCMP_SYS(open), {1, SCMP_CMP_MASKED_EQ, writing, 0});
    failed |= allowIf(filter, SCMP_SYS(prctl), {0, SCMP_CMP_EQ, PR_SET_NAME, 0});
    // Asking for a limit, not setting one.
    failed |= allowIf(filter, SCMP_SYS(prlimit64), {2, SCMP_CMP_EQ, 0, 0});
    // Threads, not processes. What clone3 is asked to do stands in memory, where no filter sees it:
    // the C library takes clone instead.
    failed |= allowIf(filter,
                      SCMP_SYS(clone),
                      {0, SCMP_CMP_MASKED_EQ, CLONE_VM | CLONE_THREAD, CLONE_VM | CLONE_THREAD});
    failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    return failed;
}

} // namespace

base::Status allowWorkerCallsOnly()
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
                                 "confine the agent's worker by seccomp",
                                 "it goes on without capabilities, but with all system calls");
    return base::Done{};
}

} // namespace podglass::agent::guard
