// SPDX-License-Identifier: Apache-2.0
#include "core/steal/self_test.h"

#include "core/steal/addresses.h"

#include <netinet/in.h>
#include <poll.h>

namespace podglass::steal {

namespace {

io::SocketAddress withPort(io::SocketAddress address, std::uint16_t port)
{
    // sin_port and sin6_port stand in the same place.
    auto* at = reinterpret_cast<sockaddr_in*>(&address.storage);
    at->sin_port = htons(port);
    return address;
}

} // namespace

SelfTest::SelfTest(const std::vector<io::SocketAddress>& addresses,
                   std::uint16_t port,
                   UpstreamSockets& upstreams,
                   OwnSockets& own)
    : m_own(own)
{
    for (const io::SocketAddress& address : addresses) {
        auto socket = beginUpstream(upstreams, withPort(address, port));
        if (!socket)
            continue; // refused at once: it cannot have arrived anywhere
        const flow::Endpoint end = localEndpoint(*socket);
        m_own.add(end);
        m_probes.push_back({std::move(*socket), end});
    }
}

SelfTest::~SelfTest()
{
    for (const Probe& probe : m_probes)
        m_own.remove(probe.end);
}

void SelfTest::wait(base::Duration patience)
{
    const base::Instant until = std::chrono::steady_clock::now() + patience;
    for (const Probe& probe : m_probes) {
        pollfd decided = {probe.socket.get(), POLLOUT, 0};
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            until - std::chrono::steady_clock::now());
        ::poll(&decided, 1, left.count() > 0 ? static_cast<int>(left.count()) : 0);
    }
}

} // namespace podglass::steal
