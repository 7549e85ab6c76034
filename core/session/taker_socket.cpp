// SPDX-License-Identifier: Apache-2.0
#include "core/session/taker_socket.h"

#include "core/base/limits.h"
#include "core/io/socket.h"
#include "core/tls/client.h"

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
    , m_taker(taker)
    , m_where(taker.host + ":" + std::to_string(taker.port))
    , m_pending(pendingBytes)
    , m_secured(!taker.tls)
{}

TakerSocket::~TakerSocket()
{
    m_loop.cancel(m_again);
    if (m_watching)
        m_loop.unwatch(m_socket.get());
}

void TakerSocket::start()
{
    const auto found = io::resolve(m_taker.host, m_taker.port, io::Lookup::NumericOnly);
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
    if (!m_secured && !secure())
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
    if (m_connected && !m_secured) {
        wanted = m_pending.empty() ? 0U : EPOLLIN;
    } else {
        if (!m_connected || !m_pending.empty())
            wanted |= EPOLLOUT;
        if (m_connected && m_events.room() > 0)
            wanted |= EPOLLIN;
    }
    if (m_tls && m_tls->wantsToWrite())
        wanted |= EPOLLOUT;
    if (m_secured && m_tls && m_tls->pending() && (wanted & EPOLLIN) != 0) {
        m_loop.cancel(m_again); // no readiness tells of these
        m_again = m_loop.after({}, [this] { ready(EPOLLIN); });
    }
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
        const ssize_t got = receive(std::span(buffer).first(room));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && errno == EAGAIN)
            return true;
        if (got < 0) {
            const bool tls = m_tls && !m_tls->error().empty();
            failed(wire::StealFailure::Broken,
                   m_where + " broke the connection: "
                       + (tls ? m_tls->error() : base::systemError(errno, "").what));
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
    if (m_connected && !m_secured) {
        // The handshake begins with the request; its failure must not be told inside this call.
        m_loop.cancel(m_again);
        m_again = m_loop.after({}, [this] { ready(0); });
        return true;
    }
    flush();
    update();
    return true;
}

ssize_t TakerSocket::receive(std::span<std::uint8_t> room)
{
    if (!m_tls)
        return ::read(m_socket.get(), room.data(), room.size());
    std::size_t count = 0;
    switch (m_tls->read(room, count)) {
    case io::TlsStream::Got::Data:
        return static_cast<ssize_t>(count);
    case io::TlsStream::Got::Nothing:
        errno = EAGAIN;
        return -1;
    case io::TlsStream::Got::Broken:
        errno = EPROTO;
        return -1;
    case io::TlsStream::Got::Ended:
    case io::TlsStream::Got::Cut: // its framing says whether something is missing
        break;
    }
    return 0;
}

ssize_t TakerSocket::send(bytes::ByteView data)
{
    if (!m_tls)
        return ::send(m_socket.get(), data.data(), data.size(), MSG_NOSIGNAL);
    bool broken = false; // named when it is read
    const std::size_t went = m_tls->write(data, broken);
    errno = EAGAIN;
    return went == 0 ? -1 : static_cast<ssize_t>(went);
}

// False: not yet, or it failed and this object may be gone.
bool TakerSocket::secure()
{
    if (m_pending.empty()) {
        update();
        return false;
    }
    if (!m_tls) {
        m_http2 = bytes::asText(m_pending.view()).starts_with("PRI ");
        const bool loopback = m_taker.host.starts_with("127.") || m_taker.host == "::1";
        auto made = tls::connect(m_socket.get(),
                                 {.name = m_taker.tlsName.empty() ? m_taker.host : m_taker.tlsName,
                                  .protocols = m_http2 ? "h2" : "http/1.1",
                                  // Who answers on this machine is who the user has running there.
                                  .verify = !loopback || !m_taker.tlsCa.empty(),
                                  .ca = m_taker.tlsCa});
        if (!made) {
            failed(wire::StealFailure::Refused, made.error().text());
            return false;
        }
        m_tls = std::move(made).value();
    }
    switch (m_tls->handshake()) {
    case io::TlsStream::Step::Going:
        update();
        return false;
    case io::TlsStream::Step::Failed:
        failed(wire::StealFailure::Refused, "no TLS with " + m_where + ": " + m_tls->error());
        return false;
    case io::TlsStream::Step::Done:
        break;
    }
    return checkProtocol();
}

// A program that says nothing of protocols speaks HTTP/1 (RFC 9113 3.2).
bool TakerSocket::checkProtocol()
{
    m_secured = m_http2 == (m_tls->protocol() == "h2");
    if (!m_secured)
        failed(wire::StealFailure::Refused,
               m_where + " speaks no HTTP/2 by TLS; HTTP/2 requests can be translated for it");
    return m_secured;
}

void TakerSocket::flush()
{
    std::size_t all = 0;
    while (m_connected && m_secured && !m_pending.empty()) {
        const auto view = m_pending.view();
        const ssize_t sent = send(view);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            break; // EAGAIN; a broken socket is named when it is read
        m_pending.consume(static_cast<std::size_t>(sent));
        all += static_cast<std::size_t>(sent);
    }
    m_pending.releaseIfEmpty();
    if (m_pending.empty() && m_connected && m_secured && std::exchange(m_finish, false)) {
        if (m_tls)
            m_tls->finish(); // what does not fit now would be an end without close_notify
        ::shutdown(m_socket.get(), SHUT_WR);
    }
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
