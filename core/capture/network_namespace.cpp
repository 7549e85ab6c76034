// SPDX-License-Identifier: Apache-2.0
#include "core/capture/network_namespace.h"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <sched.h>

#include <fcntl.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace podglass::capture {

namespace {

// The thread's own, not the process's.
constexpr const char* ownNamespace = "/proc/thread-self/ns/net";

struct FreeNames
{
    void operator()(struct if_nameindex* names) const { if_freenameindex(names); }
};

} // namespace

base::Result<io::Fd> openNetworkNamespace(const std::string& path)
{
    io::Fd descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!descriptor) {
        return base::systemError(errno,
                                 "open network namespace " + path,
                                 "the target must be running and the agent allowed to see it");
    }
    return descriptor;
}

base::Status enterNetworkNamespace(int descriptor)
{
    if (setns(descriptor, CLONE_NEWNET) != 0)
        return base::systemError(errno, "enter network namespace", "the agent needs CAP_SYS_ADMIN");
    return base::Done{};
}

base::Result<NamespaceGuard> NamespaceGuard::enter(int descriptor)
{
    if (descriptor < 0)
        return NamespaceGuard(io::Fd());
    auto back = openNetworkNamespace(ownNamespace);
    if (!back)
        return back.error();
    if (auto entered = enterNetworkNamespace(descriptor); !entered)
        return entered.error();
    return NamespaceGuard(std::move(back).value());
}

NamespaceGuard::~NamespaceGuard()
{
    // It was left a moment ago and the descriptor keeps it alive, so this cannot be refused.
    if (m_back)
        setns(m_back.get(), CLONE_NEWNET);
}

base::Result<std::vector<Interface>> listInterfaces()
{
    const std::unique_ptr<struct if_nameindex, FreeNames> names(if_nameindex());
    const io::Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!names || !socket)
        return base::systemError(errno, "list network interfaces");
    std::vector<Interface> found;
    for (const auto* entry = names.get(); entry->if_index != 0; ++entry) {
        Interface interface {
            entry->if_name, entry->if_index, false, false
        };
        ifreq request{};
        const std::size_t room = sizeof(request.ifr_name) - 1;
        interface.name.copy(request.ifr_name, room);
        if (ioctl(socket.get(), SIOCGIFFLAGS, &request) != 0)
            continue; // it went away in between
        interface.up = (request.ifr_flags & IFF_UP) != 0;
        interface.loopback = (request.ifr_flags & IFF_LOOPBACK) != 0;
        found.push_back(std::move(interface));
    }
    std::ranges::sort(found, {}, &Interface::index);
    return found;
}

} // namespace podglass::capture
