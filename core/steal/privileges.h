// SPDX-License-Identifier: Apache-2.0
// Privileges: the few things that stealing needs rights for. Whoever parses traffic has none of
// them and asks; who answers parses nothing (threat S3). Only descriptors come back, never bytes of
// traffic, so the data path costs nothing.
//
// ownPrivileges() does them in this process. A worker has a Privileges that asks its guard
// (core/agent/guard). `networkNamespace` is a descriptor of the caller's; -1 is our own.
// Thread: one at a time. Source: capabilities(7), setns(2).
#pragma once

#include "core/base/result.h"
#include "core/io/fd.h"
#include "core/io/socket.h"
#include "core/steal/listener.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace podglass::steal {

struct RedirectWish
{
    std::uint16_t port = 0; // the service's
    bool passMarked = true; // false only in the test of the loop guard
    // Without an owner, as on kernels before 5.12: the redirect ends limits::timedRedirect after
    // the last check(). Chosen by itself where the kernel knows no owners.
    bool timed = false;
};

// One port's redirect, in force while the object lives, and the listener it leads to.
class Redirect
{
public:
    Redirect() = default;
    Redirect(const Redirect&) = delete;
    Redirect& operator=(const Redirect&) = delete;
    virtual ~Redirect() = default;

    // Once; the caller's from then on.
    virtual Listener takeListener() = 0;

    // New connections go to the service again; those already redirected stay translated.
    virtual base::Status release() = 0;

    // Each second: renews a timed redirect; an error says that the rules are not what we made.
    virtual base::Status check() = 0;

    [[nodiscard]] virtual std::string text() const = 0; // as `nft list table` prints it
};

// What of other programs' rules stands in the way of connections.
struct ForeignRules
{
    std::vector<std::string> chains; // "ip nat ISTIO_INBOUND: hook prerouting, 3 rules"
    std::vector<std::string> notes;  // in words, with the program's name where it is known
};

// Connections to a service that were there before its port was stolen.
struct OldConnections
{
    std::uint32_t ended = 0;
    std::uint32_t left = 0; // that the kernel would not end
};

class Privileges
{
public:
    Privileges() = default;
    Privileges(const Privileges&) = delete;
    Privileges& operator=(const Privileges&) = delete;
    virtual ~Privileges() = default;

    virtual base::Result<std::unique_ptr<Redirect>> redirect(int networkNamespace,
                                                             const RedirectWish& wish) = 0;

    // Unconnected TCP sockets that carry upstreamMark: `count` or fewer, at least one.
    virtual base::Result<std::vector<io::Fd>>
    markedSockets(int networkNamespace, int family, std::size_t count) = 0;

    // Of all interfaces, with port 0.
    virtual base::Result<std::vector<io::SocketAddress>> addresses(int networkNamespace) = 0;

    virtual base::Result<ForeignRules> foreignRules(int networkNamespace) = 0;

    // Ends the service's connections on `port`, by RST to their clients, but for those that came
    // by our marked sockets.
    virtual base::Result<OldConnections> endOld(int networkNamespace, std::uint16_t port) = 0;

    // Removes the tables of agents that are dead; their names.
    virtual base::Result<std::vector<std::string>> clearDead(int networkNamespace) = 0;
};

class OwnPrivileges : public Privileges
{
public:
    base::Result<std::unique_ptr<Redirect>> redirect(int networkNamespace,
                                                     const RedirectWish& wish) override;
    base::Result<std::vector<io::Fd>>
    markedSockets(int networkNamespace, int family, std::size_t count) override;
    base::Result<std::vector<io::SocketAddress>> addresses(int networkNamespace) override;
    base::Result<ForeignRules> foreignRules(int networkNamespace) override;
    base::Result<OldConnections> endOld(int networkNamespace, std::uint16_t port) override;
    base::Result<std::vector<std::string>> clearDead(int networkNamespace) override;
};

} // namespace podglass::steal
