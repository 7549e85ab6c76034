// SPDX-License-Identifier: Apache-2.0
#include "core/steal/namespace_door.h"

#include <cerrno>
#include <cstdlib>
#include <sched.h>

#include <fcntl.h>
#include <sys/stat.h>

namespace podglass::steal {

base::Result<NamespaceDoor> NamespaceDoor::open(int target)
{
    if (target < 0)
        return NamespaceDoor(io::Fd(), -1);
    io::Fd own(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
    struct stat here = {};
    struct stat there = {};
    if (!own || ::fstat(own.get(), &here) != 0)
        return base::systemError(errno, "read our own network namespace", "is /proc mounted?");
    if (::fstat(target, &there) != 0)
        return base::systemError(errno, "read the target's network namespace");
    const bool same = here.st_dev == there.st_dev && here.st_ino == there.st_ino;
    return NamespaceDoor(std::move(own), same ? -1 : target);
}

base::Status NamespaceDoor::inNamespace(const std::function<void()>& inside) const
{
    if (m_target >= 0 && ::setns(m_target, CLONE_NEWNET) != 0)
        return base::systemError(
            errno,
            "enter the target's network namespace",
            errno == EPERM ? "CAP_SYS_ADMIN is missing: run the agent as root, or connect with sudo"
                           : "has it ended?");
    inside();
    if (m_target >= 0 && ::setns(m_own.get(), CLONE_NEWNET) != 0)
        std::abort();
    return base::Done{};
}

} // namespace podglass::steal
