// SPDX-License-Identifier: Apache-2.0
#include "core/steal/addresses.h"

#include <algorithm>
#include <cstring>

#include <netinet/in.h>

namespace podglass::steal {

namespace {

// Both socket options have this number; the kernel headers that name them clash with netinet/in.h.
constexpr int originalDestinationOption = 80;

} // namespace

flow::Endpoint endpointOf(const io::SocketAddress& address)
{
    if (address.family() == AF_INET) {
        sockaddr_in v4 = {};
        std::memcpy(&v4, &address.storage, sizeof v4);
        return flow::Endpoint::v4(ntohl(v4.sin_addr.s_addr), ntohs(v4.sin_port));
    }
    flow::Endpoint endpoint;
    if (address.family() == AF_INET6) {
        sockaddr_in6 v6 = {};
        std::memcpy(&v6, &address.storage, sizeof v6);
        std::ranges::copy(v6.sin6_addr.s6_addr, endpoint.address.begin());
        endpoint.port = ntohs(v6.sin6_port);
    }
    return endpoint;
}

flow::Endpoint localEndpoint(const io::Fd& socket)
{
    io::SocketAddress address;
    address.length = sizeof address.storage;
    if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address.storage), &address.length)
        != 0)
        return {};
    return endpointOf(address);
}

std::optional<io::SocketAddress> originalDestination(const io::Fd& socket, int family)
{
    io::SocketAddress address;
    const bool v4 = family == AF_INET;
    address.length = v4 ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    if (::getsockopt(socket.get(),
                     v4 ? SOL_IP : SOL_IPV6,
                     originalDestinationOption,
                     &address.storage,
                     &address.length)
        != 0)
        return std::nullopt;
    return address;
}

} // namespace podglass::steal
