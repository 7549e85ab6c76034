// SPDX-License-Identifier: Apache-2.0
// The way of a request that a client takes, from its turn to its last byte or its failure.
#include "core/base/limits.h"
#include "core/steal/proxied.h"

namespace podglass::steal {

// Its turn: every earlier response is complete and every earlier byte went.
bool Proxied::openTaker()
{
    if (m_held == 0 || !m_chosen || !m_awaited.empty() || !m_up.due().empty())
        return false;
    settle(m_up); // the gate may let other connections move
    m_taken = std::make_unique<TakenExchange>(std::move(*m_chosen), m_current.method);
    m_chosen.reset();
    m_taken->tunnelAsked = m_current.tunnelAsked;
    m_taken->requestKeepAlive = m_currentKeepAlive;
    m_destination = Destination::Taker;
    clearUp(std::exchange(m_held, 0));
    m_taken->exchange = m_sink ? m_sink->lastExchange() : base::ExchangeId{};
    told(flow::Decision::Stolen, &m_taken->taking);
    ++m_takenSerial;
    wire::StealOpen request;
    request.target = m_context.setup.target;
    request.connection = m_id;
    request.exchange = m_taken->exchange;
    request.port = m_accepted.server.port;
    request.client = m_accepted.client;
    wait(Patience::Taker, takerPatience);
    // The gate may call back before it returns; those calls only leave marks.
    auto stream = m_context.gate.open(m_taken->taking.client, request, takerEvents());
    m_taken->stream = std::move(stream);
    if (!m_taken->stream && !m_taken->failed)
        m_taken->failed = TakerFailed{wire::StealFailure::Refused, "it is not connected"};
    return true;
}

TakerStream::Events Proxied::takerEvents()
{
    // Runs `act` if the connection lives and still has this stream, then moves bytes.
    const auto heard = [self = weak_from_this(), serial = m_takenSerial](const auto& act) {
        const auto alive = self.lock();
        if (!alive || alive->m_over || !alive->m_taken || alive->m_takenSerial != serial)
            return;
        act(*alive);
        alive->pump();
    };
    TakerStream::Events events;
    events.onData = [heard](bytes::ByteView data) {
        std::size_t taken = data.size(); // nobody wants it any more: it is swallowed
        heard([&](Proxied& self) { taken = self.onTakerData(data); });
        return taken;
    };
    events.onEnd = [heard] { heard([](Proxied& self) { self.m_taken->takerEnded = true; }); };
    events.onReset = [heard](wire::StealFailure failure, std::string_view message) {
        heard([&](Proxied& self) {
            if (!self.m_taken->failed)
                self.m_taken->failed = TakerFailed{failure, std::string(message)};
        });
    };
    events.onWritable = [heard] { heard([](Proxied&) {}); };
    events.onAlive = [heard] {
        heard([](Proxied& self) {
            if (self.m_patience == Patience::Taker)
                self.wait(Patience::Taker, takerPatience);
        });
    };
    return events;
}

bool Proxied::readTaken()
{
    if (m_taken->tunnel) {
        const bool any = !m_down.unread().empty();
        clearDown(m_down.unread().size());
        return any;
    }
    bool moved = false;
    while (m_taken && !m_taken->tunnel && !m_taken->failed && readTakenStep())
        moved = true;
    return moved;
}

bool Proxied::readTakenStep()
{
    const bytes::ByteView input = m_down.unread();
    const parse::Http1Parser::Step step = m_taken->responses.next(input);
    switch (step.item) {
    case parse::Http1Item::NeedMore:
        clearDown(step.consumed);
        if (m_taken->responses.tunnelled())
            becomeTunnel();
        else if (m_taken->takerEnded && m_taken->responses.untilClose())
            takenDone();
        else if (m_taken->takerEnded && !m_taken->starved)
            m_taken->failed =
                TakerFailed{wire::StealFailure::Broken, "it closed before its answer was complete"};
        return false;
    case parse::Http1Item::Head:
        takenHead();
        if (!m_taken->failed)
            clearDown(step.consumed);
        break;
    case parse::Http1Item::Body:
        clearDown(step.consumed);
        break;
    case parse::Http1Item::End:
        clearDown(step.consumed);
        if (m_taken->responses.tunnelled())
            becomeTunnel();
        else if (m_taken->status >= 200)
            takenDone();
        break;
    case parse::Http1Item::Error:
        m_taken->failed =
            TakerFailed{wire::StealFailure::Broken, std::string(m_taken->responses.problem())};
        return false;
    }
    return true;
}

void Proxied::takenHead()
{
    const parse::Http1Head& head = m_taken->responses.head();
    constexpr auto ambiguous = static_cast<std::uint16_t>(flow::MessageFlag::AmbiguousFraming);
    if ((head.flags & ambiguous) != 0) {
        m_taken->failed =
            TakerFailed{wire::StealFailure::Broken, "its answer's length is ambiguous"};
        return;
    }
    m_taken->status = head.status;
    if (head.status < 200 && head.status != 101)
        return;
    m_taken->answered = true;
    m_taken->responseKeepAlive = head.keepAlive;
    m_taken->replayable = false;
    m_up.dropKept();
    stopWaiting(Patience::Taker);
}

void Proxied::becomeTunnel()
{
    m_taken->tunnel = true;
    relayRaw();
    m_service->closeNow(); // it has no part in this connection any more
}

// Marks that callbacks left, and the end of the request, once the bytes before them went.
bool Proxied::settleTaken()
{
    if (!m_taken)
        return false;
    if (m_taken->failed) {
        takerFailed(TakerFailed(*m_taken->failed));
        return true;
    }
    const bool upDone = m_taken->tunnel ? m_client->ended() : m_taken->requestEnded;
    const bool sayEnd = upDone && m_up.due().empty() && m_up.unread().empty();
    if ((m_taken->tunnel ? sayEnd : upDone && m_up.due().empty() && !m_taken->tunnelAsked)
        && !std::exchange(m_taken->endSent, true))
        m_taken->stream->end();
    return false;
}

void Proxied::takenDone()
{
    m_down.dropUnread(); // whatever the taker sent behind its answer
    const bool keepAlive = m_taken->requestKeepAlive && m_taken->responseKeepAlive;
    const bool requestEnded = m_taken->requestEnded;
    m_up.dropKept();
    retireTaken(wire::StealFailure::Released, "answered");
    if (!keepAlive) {
        beginGoodbye();
        return;
    }
    m_destination = Destination::Service;
    if (requestEnded && m_up.due().empty())
        return;
    m_destination = Destination::Nowhere;
    m_drained = 0;
    if (requestEnded) {
        sendUp();
        m_destination = Destination::Service;
    } else {
        wait(Patience::Drain, limits::drainPatience);
    }
}

void Proxied::takerFailed(const TakerFailed& failed)
{
    if (m_taken->tunnel || m_taken->answered) {
        abort(flow::Direction::ServerToClient); // half an answer went: only a reset is honest
        return;
    }
    m_down.dropUnread();
    told(flow::Decision::Fallback, &m_taken->taking);
    const bool unreadable = m_raw;
    if (goesOn(m_taken->taking, failed) && m_taken->replayable) {
        passOnAfterAll();
        return;
    }
    const std::string answer = badGateway(failed, m_taken->method);
    retireTaken(failed.failure, unreadable ? "framing" : "failed");
    m_down.append(bytes::asBytes(answer));
    clearDown(answer.size());
    beginGoodbye();
}

// Everything that the taker got goes to the service instead, and the exchange is like any other.
void Proxied::passOnAfterAll()
{
    const bool ended = m_taken->requestEnded;
    Awaited request{m_taken->method, m_taken->tunnelAsked, std::nullopt};
    retireTaken(wire::StealFailure::Broken, "passed on to the service");
    m_up.sendAgain();
    m_destination = Destination::Service;
    m_tunnelPending = !m_raw && ended && request.tunnelAsked;
    await(std::move(request));
}

void Proxied::retireTaken(wire::StealFailure failure, std::string_view message)
{
    stopWaiting(Patience::Taker);
    auto taken = std::move(m_taken);
    if (!taken->stream)
        return;
    const bool finished = taken->endSent && taken->takerEnded;
    if (!finished && !taken->failed)
        taken->stream->reset(failure, message);
    m_context.retire(std::move(taken->stream));
}

} // namespace podglass::steal
