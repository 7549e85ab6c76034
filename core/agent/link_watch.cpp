// SPDX-License-Identifier: Apache-2.0
#include "core/agent/link_watch.h"

#include <array>
#include <cerrno>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace podglass::agent {

base::Result<LinkWatch> LinkWatch::open()
{
    io::Fd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = RTMGRP_LINK;
    if (!socket
        || ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return base::systemError(errno, "watch the target's network interfaces");
    return LinkWatch(std::move(socket));
}

void LinkWatch::silence()
{
    std::array<char, 8192> notice{};
    // ENOBUFS says that notices were dropped: reading on clears that too.
    while (::recv(m_socket.get(), notice.data(), notice.size(), 0) > 0 || errno == ENOBUFS) {}
}

} // namespace podglass::agent
