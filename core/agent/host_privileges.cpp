// SPDX-License-Identifier: Apache-2.0
#include "core/agent/host/host_targets.h"
#include "core/agent/host/namespace_view.h"
#include "core/agent/host/network_namespace.h"
#include "core/agent/host/processes.h"
#include "core/agent/privileges.h"
#include "core/base/limits.h"

#include <cerrno>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace podglass::agent {

namespace {

// The thread goes into the namespace itself.
class OwnCaptureDoor : public CaptureDoor
{
public:
    explicit OwnCaptureDoor(int networkNamespace)
        : m_namespace(networkNamespace)
    {}

    base::Status enter() override { return enterNetworkNamespace(m_namespace); }

    base::Result<io::Fd> linkSocket() override { return openLinkSocket(); }

private:
    int m_namespace;
};

} // namespace

base::Result<io::Fd> openLinkSocket()
{
    io::Fd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = RTMGRP_LINK;
    if (!socket
        || ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return base::systemError(errno, "watch the target's network interfaces");
    return socket;
}

base::Result<ResolvedTarget> HostPrivileges::resolve(const std::string& spec)
{
    return resolveTarget("/", spec);
}

wire::TargetList HostPrivileges::listTargets()
{
    HostTargets found = listHostTargets("/");
    return {0, std::move(found.targets), std::move(found.note)};
}

std::vector<wire::ListeningPort> HostPrivileges::listeningPorts(int networkNamespace,
                                                                const std::string& spec)
{
    const auto resolved = resolveTarget("/", spec);
    return listeningPortsOf(networkNamespace, resolved ? resolved->part : NamespacePart{});
}

base::Result<std::vector<std::uint16_t>> HostPrivileges::peerPorts(int networkNamespace,
                                                                   std::uint16_t port)
{
    auto peers = peerPortsOf(networkNamespace, port);
    if (peers && peers->size() > limits::filteredPeers)
        return base::Error{.what = std::to_string(peers->size()) + " connections are open",
                           .where = "port " + std::to_string(port),
                           .advice = ""};
    return peers;
}

base::Result<std::uint32_t> HostPrivileges::processIn(int networkNamespace, std::uint32_t except)
{
    const std::uint64_t inode = networkNamespaceInode(networkNamespace);
    for (const Process& process : listProcesses("/")) {
        if (process.networkNamespace == inode && process.pid != except)
            return process.pid;
    }
    return std::uint32_t{0};
}

base::Result<std::unique_ptr<CaptureDoor>> HostPrivileges::captureDoor(int networkNamespace)
{
    return std::unique_ptr<CaptureDoor>(std::make_unique<OwnCaptureDoor>(networkNamespace));
}

} // namespace podglass::agent
