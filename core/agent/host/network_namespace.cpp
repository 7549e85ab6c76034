// SPDX-License-Identifier: Apache-2.0
#include "core/agent/host/network_namespace.h"

#include <cerrno>
#include <sched.h>
#include <thread>

#include <sys/stat.h>

namespace podglass::agent {

base::Status enterNetworkNamespace(int descriptor)
{
    const std::uint64_t here = networkNamespaceInode("/proc/thread-self/ns/net");
    if (here != 0 && here == networkNamespaceInode(descriptor))
        return base::Done{};
    if (::setns(descriptor, CLONE_NEWNET) != 0)
        return base::systemError(errno,
                                 "enter the target's network namespace",
                                 errno == EPERM
                                     ? "the agent needs CAP_SYS_ADMIN for this: run it as root on "
                                       "the host, or inside the target with the spec \"self\""
                                     : "");
    return base::Done{};
}

base::Status runInNetworkNamespace(int descriptor, const std::function<void()>& work)
{
    base::Status status = base::Done{};
    std::jthread([&] {
        status = enterNetworkNamespace(descriptor);
        if (status)
            work();
    }).join();
    return status;
}

std::uint64_t networkNamespaceInode(int descriptor)
{
    struct stat facts
    {};

    return ::fstat(descriptor, &facts) == 0 ? facts.st_ino : 0;
}

std::uint64_t networkNamespaceInode(const std::filesystem::path& path)
{
    struct stat facts
    {};

    return ::stat(path.c_str(), &facts) == 0 ? facts.st_ino : 0;
}

} // namespace podglass::agent
