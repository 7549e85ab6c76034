// SPDX-License-Identifier: Apache-2.0
#include "core/steal/upstream.h"

#include "core/base/limits.h"

#include <cerrno>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace podglass::steal {

base::Result<io::Fd> UpstreamSockets::take(int family)
{
    std::vector<io::Fd>& reserve = m_reserve[family];
    if (reserve.empty()) {
        auto more = m_privileges->markedSockets(m_namespace, family, limits::markedSockets);
        if (!more)
            return more.error();
        reserve = std::move(*more);
    }
    io::Fd socket = std::move(reserve.back());
    reserve.pop_back();
    return socket;
}

base::Result<io::Fd> beginUpstream(UpstreamSockets& sockets, const io::SocketAddress& to)
{
    auto made = sockets.take(to.family());
    if (!made)
        return made.error();
    io::Fd socket = std::move(*made);
    const int yes = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&to.storage), to.length) != 0
        && errno != EINPROGRESS)
        return base::systemError(errno, "connect to the service at " + to.text());
    return socket;
}

} // namespace podglass::steal
