// SPDX-License-Identifier: Apache-2.0
#include "core/session/taker_socket.h"

#include "core/base/limits.h"
#include "core/io/socket.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <sys/epoll.h>
#include <unistd.h>

namespace podglass::session {

namespace {

constexpr std::size_t chunkBytes = std::size_t{32} << 10;
// A translated request grows: by its chunks, and its head by as much as a head may have.
constexpr std::size_t pendingBytes = 2 * limits::channelCreditBytes + limits::http2HeadBytes;

} // namespace

TakerSocket::TakerSocket(io::Loop& loop, const Taker& taker, Events events)
    : m_loop(loop)
    , m_events(std::move(events))
    , m_host(taker.host)
    , m_port(taker.port)
    , m_where(m_host + ":" + std::to_string(m_port))
    , m_pending(pendingBytes)
{}

TakerSocket::~TakerSocket()
{
    if (m_watching)
        m_loop.unwatch(m_socket.get());
}

void TakerSocket::start()
{
    const auto found = io::resolve(m_host, m_port, io::Lookup::NumericOnly);
    auto socket =
        found ? io::beginConnect(found.value().front()) : base::Result<io::Fd>(found.error());
    if (!socket) {
        failed(wire::StealFailure::Refused, "cannot reach " + m_where + ": " + socket.error().what);
        return;
    }
    m_socket = std::move(*socket);
    update();
}

bool TakerSocket::connected()
{
    if (const int error = io::connectError(m_socket); error != 0) {
        failed(wire::StealFailure::Refused,
               "cannot reach " + m_where + ": " + base::systemError(error, "").what);
        return false;
    }
    m_connected = true;
    return true;
}

void TakerSocket::ready(std::uint32_t events)
{
    if (!m_connected && !connected())
        return;
    flush();
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0 || read())
        update();
}

// What to wait for: nothing that cannot be served, or the loop would spin.
void TakerSocket::update()
{
    if (!m_socket || m_over)
        return;
    std::uint32_t wanted = 0;
    if (!m_connected || !m_pending.empty())
        wanted |= EPOLLOUT;
    if (m_connected && m_events.room() > 0)
        wanted |= EPOLLIN;
    if (wanted == 0) {
        if (std::exchange(m_watching, false))
            m_loop.unwatch(m_socket.get());
    } else if (m_watching) {
        m_loop.change(m_socket.get(), wanted);
    } else {
        m_watching = true;
        m_loop.watch(m_socket.get(), wanted, [this](std::uint32_t events) { ready(events); });
    }
}

// False: this object may be gone.
bool TakerSocket::read()
{
    std::array<std::uint8_t, chunkBytes> buffer{};
    for (;;) {
        const std::size_t room = std::min(m_events.room(), buffer.size());
        if (room == 0)
            return true;
        const ssize_t got = ::read(m_socket.get(), buffer.data(), room);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && errno == EAGAIN)
            return true;
        if (got < 0) {
            failed(wire::StealFailure::Broken,
                   m_where + " broke the connection: " + base::systemError(errno, "").what);
            return false;
        }
        if (got == 0) {
            m_over = true;
            const auto tell = m_events.onEnd;
            tell();
            return false;
        }
        m_events.onData(bytes::ByteView(buffer).first(static_cast<std::size_t>(got)));
        if (m_over)
            return true;
    }
}

bool TakerSocket::write(bytes::ByteView data)
{
    if (m_pending.append(data) != data.size())
        return false;
    flush();
    update();
    return true;
}

void TakerSocket::flush()
{
    std::size_t all = 0;
    while (m_connected && !m_pending.empty()) {
        const auto view = m_pending.view();
        const ssize_t sent = ::send(m_socket.get(), view.data(), view.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            break; // EAGAIN; a broken socket is named when it is read
        m_pending.consume(static_cast<std::size_t>(sent));
        all += static_cast<std::size_t>(sent);
    }
    m_pending.releaseIfEmpty();
    if (m_pending.empty() && m_connected && std::exchange(m_finish, false))
        ::shutdown(m_socket.get(), SHUT_WR);
    if (all != 0)
        m_events.onWritten();
}

void TakerSocket::finishWriting()
{
    m_finish = true;
    flush();
}

void TakerSocket::failed(wire::StealFailure failure, const std::string& words)
{
    m_over = true;
    const auto tell = m_events.onFailed;
    tell(failure, words);
}

} // namespace podglass::session
