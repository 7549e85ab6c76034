// SPDX-License-Identifier: Apache-2.0
#include "core/session/socket_carrier.h"

#include "core/base/limits.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/epoll.h>

namespace podglass::session {

SocketCarrier::SocketCarrier(io::Loop& loop, Road road, CarrierEvents events)
    : m_loop(loop)
    , m_road(std::move(road))
    , m_events(std::move(events))
{
    m_where = m_road.kind == RoadKind::Unix
                  ? "connect to " + m_road.host
                  : "connect to " + m_road.host + ":" + std::to_string(m_road.port);
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
    m_events.step({.id = 1, .text = m_where, .detail = {}});
    const auto where = address();
    auto socket = where ? io::beginConnect(where.value()) : base::Result<io::Fd>(where.error());
    if (!socket) {
        // Not from inside open(): the owner has not finished making us.
        m_timeout = m_loop.after({}, [this, error = socket.error()] { fail(error); });
        return;
    }
    m_in = std::move(*socket);
    m_loop.watch(m_in.get(), EPOLLOUT, [this](auto) { decided(); });
    m_timeout = m_loop.after(limits::sshConnectTimeout,
                             [this] { fail(base::systemError(ETIMEDOUT, m_where)); });
}

void SocketCarrier::decided()
{
    if (const int error = io::connectError(m_in); error != 0) {
        fail(base::systemError(error, m_where, "is an agent listening there?"));
        return;
    }
    m_loop.cancel(m_timeout);
    m_loop.unwatch(m_in.get());
    m_out = io::Fd(::fcntl(m_in.get(), F_DUPFD_CLOEXEC, 0));
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(io::Loop::now() - m_begun);
    m_events.step({.id = 1,
                   .state = StepState::Done,
                   .text = m_where,
                   .detail = {},
                   .milliseconds = took.count()});
    m_events.opened();
}

void SocketCarrier::fail(base::Error error)
{
    error.lasting = base::Lasting::Transient;
    m_events.step({.id = 1, .state = StepState::Failed, .text = error.text(), .detail = {}});
    m_events.closed({Fault::Network, std::move(error)});
}

void SocketCarrier::ended(int error)
{
    m_timeout = m_loop.after({}, [this, error] {
        base::Error loss = error != 0 ? base::systemError(error, "connection to the agent")
                                      : base::Error{.what = "the agent closed the connection",
                                                    .where = m_where,
                                                    .advice = {}};
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
