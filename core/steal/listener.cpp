// SPDX-License-Identifier: Apache-2.0
#include "core/steal/listener.h"

#include "core/steal/addresses.h"

#include <cerrno>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace podglass::steal {

namespace {

constexpr int backlog = 4096;
constexpr int attempts = 16; // a free port of IPv4 may be taken in IPv6

io::Fd listenOn(int family, std::uint16_t port)
{
    io::Fd socket(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
    if (!socket)
        return {};
    sockaddr_in v4 = {};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    sockaddr_in6 v6 = {};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    const int yes = 1;
    const bool first = family == AF_INET;
    if (!first)
        ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
    const auto* address =
        first ? reinterpret_cast<const sockaddr*>(&v4) : reinterpret_cast<const sockaddr*>(&v6);
    if (::bind(socket.get(), address, first ? sizeof v4 : sizeof v6) != 0
        || ::listen(socket.get(), backlog) != 0)
        return {};
    return socket;
}

bool noSuchFamily(int error)
{
    return error == EAFNOSUPPORT || error == EADDRNOTAVAIL;
}

} // namespace

void closeWithReset(io::Fd socket)
{
    const linger now = {1, 0};
    ::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

base::Result<Listener> Listener::open(std::uint16_t servicePort)
{
    for (int attempt = 0; attempt < attempts; ++attempt) {
        Listener listener;
        listener.m_servicePort = servicePort;
        listener.m_sockets[0] = listenOn(AF_INET, 0);
        if (!listener.m_sockets[0])
            break;
        listener.m_port = localEndpoint(listener.m_sockets[0]).port;
        listener.m_sockets[1] = listenOn(AF_INET6, listener.m_port);
        if (listener.m_port != servicePort && (listener.m_sockets[1] || noSuchFamily(errno)))
            return listener;
    }
    return base::systemError(errno, "listen in the target's network namespace");
}

Listener
Listener::adopt(std::array<io::Fd, 2> sockets, std::uint16_t port, std::uint16_t servicePort)
{
    Listener listener;
    listener.m_sockets = std::move(sockets);
    listener.m_port = port;
    listener.m_servicePort = servicePort;
    return listener;
}

Listener::Outcome Listener::accept(std::size_t index, Accepted& into) const
{
    if (!m_sockets[index])
        return Outcome::Nothing;
    io::SocketAddress peer;
    peer.length = sizeof peer.storage;
    io::Fd socket(::accept4(m_sockets[index].get(),
                            reinterpret_cast<sockaddr*>(&peer.storage),
                            &peer.length,
                            SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
            return Outcome::OutOfResources;
        // Anything else but an empty queue is an error of a connection that is gone (accept(2)).
        return errno == EAGAIN ? Outcome::Nothing : Outcome::Refused;
    }
    const auto original = originalDestination(socket, peer.family());
    if (!original || endpointOf(*original).port != m_servicePort) {
        closeWithReset(std::move(socket));
        return Outcome::Refused;
    }
    const int yes = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    into = {std::move(socket), endpointOf(peer), endpointOf(*original), *original};
    return Outcome::Took;
}

} // namespace podglass::steal
