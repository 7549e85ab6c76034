// SPDX-License-Identifier: Apache-2.0
#include "app/ssh/tcp.h"

#include "core/base/limits.h"

#include <cerrno>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>

namespace podglass::ssh {

namespace {

int waitConnected(const io::Fd& socket)
{
    const auto timeout = std::chrono::milliseconds(limits::sshConnectTimeout);
    pollfd waiting{socket.get(), POLLOUT, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(timeout.count()));
    if (ready == 0)
        return ETIMEDOUT;
    return ready < 0 ? errno : io::connectError(socket);
}

std::string adviceFor(int error)
{
    switch (error) {
    case ECONNREFUSED:
        return "nothing listens on that port: is sshd running, is the port right?";
    case ETIMEDOUT:
        return "nothing answers: check the address, the VPN and the firewall";
    case EHOSTUNREACH:
    case ENETUNREACH:
        return "no way there: check the VPN and the routes";
    default:
        return "check the address and the network";
    }
}

// A path that is cut without a word is noticed by the kernel, too, not only by our pings.
void watchThePath(const io::Fd& socket)
{
    const int patience = 30'000;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_USER_TIMEOUT, &patience, sizeof patience);
    const int on = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

bool isNumeric(const std::string& host)
{
    return host.find(':') != std::string::npos
           || host.find_first_not_of("0123456789.") == std::string::npos;
}

Failure cannotFind(const std::string& host, const base::Error& error)
{
    return {Fault::Network,
            {.what = "no address found for the host\n" + error.what,
             .where = host,
             .advice = "check the spelling, the network and the VPN",
             .lasting = error.lasting}};
}

} // namespace

Outcome<io::Fd> connectTo(const std::string& host, std::uint16_t port, Control& control)
{
    std::uint32_t step = control.begin("look up " + host);
    const auto addresses = io::resolve(host, port, io::Lookup::Names);
    if (!addresses)
        return cannotFind(host, addresses.error());
    if (!isNumeric(host)) {
        control.done(step, host + " is " + addresses.value().front().text());
        step = 0;
    }
    base::Error last;
    for (const io::SocketAddress& address : addresses.value()) {
        const std::string name =
            isNumeric(host) ? address.text() : host + " (" + address.text() + ")";
        if (step == 0)
            step = control.begin("connect to " + address.text());
        auto socket = io::beginConnect(address);
        const int failed = socket ? waitConnected(*socket) : errno;
        if (failed == 0) {
            control.done(step, "connected to " + address.text());
            watchThePath(*socket);
            return std::move(*socket);
        }
        last = base::systemError(failed, name, adviceFor(failed));
        control.failed(step, "connect to " + address.text(), last.what);
        last.what.insert(0, "cannot connect\n");
        last.lasting = base::Lasting::Transient;
        step = 0;
    }
    return Failure{Fault::Network, last};
}

} // namespace podglass::ssh
