// SPDX-License-Identifier: Apache-2.0
#include "core/steal/agent_tables.h"
#include "core/steal/foreign_rules.h"
#include "core/steal/namespace_door.h"
#include "core/steal/old_connections.h"
#include "core/steal/own_redirect.h"

#include <cerrno>
#include <cstring>
#include <ifaddrs.h>

#include <netinet/in.h>
#include <sys/socket.h>

namespace podglass::steal {

namespace {

// Runs `work` inside and gives its result, or why there was no way in.
template <typename T, typename Work>
base::Result<T> inside(int networkNamespace, Work work)
{
    const auto door = NamespaceDoor::open(networkNamespace);
    if (!door)
        return door.error();
    base::Result<T> result = base::Error{};
    const base::Status entered = door->inNamespace([&] { result = work(); });
    if (!entered)
        return entered.error();
    return result;
}

base::Result<io::Fd> markedSocket(int family)
{
    io::Fd socket(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
    if (!socket)
        return base::systemError(errno, "make a socket to the service");
    const std::uint32_t mark = upstreamMark;
    if (::setsockopt(socket.get(), SOL_SOCKET, SO_MARK, &mark, sizeof mark) != 0)
        return base::systemError(errno, "mark a socket to the service", "CAP_NET_ADMIN is missing");
    return socket;
}

base::Result<std::vector<io::Fd>> markedSocketsHere(int family, std::size_t count)
{
    std::vector<io::Fd> sockets;
    while (sockets.size() < count) {
        auto socket = markedSocket(family);
        if (!socket && sockets.empty())
            return socket.error();
        if (!socket)
            break; // out of descriptors: those that were made are of use
        sockets.push_back(std::move(*socket));
    }
    return sockets;
}

base::Result<std::vector<io::SocketAddress>> addressesHere()
{
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0)
        return base::systemError(errno, "list the target's addresses");
    std::vector<io::SocketAddress> found;
    for (const ifaddrs* each = list; each != nullptr; each = each->ifa_next) {
        const int family = each->ifa_addr == nullptr ? AF_UNSPEC : each->ifa_addr->sa_family;
        if (family != AF_INET && family != AF_INET6)
            continue;
        io::SocketAddress address;
        address.length = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
        std::memcpy(&address.storage, each->ifa_addr, address.length);
        found.push_back(address);
    }
    ::freeifaddrs(list);
    return found;
}

} // namespace

base::Result<std::unique_ptr<OwnRedirect>> OwnRedirect::make(const RedirectWish& wish)
{
    auto first = NftSocket::open(); // before the others: low
    auto socket = NftSocket::open();
    if (!socket)
        return socket.error();
    auto listener = Listener::open(wish.port);
    if (!listener)
        return listener.error();
    auto table = RedirectTable::install(std::move(*socket),
                                        {wish.port, listener->port(), wish.passMarked, wish.timed});
    if (!table)
        return table.error();
    std::optional<TranslationTable> translation;
    if (first && !table->isTimed()) {
        if (auto made = TranslationTable::install(std::move(*first)))
            translation = std::move(*made);
    }
    return std::unique_ptr<OwnRedirect>(
        new OwnRedirect(std::move(translation), std::move(*table), std::move(*listener)));
}

base::Result<std::unique_ptr<Redirect>> OwnPrivileges::redirect(int networkNamespace,
                                                                const RedirectWish& wish)
{
    auto made = inside<std::unique_ptr<OwnRedirect>>(networkNamespace,
                                                     [&] { return OwnRedirect::make(wish); });
    if (!made)
        return made.error();
    (*made)->settle();
    return std::unique_ptr<Redirect>(std::move(*made));
}

base::Result<std::vector<io::Fd>>
OwnPrivileges::markedSockets(int networkNamespace, int family, std::size_t count)
{
    return inside<std::vector<io::Fd>>(networkNamespace,
                                       [&] { return markedSocketsHere(family, count); });
}

base::Result<std::vector<io::SocketAddress>> OwnPrivileges::addresses(int networkNamespace)
{
    return inside<std::vector<io::SocketAddress>>(networkNamespace, &addressesHere);
}

base::Result<ForeignRules> OwnPrivileges::foreignRules(int networkNamespace)
{
    return inside<ForeignRules>(networkNamespace, &readForeignRules);
}

base::Result<OldConnections> OwnPrivileges::endOld(int networkNamespace, std::uint16_t port)
{
    return inside<OldConnections>(networkNamespace, [&] { return endOldConnections(port); });
}

base::Result<std::vector<std::string>> OwnPrivileges::clearDead(int networkNamespace)
{
    using Names = std::vector<std::string>;
    return inside<Names>(networkNamespace, []() -> base::Result<Names> {
        auto socket = NftSocket::open();
        if (!socket)
            return socket.error();
        return steal::clearDead(*socket);
    });
}

} // namespace podglass::steal
