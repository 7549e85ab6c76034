// SPDX-License-Identifier: Apache-2.0
#include "core/session/socket_carrier.h"

#include "core/base/limits.h"
#include "core/session/road_command.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/epoll.h>

namespace podglass::session {

SocketCarrier::SocketCarrier(io::Loop& loop, Road road, CarrierEvents events)
    : m_loop(loop)
    , m_road(std::move(road))
    , m_events(std::move(events))
{
    m_where = nameOf(m_road);
}

SocketCarrier::~SocketCarrier()
{
    m_loop.cancel(m_timeout);
    if (m_in)
        m_loop.unwatch(m_in.get());
}

base::Result<io::SocketAddress> SocketCarrier::address() const
{
    if (m_road.kind == RoadKind::Unix)
        return io::unixAddress(m_road.host);
    // Numeric only: the stream is not encrypted, so it ends here or is forwarded from here, and
    // no name server can hold up this thread.
    auto found = io::resolve(m_road.host, m_road.port, io::Lookup::NumericOnly);
    if (!found)
        return found.error();
    return found.value().front();
}

void SocketCarrier::open()
{
    m_begun = io::Loop::now();
    m_events.step({.id = 1, .text = "connect to " + m_where, .detail = {}});
    const auto where = address();
    auto socket = where ? io::beginConnect(where.value()) : base::Result<io::Fd>(where.error());
    if (!socket) {
        // Not from inside open(): the owner has not finished making us.
        m_timeout = m_loop.after({}, [this, error = socket.error()] { fail(error); });
        return;
    }
    m_in = std::move(*socket);
    m_loop.watch(m_in.get(), EPOLLOUT, [this](auto) { decided(); });
    m_timeout = m_loop.after(limits::sshConnectTimeout, [this] { fail(cannotConnect(ETIMEDOUT)); });
}

base::Error SocketCarrier::cannotConnect(int number) const
{
    base::Error error = base::systemError(number, m_where, "is an agent listening there?");
    error.what.insert(0, "cannot connect\n");
    return error;
}

void SocketCarrier::decided()
{
    if (const int error = io::connectError(m_in); error != 0) {
        fail(cannotConnect(error));
        return;
    }
    m_loop.cancel(m_timeout);
    m_loop.unwatch(m_in.get());
    m_out = io::Fd(::fcntl(m_in.get(), F_DUPFD_CLOEXEC, 0));
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(io::Loop::now() - m_begun);
    m_events.step({.id = 1,
                   .state = StepState::Done,
                   .text = "connected to " + m_where,
                   .detail = {},
                   .milliseconds = took.count()});
    m_events.opened();
}

void SocketCarrier::fail(base::Error error)
{
    error.lasting = base::Lasting::Transient;
    m_events.step({.id = 1,
                   .state = StepState::Failed,
                   .text = "connect to " + m_where,
                   .detail = error.what});
    m_events.closed({Fault::Network, std::move(error)});
}

void SocketCarrier::ended(int error)
{
    m_timeout = m_loop.after({}, [this, error] {
        base::Error loss{.what = "the agent closed the connection", .where = m_where, .advice = {}};
        if (error != 0)
            loss.what += "\n" + base::systemError(error, {}).what;
        loss.advice = "is the agent still running there?";
        loss.lasting = base::Lasting::Transient;
        m_events.closed({Fault::Network, std::move(loss)});
    });
}

void SocketCarrier::answer(std::uint32_t /*prompt*/, std::optional<std::string> /*text*/) {}

std::string SocketCarrier::words() const
{
    return m_where;
}

} // namespace podglass::session
