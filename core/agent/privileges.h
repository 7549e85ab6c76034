// SPDX-License-Identifier: Apache-2.0
// Privileges: everything that the agent needs rights for, beside what stealing does: looking at
// other processes, opening capture sockets in other network namespaces. HostPrivileges does it in
// this process; a worker's guard::Client asks the guard.
// Thread: the io thread's, but for a CaptureDoor, which is its capture thread's.
#pragma once

#include "core/agent/host/resolve.h"
#include "core/steal/privileges.h"
#include "core/wire/message.h"

#include <memory>
#include <string>
#include <vector>

namespace podglass::agent {

// What a capture thread needs in its target's network namespace.
class CaptureDoor
{
public:
    CaptureDoor() = default;
    CaptureDoor(const CaptureDoor&) = delete;
    CaptureDoor& operator=(const CaptureDoor&) = delete;
    virtual ~CaptureDoor() = default;

    // First, on the capture thread, which is the target's from then on as far as captures go.
    virtual base::Status enter() = 0;
    // NETLINK_ROUTE, told of the namespace's interfaces as they come and go.
    virtual base::Result<io::Fd> linkSocket() = 0;
};

class Privileges : public steal::Privileges
{
public:
    virtual base::Result<ResolvedTarget> resolve(const std::string& spec) = 0;
    virtual wire::TargetList listTargets() = 0;
    // Of the part of the namespace that the spec means.
    virtual std::vector<wire::ListeningPort> listeningPorts(int networkNamespace,
                                                            const std::string& spec) = 0;
    // The ports on the other side of the namespace's TCP connections of `port`, each once, and no
    // more than limits::filteredPeers: an Error says that there are more, or that nobody may look.
    virtual base::Result<std::vector<std::uint16_t>> peerPorts(int networkNamespace,
                                                               std::uint16_t port) = 0;
    // A process of that namespace other than `except`; 0: there is none.
    virtual base::Result<std::uint32_t> processIn(int networkNamespace, std::uint32_t except) = 0;
    virtual base::Result<std::unique_ptr<CaptureDoor>> captureDoor(int networkNamespace) = 0;
};

class HostPrivileges : public Privileges
{
public:
    base::Result<std::unique_ptr<steal::Redirect>>
    redirect(int networkNamespace, const steal::RedirectWish& wish) override
    {
        return m_steal.redirect(networkNamespace, wish);
    }

    base::Result<std::vector<io::Fd>>
    markedSockets(int networkNamespace, int family, std::size_t count) override
    {
        return m_steal.markedSockets(networkNamespace, family, count);
    }

    base::Result<std::vector<io::SocketAddress>> addresses(int networkNamespace) override
    {
        return m_steal.addresses(networkNamespace);
    }

    base::Result<steal::ForeignRules> foreignRules(int networkNamespace) override
    {
        return m_steal.foreignRules(networkNamespace);
    }

    base::Result<steal::OldConnections> endOld(int networkNamespace, std::uint16_t port) override
    {
        return m_steal.endOld(networkNamespace, port);
    }

    base::Result<std::vector<std::string>> clearDead(int networkNamespace) override
    {
        return m_steal.clearDead(networkNamespace);
    }

    base::Result<ResolvedTarget> resolve(const std::string& spec) override;
    wire::TargetList listTargets() override;
    std::vector<wire::ListeningPort> listeningPorts(int networkNamespace,
                                                    const std::string& spec) override;
    base::Result<std::vector<std::uint16_t>> peerPorts(int networkNamespace,
                                                       std::uint16_t port) override;
    base::Result<std::uint32_t> processIn(int networkNamespace, std::uint32_t except) override;
    base::Result<std::unique_ptr<CaptureDoor>> captureDoor(int networkNamespace) override;

private:
    steal::OwnPrivileges m_steal;
};

// In the namespace the calling thread is in.
base::Result<io::Fd> openLinkSocket();

} // namespace podglass::agent
