// SPDX-License-Identifier: Apache-2.0
#include "core/steal/socket_end.h"

#include "core/io/socket.h"

#include <cerrno>

#include <sys/epoll.h>
#include <sys/socket.h>

namespace podglass::steal {

SocketEnd::SocketEnd(io::Loop& loop, io::Fd socket, Link link, std::function<void()> ready)
    : m_loop(loop)
    , m_socket(std::move(socket))
    , m_ready(std::move(ready))
    , m_link(link)
{
    want(link == Link::Open, link == Link::Connecting);
}

SocketEnd::~SocketEnd()
{
    closeNow();
}

void SocketEnd::want(bool read, bool write)
{
    if (!m_socket)
        return;
    const bool reading = read && !m_ended && !m_broken && connected();
    const bool secured = m_finishDue || (m_tls && m_tls->wantsToWrite());
    const bool writing = ((write && !m_finished) || secured) && !m_writeBroken && !m_broken;
    const std::uint32_t events =
        (reading ? EPOLLIN : 0U) | (writing || !connected() ? EPOLLOUT : 0U);
    if (m_isWatched) {
        if (events != m_watched)
            m_loop.change(m_socket.get(), events);
    } else if (events != 0) {
        m_isWatched = m_loop.watch(
            m_socket.get(), events, [this](std::uint32_t happened) { onEvents(happened); });
        m_broken = m_broken || !m_isWatched;
    }
    m_watched = events;
}

void SocketEnd::onEvents(std::uint32_t events)
{
    if (!connected())
        decideConnect();
    else if ((events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0)
        m_readable = true;
    m_writeBroken = m_writeBroken || (events & EPOLLERR) != 0;
    if (m_finishDue && (events & EPOLLOUT) != 0)
        finishNow(true);
    // Errors are told again and again, wanted or not: who does not want to read must not hear.
    if ((events & (EPOLLERR | EPOLLHUP)) != 0 && (m_watched & EPOLLIN) == 0)
        unwatch();
    const auto ready = m_ready; // this object may end inside
    ready();
}

void SocketEnd::decideConnect()
{
    if (io::connectError(m_socket) != 0) {
        m_broken = true;
        unwatch();
        return;
    }
    m_link = Link::Open;
}

void SocketEnd::secure(std::unique_ptr<io::TlsStream> tls)
{
    m_tls = std::move(tls);
    m_readable = true; // what was read before is in there
}

io::TlsStream::Step SocketEnd::handshake()
{
    if (!connected() || m_broken)
        return io::TlsStream::Step::Going;
    m_readable = false;
    const auto step = m_tls->handshake();
    if (step == io::TlsStream::Step::Done)
        m_readable = m_tls->pending();
    return step;
}

bytes::ByteView SocketEnd::read(std::span<std::uint8_t> scratch)
{
    return m_tls ? readSecured(scratch) : readPlain(scratch);
}

bytes::ByteView SocketEnd::readSecured(std::span<std::uint8_t> scratch)
{
    using Got = io::TlsStream::Got;
    std::size_t count = 0;
    const Got got = m_tls->read(scratch, count);
    // What TLS holds already no readiness will tell of.
    m_readable = got == Got::Data && m_tls->pending();
    if (got == Got::Ended || got == Got::Cut) {
        m_ended = true;
        m_cut = got == Got::Cut;
    } else if (got == Got::Broken) {
        m_broken = true;
        unwatch();
    }
    return scratch.first(count);
}

bytes::ByteView SocketEnd::readPlain(std::span<std::uint8_t> scratch)
{
    m_readable = false; // level-triggered: told again if there is more
    const ssize_t got = ::recv(m_socket.get(), scratch.data(), scratch.size(), 0);
    if (got > 0)
        return scratch.first(static_cast<std::size_t>(got));
    if (got == 0)
        m_ended = true;
    else if (errno != EAGAIN && errno != EINTR) {
        m_broken = true;
        unwatch();
    }
    return {};
}

std::size_t SocketEnd::write(bytes::ByteView data)
{
    if (m_writeBroken || m_broken || m_finished || !connected())
        return 0;
    if (m_tls)
        return m_tls->write(data, m_writeBroken);
    const ssize_t sent = ::send(m_socket.get(), data.data(), data.size(), MSG_NOSIGNAL);
    if (sent >= 0)
        return static_cast<std::size_t>(sent);
    if (errno != EAGAIN && errno != EINTR)
        m_writeBroken = true;
    return 0;
}

void SocketEnd::finishWriting(bool cut)
{
    if (m_finished || !m_socket)
        return;
    m_finished = true;
    finishNow(m_tls && !cut);
}

void SocketEnd::finishNow(bool withAlert)
{
    m_finishDue = withAlert && !m_writeBroken && !m_tls->finish();
    if (!m_finishDue)
        ::shutdown(m_socket.get(), SHUT_WR);
}

void SocketEnd::unwatch()
{
    if (m_isWatched)
        m_loop.unwatch(m_socket.get());
    m_isWatched = false;
    m_watched = 0;
}

void SocketEnd::closeNow()
{
    if (m_socket)
        unwatch();
    m_socket.reset();
}

void SocketEnd::reset()
{
    if (!m_socket)
        return;
    const linger now = {1, 0};
    ::setsockopt(m_socket.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    closeNow();
}

} // namespace podglass::steal
