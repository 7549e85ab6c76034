// SPDX-License-Identifier: Apache-2.0
#include "core/io/socket.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/un.h>

namespace podglass::io {

std::string SocketAddress::text() const
{
    std::array<char, NI_MAXHOST> host{};
    std::array<char, NI_MAXSERV> service{};
    const auto* generic = reinterpret_cast<const sockaddr*>(&storage);
    if (::getnameinfo(generic,
                      length,
                      host.data(),
                      host.size(),
                      service.data(),
                      service.size(),
                      NI_NUMERICHOST | NI_NUMERICSERV)
        != 0)
        return "?";
    const std::string name = host.data();
    return (family() == AF_INET6 ? "[" + name + "]" : name) + ":" + service.data();
}

base::Result<std::vector<SocketAddress>>
resolve(const std::string& host, std::uint16_t port, Lookup lookup)
{
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    if (lookup == Lookup::NumericOnly && host != "localhost")
        hints.ai_flags |= AI_NUMERICHOST;
    addrinfo* found = nullptr;
    const int failed = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
    if (failed != 0) {
        return base::Error{
            .what = failed == EAI_SYSTEM ? std::strerror(errno) // NOLINT(concurrency-mt-unsafe)
                                         : ::gai_strerror(failed),
            .where = "look up " + host,
            .advice = lookup == Lookup::Names ? "check the name and the network"
                                              : "give a numeric address, like 127.0.0.1",
            .lasting = failed == EAI_AGAIN || failed == EAI_SYSTEM ? base::Lasting::Transient
                                                                   : base::Lasting::Persistent};
    }
    std::vector<SocketAddress> addresses;
    for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
        SocketAddress address;
        std::memcpy(&address.storage, entry->ai_addr, entry->ai_addrlen);
        address.length = entry->ai_addrlen;
        addresses.push_back(address);
    }
    return addresses;
}

base::Result<SocketAddress> unixAddress(const std::string& path)
{
    sockaddr_un unixForm{};
    unixForm.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof unixForm.sun_path)
        return base::systemError(ENAMETOOLONG, "socket " + path);
    std::memcpy(unixForm.sun_path, path.data(), path.size());
    SocketAddress address;
    std::memcpy(&address.storage, &unixForm, sizeof unixForm);
    address.length = sizeof unixForm;
    return address;
}

base::Result<Fd> beginConnect(const SocketAddress& address)
{
    Fd socket(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket)
        return base::systemError(errno, "make a socket");
    if (address.family() != AF_UNIX) {
        const int on = 1;
        ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    const auto* generic = reinterpret_cast<const sockaddr*>(&address.storage);
    if (::connect(socket.get(), generic, address.length) != 0 && errno != EINPROGRESS) {
        base::Error error = base::systemError(errno, "connect");
        error.lasting = base::Lasting::Transient;
        return error;
    }
    return socket;
}

int connectError(const Fd& socket)
{
    int error = 0;
    socklen_t length = sizeof error;
    if (::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &length) != 0)
        return errno;
    return error;
}

} // namespace podglass::io
