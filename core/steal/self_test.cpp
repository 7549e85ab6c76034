// SPDX-License-Identifier: Apache-2.0
#include "core/steal/self_test.h"

#include "core/steal/addresses.h"

#include <cstring>
#include <ifaddrs.h>

#include <netinet/in.h>
#include <poll.h>

namespace podglass::steal {

namespace {

// Addresses of the namespace this thread is in; 127.0.0.1 and ::1 are lo's.
std::vector<io::SocketAddress> addressesHere(std::uint16_t port)
{
    std::vector<io::SocketAddress> found;
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0)
        return found;
    for (const ifaddrs* each = list; each != nullptr; each = each->ifa_next) {
        if (each->ifa_addr == nullptr)
            continue;
        io::SocketAddress address;
        if (each->ifa_addr->sa_family == AF_INET) {
            sockaddr_in v4 = {};
            std::memcpy(&v4, each->ifa_addr, sizeof v4);
            v4.sin_port = htons(port);
            address.length = sizeof v4;
            std::memcpy(&address.storage, &v4, sizeof v4);
        } else if (each->ifa_addr->sa_family == AF_INET6) {
            sockaddr_in6 v6 = {};
            std::memcpy(&v6, each->ifa_addr, sizeof v6);
            v6.sin6_port = htons(port);
            address.length = sizeof v6;
            std::memcpy(&address.storage, &v6, sizeof v6);
        } else {
            continue;
        }
        found.push_back(address);
    }
    ::freeifaddrs(list);
    return found;
}

} // namespace

SelfTest::SelfTest(const NamespaceDoor& door, OwnSockets& own, std::uint16_t port)
    : m_own(own)
{
    std::vector<io::SocketAddress> targets;
    if (!door.inNamespace([&] { targets = addressesHere(port); }))
        return;
    for (const io::SocketAddress& target : targets) {
        auto socket = beginUpstream(door, target);
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
