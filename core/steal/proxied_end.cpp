// SPDX-License-Identifier: Apache-2.0
// How a proxied connection ends: FIN and RST pass from side to side as they come, and nothing waits
// longer than its limit.
#include "core/base/limits.h"
#include "core/steal/proxied.h"

namespace podglass::steal {

namespace {

// What may be on its way when the last answer goes: the buffers of both sockets, as large as Linux
// lets them grow (tcp(7), tcp_rmem and tcp_wmem). Closed before it is read, the caller's next
// send() fails, and many look for an answer no more then (RFC 9112 9.6).
constexpr std::size_t goodbyeBytes = 256 * limits::drainBytes;

} // namespace

void Proxied::finishIfDone()
{
    if (m_over || checkBroken())
        return;
    if (m_goodbye) {
        if (m_down.due().empty())
            m_client->finishWriting();
        if (m_client->ended() && m_client->said())
            end(flow::CloseReason::Finished, flow::Direction::ServerToClient);
        else if (m_drained > goodbyeBytes)
            end(flow::CloseReason::Reset, flow::Direction::ServerToClient);
        return;
    }
    if (m_destination == Destination::Nowhere && m_drained > limits::drainBytes) {
        beginGoodbye();
        m_again = true;
        return;
    }
    if (passOnFinish())
        m_again = true;
}

// RST of one side becomes RST of the other, after the bytes before it.
bool Proxied::checkBroken()
{
    if (m_client->broken() || m_client->writeBroken()) {
        abort(flow::Direction::ClientToServer);
        return true;
    }
    if (m_service->open() && m_service->broken() && !m_goodbye && !m_taken
        && m_down.due().empty()) {
        abort(flow::Direction::ServerToClient);
        return true;
    }
    return false;
}

// Passes each side's FIN to the other once the bytes before it went. True if something changed.
bool Proxied::passOnFinish()
{
    const bool tunnel = m_taken && m_taken->tunnel;
    const bool clientDone = m_client->ended() && m_up.due().empty() && m_up.unread().empty();
    if (m_client->ended() && !tunnel
        && ((m_taken && !m_taken->requestEnded) || m_destination == Destination::Nowhere)) {
        abort(flow::Direction::ClientToServer); // it left in the middle of its request
        return false;
    }
    if (clientDone && !m_taken && m_held == 0 && m_service->connected() && !m_service->finished()) {
        m_service->finishWriting(m_client->cut());
        if (m_sink)
            m_sink->finished(flow::Direction::ClientToServer, base::wallClock());
        return true;
    }
    const bool answerDone = tunnel ? m_taken->takerEnded : !m_taken && m_service->ended();
    if (answerDone && m_down.due().empty() && m_down.unread().empty() && !m_client->finished()) {
        m_client->finishWriting(!tunnel && m_service->cut());
        if (m_sink)
            m_sink->finished(flow::Direction::ServerToClient, base::wallClock());
        return true;
    }
    const bool upSaid = tunnel ? m_taken->endSent : m_service->said();
    if (m_client->ended() && m_client->said() && upSaid)
        end(flow::CloseReason::Finished, flow::Direction::ClientToServer);
    return false;
}

// The last answer is on its way: FIN after it, then a moment for the client to say the same.
// Closing at once would make the kernel send RST for unread bytes, and the answer would be lost.
void Proxied::beginGoodbye()
{
    if (m_goodbye)
        return;
    m_goodbye = true;
    m_drained = 0;
    m_held = 0;
    m_chosen.reset();
    m_destination = Destination::Nowhere;
    m_up.dropKept();
    m_service->closeNow();
    m_patience = Patience::None;
    wait(Patience::Goodbye, limits::drainPatience);
}

void Proxied::abort(flow::Direction by)
{
    if (m_over)
        return;
    m_client->reset();
    m_service->reset();
    end(flow::CloseReason::Reset, by);
}

void Proxied::endIfSilent(base::Instant now, base::Duration patience)
{
    if (patience == base::Duration::zero()) {
        abort(flow::Direction::ServerToClient);
        return;
    }
    const auto bytes = m_http2 ? m_http2->streamBytes() : std::array{m_upBytes, m_downBytes};
    const std::uint64_t carried = bytes[0] + bytes[1];
    if (std::exchange(m_carried, carried) != carried || m_carriedAt == base::Instant{})
        m_carriedAt = now;
    else if (now - m_carriedAt >= patience)
        end(flow::CloseReason::Finished, flow::Direction::ServerToClient);
}

void Proxied::end(flow::CloseReason reason, flow::Direction by)
{
    if (std::exchange(m_over, true))
        return;
    const auto alive = shared_from_this();
    if (const auto front = std::move(m_front))
        front->leftAlone();
    if (m_http2)
        leaveHttp2();
    if (m_taken)
        retireTaken(wire::StealFailure::CallerGone, "the caller went away");
    m_client->closeNow();
    m_service->closeNow();
    m_context.own.remove(m_upstreamEnd);
    own(false);
    if (m_sink) {
        flow::ConnectionClosed closed;
        closed.reason = reason;
        closed.by = by;
        closed.streamBytes = {m_upBytes, m_downBytes};
        m_sink->closed(closed, base::wallClock());
    }
    m_context.onEnded(this);
}

void Proxied::wait(Patience patience, base::Duration duration)
{
    m_patience = patience;
    m_deadline = io::Loop::now() + duration;
    armTimer();
}

void Proxied::stopWaiting(Patience patience)
{
    if (m_patience == patience)
        m_patience = Patience::None;
}

// At most one useful timer is under way: a later deadline waits for the earlier timer.
void Proxied::armTimer()
{
    if (m_timerAt <= m_deadline)
        return;
    m_timerAt = m_deadline;
    m_context.loop.after(m_deadline - io::Loop::now(), [self = weak_from_this()] {
        if (const auto alive = self.lock())
            alive->onTimer();
    });
}

void Proxied::onTimer()
{
    m_timerAt = base::Instant::max();
    if (m_over || m_patience == Patience::None)
        return;
    if (io::Loop::now() < m_deadline) {
        armTimer();
        return;
    }
    outOfPatience();
    pump();
}

void Proxied::outOfPatience()
{
    switch (std::exchange(m_patience, Patience::None)) {
    case Patience::None:
        break;
    case Patience::Tls:
        if (m_front)
            frontIs(m_front->expired());
        break;
    case Patience::Head:
    case Patience::Preface:
        relayRaw();
        break;
    case Patience::Taker:
        if (m_taken && !m_taken->failed)
            m_taken->failed = TakerFailed{wire::StealFailure::Silent, {}};
        break;
    case Patience::Drain:
        beginGoodbye();
        break;
    case Patience::Goodbye:
        end(flow::CloseReason::Finished, flow::Direction::ServerToClient);
        break;
    }
}

} // namespace podglass::steal
