// SPDX-License-Identifier: Apache-2.0
#include "core/agent/steal_stream.h"

#include <algorithm>
#include <utility>

namespace podglass::agent {

namespace {

// Frame header, stream number, length: what a StealData frame costs beside its data.
constexpr std::uint64_t overhead = wire::frameHeaderBytes + 4 + 4;

} // namespace

std::size_t StealStream::write(bytes::ByteView data)
{
    if (!open() || m_sentEnd)
        return 0;
    std::size_t taken = 0;
    while (taken < data.size() && m_credit > overhead
           && m_owner->m_frames->backlog() < limits::clientBacklogBytes / 2) {
        const auto part = std::min<std::size_t>(
            {data.size() - taken, m_credit - overhead, limits::eventDataBytes});
        const bytes::ByteView piece = data.subspan(taken, part);
        m_credit -= part + overhead;
        taken += part;
        m_owner->m_frames->send(wire::StealData{m_number, {piece.begin(), piece.end()}});
        if (!open())
            return taken; // the connection broke under it
    }
    m_starved = taken < data.size();
    return taken;
}

void StealStream::end()
{
    if (!open() || std::exchange(m_sentEnd, true))
        return;
    m_owner->m_frames->send(wire::StealEnd{m_number});
    leaveIfDone();
}

void StealStream::reset(wire::StealFailure failure, std::string_view message)
{
    if (!open())
        return;
    m_owner->m_frames->send(wire::StealReset{m_number, failure, std::string(message)});
    leave();
}

void StealStream::dropped()
{
    m_events = {};
    reset(wire::StealFailure::CallerGone, "the caller's connection ended");
}

void StealStream::received(const wire::StealData& data)
{
    const std::uint64_t cost = data.data.size() + overhead;
    if (!open() || m_peerEnded)
        return;
    if (cost > m_peerCredit) {
        receivedReset(wire::StealFailure::Broken, "the client sent more than its credit");
        return;
    }
    m_peerCredit -= cost;
    m_received.append(data.data);
    deliver();
}

void StealStream::receivedEnd()
{
    m_peerEnded = true;
    deliver();
}

void StealStream::receivedReset(wire::StealFailure failure, std::string_view message)
{
    if (!open())
        return;
    leave();
    if (m_events.onReset) {
        const auto tell = m_events.onReset; // the callback may drop the handle and clear m_events
        tell(failure, message);
    }
}

void StealStream::granted(std::uint32_t bytes)
{
    if (bytes == 0 && open()) { // nothing to send, but the answer is being made
        if (const auto tell = m_events.onAlive)
            tell();
        return;
    }
    m_credit = std::min<std::uint64_t>(m_credit + bytes, limits::clientBacklogBytes);
    writable();
}

void StealStream::writable()
{
    if (!open() || !m_starved || m_credit <= overhead || !m_events.onWritable)
        return;
    m_starved = false;
    const auto tell = m_events.onWritable;
    tell();
}

void StealStream::deliver()
{
    if (m_delivering || !open())
        return;
    m_delivering = true;
    while (open() && !m_received.empty() && m_events.onData) {
        const auto tell = m_events.onData;
        const std::size_t taken = tell(m_received.view());
        m_received.consume(std::min(taken, m_received.size()));
        if (taken == 0)
            break; // resume() will come
    }
    m_delivering = false;
    if (!open() || !m_received.empty())
        return;
    if (m_peerEnded && !std::exchange(m_toldEnd, true)) {
        if (const auto tell = m_events.onEnd)
            tell();
        leaveIfDone();
        return;
    }
    grantBack();
}

void StealStream::grantBack()
{
    const std::uint64_t used = limits::channelCreditBytes - m_peerCredit;
    if (m_peerEnded || used < limits::channelCreditBytes / 2)
        return;
    m_peerCredit += used;
    m_owner->m_frames->send(wire::Credit{m_number, static_cast<std::uint32_t>(used)});
}

void StealStream::leave()
{
    const auto alive = shared_from_this();
    if (StealStreams* owner = std::exchange(m_owner, nullptr))
        owner->m_streams.erase(m_number);
}

void StealStream::leaveIfDone()
{
    if (m_sentEnd && m_toldEnd)
        leave();
}

} // namespace podglass::agent
