// SPDX-License-Identifier: Apache-2.0
#include "core/steal/upstream.h"

#include "core/steal/redirect_table.h"

#include <cerrno>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace podglass::steal {

base::Result<io::Fd> beginUpstream(const NamespaceDoor& door, const io::SocketAddress& to)
{
    io::Fd socket;
    int failure = 0;
    const base::Status entered = door.inNamespace([&] {
        socket =
            io::Fd(::socket(to.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
        failure = errno;
    });
    if (!entered)
        return entered.error();
    const std::string where = "connect to the service at " + to.text();
    if (!socket)
        return base::systemError(failure, where);
    const std::uint32_t mark = upstreamMark;
    if (::setsockopt(socket.get(), SOL_SOCKET, SO_MARK, &mark, sizeof mark) != 0)
        return base::systemError(errno, where, "CAP_NET_ADMIN is missing");
    const int yes = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&to.storage), to.length) != 0
        && errno != EINPROGRESS)
        return base::systemError(errno, where);
    return socket;
}

} // namespace podglass::steal
