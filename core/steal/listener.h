// SPDX-License-Identifier: Apache-2.0
// Listener: where the redirect leads, on one free port for IPv4 and IPv6 inside the target's
// namespace. Bound to every address, since a redirect leads to the address of the interface that a
// connection came in by; whoever connects to that port itself, without a redirect, is refused.
// Thread: the loop's; nothing waits.
#pragma once

#include "core/base/result.h"
#include "core/flow/event.h"
#include "core/io/fd.h"
#include "core/io/socket.h"

#include <array>
#include <cstdint>
#include <optional>

namespace podglass::steal {

struct Accepted
{
    io::Fd socket;
    flow::Endpoint client;
    flow::Endpoint server;      // where the client wanted to
    io::SocketAddress original; // the same for connect(2), with its scope
};

class Listener
{
public:
    // Must run inside the namespace. The port is never `servicePort`.
    static base::Result<Listener> open(std::uint16_t servicePort);

    // One that was opened elsewhere and handed over.
    static Listener
    adopt(std::array<io::Fd, 2> sockets, std::uint16_t port, std::uint16_t servicePort);

    enum class Outcome : std::uint8_t
    {
        Took,
        Refused,        // not for us; the client got a reset
        Nothing,        // the queue is empty
        OutOfResources, // errno says which: descriptors or memory
    };

    // The next waiting connection of socket `index` (0: IPv4, 1: IPv6).
    Outcome accept(std::size_t index, Accepted& into) const;

    [[nodiscard]] std::uint16_t port() const { return m_port; }

    [[nodiscard]] const std::array<io::Fd, 2>& sockets() const { return m_sockets; }

private:
    std::array<io::Fd, 2> m_sockets; // the second is empty where there is no IPv6
    std::uint16_t m_port = 0;
    std::uint16_t m_servicePort = 0;
};

// Closes so that the peer gets RST, as from a port where nobody listens.
void closeWithReset(io::Fd socket);

} // namespace podglass::steal
