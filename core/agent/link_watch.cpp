// SPDX-License-Identifier: Apache-2.0
#include "core/agent/link_watch.h"

#include <array>
#include <cerrno>

#include <sys/socket.h>

namespace podglass::agent {

void LinkWatch::silence()
{
    std::array<char, 8192> notice{};
    // ENOBUFS says that notices were dropped: reading on clears that too.
    while (::recv(m_socket.get(), notice.data(), notice.size(), 0) > 0 || errno == ENOBUFS) {}
}

} // namespace podglass::agent
