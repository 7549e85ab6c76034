// SPDX-License-Identifier: Apache-2.0
// LinkWatch: a descriptor that becomes readable when a network interface of its socket's
// namespace comes, goes, or changes. Source: rtnetlink(7), group RTNLGRP_LINK.
#pragma once

#include "core/io/fd.h"

namespace podglass::agent {

class LinkWatch
{
public:
    // Of NETLINK_ROUTE, bound to the group.
    explicit LinkWatch(io::Fd socket)
        : m_socket(std::move(socket))
    {}

    [[nodiscard]] int descriptor() const { return m_socket.get(); }

    // Empties it; what changed is found by listing the interfaces anew, so that nothing is missed
    // when the kernel dropped a notice.
    void silence();

private:
    io::Fd m_socket;
};

} // namespace podglass::agent
