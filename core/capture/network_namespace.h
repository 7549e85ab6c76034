// SPDX-License-Identifier: Apache-2.0
// Network namespaces, for one thread. Source: setns(2), network_namespaces(7), netdevice(7).
#pragma once

#include "core/base/result.h"
#include "core/io/fd.h"

#include <cstdint>
#include <string>
#include <vector>

namespace podglass::capture {

// /proc/PID/ns/net, or a name under /run/netns; an Error says what is missing.
base::Result<io::Fd> openNetworkNamespace(const std::string& path);

// Moves the calling thread into the namespace; sockets opened before stay where they are.
base::Status enterNetworkNamespace(int descriptor);

// Enters for a scope and goes back at its end. Thread: the one that made it.
class NamespaceGuard
{
public:
    // Nothing changes when `descriptor` is negative.
    static base::Result<NamespaceGuard> enter(int descriptor);

    NamespaceGuard(NamespaceGuard&&) noexcept = default;
    NamespaceGuard& operator=(NamespaceGuard&&) = delete;
    ~NamespaceGuard();

private:
    explicit NamespaceGuard(io::Fd back)
        : m_back(std::move(back))
    {}

    io::Fd m_back;
};

struct Interface
{
    std::string name;
    std::uint32_t index = 0;
    bool up = false;
    bool loopback = false;
};

// Those of the calling thread's namespace, in the order of their indexes.
base::Result<std::vector<Interface>> listInterfaces();

// Those of the namespace that a socket of NETLINK_ROUTE belongs to. What else it has received is
// thrown away. Source: rtnetlink(7), RTM_GETLINK.
base::Result<std::vector<Interface>> listInterfaces(const io::Fd& routeSocket);

} // namespace podglass::capture
