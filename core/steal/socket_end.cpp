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
    const bool writing = (write && !m_writeBroken && !m_broken && !m_finished) || !connected();
    const std::uint32_t events = (reading ? EPOLLIN : 0U) | (writing ? EPOLLOUT : 0U);
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

bytes::ByteView SocketEnd::read(std::span<std::uint8_t> scratch)
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
    const ssize_t sent = ::send(m_socket.get(), data.data(), data.size(), MSG_NOSIGNAL);
    if (sent >= 0)
        return static_cast<std::size_t>(sent);
    if (errno != EAGAIN && errno != EINTR)
        m_writeBroken = true;
    return 0;
}

void SocketEnd::finishWriting()
{
    if (m_finished || !m_socket)
        return;
    m_finished = true;
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
