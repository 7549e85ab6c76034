// SPDX-License-Identifier: Apache-2.0
#include "core/session/link.h"

#include "core/base/wipe.h"

#include <cerrno>

#include <sys/epoll.h>
#include <unistd.h>

namespace podglass::session {

namespace {

constexpr std::size_t roundBytes = std::size_t{256} << 10;
constexpr std::size_t readBytes = std::size_t{64} << 10;

} // namespace

Link::Link(io::Loop& loop, int in, int out, LinkEvents events)
    : m_loop(loop)
    , m_inFd(in)
    , m_outFd(out)
    , m_events(std::move(events))
{
    m_loop.watch(m_inFd, EPOLLIN, [this](auto) { readable(); });
}

Link::~Link()
{
    m_loop.unwatch(m_inFd);
    m_loop.unwatch(m_outFd);
}

void Link::pause(bool on)
{
    if (m_paused == on || m_broken)
        return;
    m_paused = on;
    if (!on)
        m_lastHeard = io::Loop::now(); // while paused we would not have heard
    // Unwatched rather than changed to 0: a hang-up would be reported all the same, for ever.
    if (on)
        m_loop.unwatch(m_inFd);
    else
        m_loop.watch(m_inFd, EPOLLIN, [this](auto) { readable(); });
}

void Link::readable()
{
    std::size_t round = 0;
    while (round < roundBytes) {
        const auto room = m_buffer.prepare(readBytes);
        const ssize_t got = ::read(m_inFd, room.data(), room.size());
        if (got <= 0) {
            m_buffer.commit(0);
            if (got < 0 && (errno == EAGAIN || errno == EINTR))
                break;
            const int error = got < 0 ? errno : 0;
            if (takeFrames()) // what came before the end is still good
                fail(error, std::nullopt);
            return;
        }
        m_buffer.commit(static_cast<std::size_t>(got));
        round += static_cast<std::size_t>(got);
    }
    m_bytesIn += round;
    m_lastHeard = io::Loop::now();
    takeFrames();
}

bool Link::takeFrames()
{
    auto frames = m_buffer.takeComplete();
    if (!frames) {
        fail(0, frames.error());
        return false;
    }
    flow::EventBatch batch;
    std::size_t wireBytes = 0;
    wire::FrameWalk walk(frames->view());
    while (const auto frame = walk.next()) {
        if (wire::kindOf(*frame) == wire::FrameKind::Control)
            flushBatch(batch, wireBytes, *frames);
        if (!takeFrame(*frame, batch, wireBytes))
            return false;
    }
    flushBatch(batch, wireBytes, *frames);
    return true;
}

bool Link::takeFrame(const wire::Frame& frame, flow::EventBatch& batch, std::size_t& wireBytes)
{
    switch (wire::kindOf(frame)) {
    case wire::FrameKind::Flow: {
        wireBytes += wire::frameHeaderBytes + frame.payload.size();
        const auto decoded = wire::decodeEvent(frame, batch);
        if (!decoded)
            fail(0, decoded.error());
        return bool(decoded);
    }
    case wire::FrameKind::Control: {
        auto message = wire::decodeMessage(frame);
        if (!message) {
            fail(0, message.error());
            return false;
        }
        m_events.message(std::move(*message));
        return !m_broken;
    }
    case wire::FrameKind::Unknown:
        ++m_skipped;
        if (auto refused = wire::refuseUnknown(frame)) {
            fail(0, std::move(refused));
            return false;
        }
        return true;
    }
    return true;
}

void Link::flushBatch(flow::EventBatch& batch, std::size_t& wireBytes, const bytes::Slice& storage)
{
    if (batch.events.empty())
        return;
    batch.storage.push_back(storage);
    batch.cost = wireBytes + batch.events.size() * sizeof(flow::Event);
    m_events.events(std::exchange(batch, {}), std::exchange(wireBytes, 0));
}

void Link::send(const wire::Message& message)
{
    if (m_broken)
        return;
    if (const auto* tls = std::get_if<wire::SetTls>(&message)) {
        m_secret = true;
        m_out.reserve(m_out.size() + tls->certificate.size() + 2 * tls->key.size() + 4'096);
    }
    wire::encode(message, m_out);
    if (!m_writing)
        writable();
}

void Link::writable()
{
    while (m_sent < m_out.size()) {
        const ssize_t sent = ::write(m_outFd, m_out.data() + m_sent, m_out.size() - m_sent);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && errno == EAGAIN) {
            if (!std::exchange(m_writing, true))
                m_loop.watch(m_outFd, EPOLLOUT, [this](auto) { writable(); });
            return;
        }
        if (sent < 0) {
            // The reading side will see the end, with the last words in front of it.
            m_out.clear();
            m_sent = 0;
            break;
        }
        m_sent += static_cast<std::size_t>(sent);
        m_bytesOut += static_cast<std::uint64_t>(sent);
    }
    if (std::exchange(m_secret, false))
        base::wipe(m_out);
    m_out.clear();
    m_sent = 0;
    if (std::exchange(m_writing, false))
        m_loop.unwatch(m_outFd);
}

void Link::fail(int error, std::optional<base::Error> protocol)
{
    if (std::exchange(m_broken, true))
        return;
    m_loop.unwatch(m_inFd);
    if (std::exchange(m_writing, false))
        m_loop.unwatch(m_outFd);
    m_events.broken(error, std::move(protocol));
}

} // namespace podglass::session
