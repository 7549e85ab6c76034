// SPDX-License-Identifier: Apache-2.0
#include "core/session/taker_stream.h"

#include "core/base/limits.h"
#include "core/io/socket.h"
#include "core/wire/frame.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <sys/epoll.h>
#include <unistd.h>

namespace podglass::session {

namespace {

// Frame header, stream number, length: what StealData costs besides its bytes (FORMAT.md).
constexpr std::size_t frameOverhead = wire::frameHeaderBytes + 8;
constexpr std::size_t chunkBytes = std::size_t{32} << 10;
constexpr std::uint64_t grantEvery = limits::channelCreditBytes / 4;
constexpr std::size_t statusLineBytes = 12; // "HTTP/1.1 101"

} // namespace

TakerStream::TakerStream(io::Loop& loop, std::uint32_t stream, Taker taker, Send send, Ended ended)
    : m_loop(loop)
    , m_stream(stream)
    , m_taker(std::move(taker))
    , m_send(std::move(send))
    , m_ended(std::move(ended))
    , m_where(m_taker.host + ":" + std::to_string(m_taker.port))
    , m_toTaker(limits::channelCreditBytes)
{}

TakerStream::~TakerStream()
{
    m_loop.cancel(m_timer);
    if (m_watching)
        m_loop.unwatch(m_socket.get());
}

void TakerStream::start()
{
    m_send(wire::Credit{m_stream, static_cast<std::uint32_t>(limits::channelCreditBytes)});
    restartSilence();
    if (m_taker.kind == Taker::Kind::Fixed)
        return; // as soon as there is credit
    const auto found = io::resolve(m_taker.host, m_taker.port, io::Lookup::NumericOnly);
    auto socket =
        found ? io::beginConnect(found.value().front()) : base::Result<io::Fd>(found.error());
    if (!socket) {
        failed(wire::StealFailure::Refused, "cannot reach " + m_where + ": " + socket.error().what);
        return;
    }
    m_socket = std::move(*socket);
    watchAgain();
}

void TakerStream::connected()
{
    if (const int error = io::connectError(m_socket); error != 0) {
        failed(wire::StealFailure::Refused,
               "cannot reach " + m_where + ": " + base::systemError(error, "").what);
        return;
    }
    m_connected = true;
}

void TakerStream::ready(std::uint32_t events)
{
    if (!m_connected)
        connected();
    if (m_finished)
        return;
    writeTaker();
    if (!m_finished && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 && !readTaker())
        return;
    if (!m_finished)
        watchAgain();
}

// What to wait for: nothing that cannot be served, or the loop would spin.
void TakerStream::watchAgain()
{
    std::uint32_t wanted = 0;
    if (!m_connected || !m_toTaker.empty())
        wanted |= EPOLLOUT;
    if (m_connected && !m_answerOver && sendable() > 0)
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

std::size_t TakerStream::sendable() const
{
    return m_credit <= frameOverhead ? 0
                                     : static_cast<std::size_t>(std::min<std::uint64_t>(
                                         m_credit - frameOverhead, chunkBytes));
}

void TakerStream::sendData(bytes::ByteView data)
{
    m_credit -= frameOverhead + data.size();
    m_send(wire::StealData{m_stream, {data.begin(), data.end()}});
    m_answered = true;
    if (m_answerHead.size() < statusLineBytes)
        m_answerHead.append(bytes::asText(data).substr(0, statusLineBytes - m_answerHead.size()));
}

bool TakerStream::readTaker()
{
    std::array<std::uint8_t, chunkBytes> buffer{};
    while (sendable() > 0) {
        const ssize_t got = ::read(m_socket.get(), buffer.data(), sendable());
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
            m_answerOver = true;
            m_send(wire::StealEnd{m_stream});
            finish({m_answered, m_answered ? "" : m_where + " closed without an answer"});
            return false;
        }
        restartSilence();
        sendData(bytes::ByteView(buffer).first(static_cast<std::size_t>(got)));
    }
    return true;
}

void TakerStream::writeTaker()
{
    while (m_connected && !m_toTaker.empty()) {
        const auto view = m_toTaker.view();
        const ssize_t sent = ::send(m_socket.get(), view.data(), view.size(), MSG_NOSIGNAL);
        if (sent < 0 && (errno == EINTR))
            continue;
        if (sent < 0)
            break; // EAGAIN; a broken socket is named when it is read
        m_toTaker.consume(static_cast<std::size_t>(sent));
        m_toGrant += static_cast<std::uint64_t>(sent);
        restartSilence();
    }
    if (m_toTaker.empty())
        m_toTaker.releaseIfEmpty();
    if (m_toTaker.empty() && m_requestOver && m_answerHead.ends_with(" 101"))
        ::shutdown(m_socket.get(), SHUT_WR);
    if (m_toGrant >= grantEvery && m_toTaker.empty())
        m_send(wire::Credit{m_stream, static_cast<std::uint32_t>(std::exchange(m_toGrant, 0))});
}

void TakerStream::onData(const wire::StealData& data)
{
    m_toGrant += frameOverhead;
    if (m_taker.kind == Taker::Kind::Fixed) {
        m_toGrant += data.data.size(); // read and not wanted
        if (m_toGrant >= grantEvery)
            m_send(wire::Credit{m_stream, static_cast<std::uint32_t>(std::exchange(m_toGrant, 0))});
        return;
    }
    if (m_toTaker.append(data.data) != data.data.size()) {
        failed(wire::StealFailure::Broken, "the agent sent more than its credit");
        return;
    }
    writeTaker();
    watchAgain();
}

void TakerStream::onEnd()
{
    m_requestOver = true;
    if (m_taker.kind == Taker::Kind::Address) {
        writeTaker();
        watchAgain();
    }
}

void TakerStream::onReset(const wire::StealReset& reset)
{
    const bool plain = reset.failure == wire::StealFailure::Released
                       || reset.failure == wire::StealFailure::CallerGone;
    finish({m_answered, m_answered && plain ? "" : reset.message});
}

void TakerStream::onCredit(std::uint32_t bytes)
{
    m_credit = std::min<std::uint64_t>(m_credit + bytes, UINT32_MAX);
    if (m_taker.kind == Taker::Kind::Fixed)
        answerFixed();
    else if (m_socket)
        watchAgain();
}

// Connection: close, because the rest of the request is not read: the agent then begins anew with
// the caller's next request.
void TakerStream::answerFixed()
{
    if (m_fixed.empty())
        m_fixed = "HTTP/1.1 " + std::to_string(m_taker.status) + " Podglass\r\n"
                  + "Content-Type: text/plain; charset=utf-8\r\nContent-Length: "
                  + std::to_string(m_taker.body.size()) + "\r\nConnection: close\r\n\r\n"
                  + m_taker.body;
    while (m_fixedSent < m_fixed.size() && sendable() > 0) {
        const auto part = std::string_view(m_fixed).substr(m_fixedSent, sendable());
        m_fixedSent += part.size();
        sendData(bytes::asBytes(part));
    }
    if (m_fixedSent < m_fixed.size())
        return; // more credit comes
    m_send(wire::StealEnd{m_stream});
    finish({true, ""});
}

void TakerStream::restartSilence()
{
    m_loop.cancel(m_timer);
    m_timer = m_loop.after(limits::takerSilence, [this] {
        if (m_answerHead.ends_with(" 101"))
            return; // an upgraded connection may be silent for as long as it likes
        failed(wire::StealFailure::Silent,
               m_where + " said nothing for " + std::to_string(limits::takerSilence.count())
                   + " s");
    });
}

void TakerStream::failed(wire::StealFailure failure, const std::string& words)
{
    m_send(wire::StealReset{m_stream, failure, words});
    finish({m_answered, words});
}

void TakerStream::finish(TakerEnd end)
{
    if (std::exchange(m_finished, true))
        return;
    m_loop.cancel(m_timer);
    if (std::exchange(m_watching, false))
        m_loop.unwatch(m_socket.get());
    // Its owner may destroy it in the call; nothing of it is touched afterwards.
    const Ended ended = m_ended;
    ended(m_stream, std::move(end));
}

} // namespace podglass::session
