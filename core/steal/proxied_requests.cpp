// SPDX-License-Identifier: Apache-2.0
// The way of a request: held until its head is complete, decided, cleared.
#include "core/base/limits.h"
#include "core/http2/upgrade.h"
#include "core/steal/protocol_guess.h"
#include "core/steal/proxied.h"

#include <strings.h>

namespace podglass::steal {

namespace {

constexpr auto unreliable =
    static_cast<std::uint16_t>(static_cast<unsigned>(flow::MessageFlag::AmbiguousFraming)
                               | static_cast<unsigned>(flow::MessageFlag::Malformed)
                               | static_cast<unsigned>(flow::MessageFlag::HeadTooLarge)
                               | static_cast<unsigned>(flow::MessageFlag::ObsoleteFold));

bool sameName(std::string_view name, std::string_view known)
{
    return name.size() == known.size()
           && ::strncasecmp(name.data(), known.data(), name.size()) == 0;
}

// The settings of a request that asks for HTTP/2 by Upgrade; more than one field of them is none
// (RFC 7540 3.2.1).
std::optional<std::vector<std::uint8_t>> askedForHttp2(const parse::Http1Head& head)
{
    std::optional<std::vector<std::uint8_t>> settings;
    bool asked = false;
    unsigned fields = 0;
    for (const flow::HeaderField& field : head.fields) {
        asked = asked || (sameName(field.name, "upgrade") && http2::namesH2c(field.value));
        if (!sameName(field.name, "http2-settings"))
            continue;
        settings = http2::readSettings(field.value);
        ++fields;
    }
    return asked && fields == 1 ? settings : std::nullopt;
}

} // namespace

bool Proxied::readRequests()
{
    if (m_raw || m_goodbye) {
        const bool any = !m_up.unread().empty();
        clearUp(m_up.unread().size());
        return any;
    }
    bool moved = openTaker();
    while (!m_raw && !m_http2 && mayReadRequest() && readRequestStep())
        moved = true;
    return moved;
}

bool Proxied::mayReadRequest() const
{
    if (m_held != 0 || m_tunnelPending || m_awaited.size() >= limits::pipelinedRequests)
        return false;
    return !m_taken || !m_taken->requestEnded;
}

// One item of the parser; false when it needs more bytes.
bool Proxied::readRequestStep()
{
    const bytes::ByteView input = m_up.unread();
    if (!m_inRequest && input.empty())
        return false;
    if (!m_seenRequest) {
        if (guessProtocol(input) == Guess::SomethingElse) {
            relayRaw();
            return true;
        }
        if (guessHttp2Client(input) != Guess::SomethingElse)
            return readPreface(input);
    }
    const parse::Http1Parser::Step step = m_requests.next(input);
    switch (step.item) {
    case parse::Http1Item::NeedMore:
        return needMoreRequest(step.consumed);
    case parse::Http1Item::Head:
        decide(step.consumed);
        break;
    case parse::Http1Item::Body:
        clearUp(step.consumed);
        break;
    case parse::Http1Item::End:
        clearUp(step.consumed);
        endOfRequest();
        break;
    case parse::Http1Item::Error:
        requestUnreadable();
        break;
    }
    return true;
}

bool Proxied::needMoreRequest(std::size_t consumed)
{
    clearUp(consumed);
    if (m_inRequest || m_up.unread().empty())
        return consumed > 0;
    // Part of a head. A client that has ended will not complete it.
    if (m_client->ended() || (m_up.room() == 0 && m_up.due().empty())) {
        relayRaw();
        return true;
    }
    waitForHead();
    return consumed > 0;
}

void Proxied::waitForHead()
{
    if (m_patience != Patience::None)
        return;
    const bool surely = m_seenRequest || guessProtocol(m_up.unread()) == Guess::Http;
    wait(Patience::Head,
         surely ? base::Duration(limits::headPatience)
                : base::Duration(limits::unknownProtocolPatience));
}

// HTTP/2 is known by its whole preface only (RFC 9113 3.4).
bool Proxied::readPreface(bytes::ByteView input)
{
    if (guessHttp2Client(input) == Guess::Http2) {
        beginHttp2();
        return true;
    }
    if (m_client->ended()) {
        relayRaw();
        return true;
    }
    waitForHead();
    return false;
}

Http2Relay::Parts Proxied::relayParts()
{
    return {m_context, m_id, m_accepted, *m_client, *m_service, m_sink.get(), readyCallback()};
}

// 101 was the last word of HTTP/1.1: the next requests are decided as those of HTTP/2 are.
bool Proxied::turnIntoHttp2()
{
    if (!m_becomesHttp2 || !m_up.due().empty() || !m_down.due().empty())
        return false;
    m_becomesHttp2 = false;
    settle(m_up);
    settle(m_down);
    const Http2Relay::Upgrade upgrade{*m_awaited.front().h2c,
                                      m_awaited.front().method == "HEAD",
                                      m_sink ? m_sink->lastExchange() : base::ExchangeId{},
                                      {m_upBytes, m_downBytes}};
    m_patience = Patience::None;
    m_http2 = std::make_shared<Http2Relay>(
        relayParts(), upgrade, std::array{m_up.unread(), m_down.unread()});
    m_up.dropUnread();
    m_down.dropUnread();
    m_again = true;
    return true;
}

void Proxied::beginHttp2()
{
    m_patience = Patience::None;
    settle(m_up);
    settle(m_down);
    m_http2 =
        std::make_shared<Http2Relay>(relayParts(), std::array{m_up.unread(), m_down.unread()});
    m_up.dropUnread();
    m_down.dropUnread();
    m_again = true;
}

void Proxied::decide(std::size_t headBytes)
{
    const parse::Http1Head& head = m_requests.head();
    stopWaiting(Patience::Head);
    if ((head.flags & unreliable) != 0 || head.version < 10) {
        // Two readers could disagree where this message ends: it is nobody's to take.
        relayRaw();
        return;
    }
    m_seenRequest = true;
    m_inRequest = true;
    m_current.method = head.method;
    m_current.tunnelAsked = head.upgrade || head.method == "CONNECT";
    m_current.h2c = askedForHttp2(head);
    m_currentKeepAlive = head.keepAlive;
    if (const Taking* by = taker(head)) {
        m_chosen = *by;
        m_held = headBytes;
        openTaker();
        return;
    }
    clearUp(headBytes);
    told(flow::Decision::PassedOn, nullptr);
    await(m_current);
}

const Taking* Proxied::taker(const parse::Http1Head& head) const
{
    filter::Subject subject;
    subject.method = head.method;
    subject.target = head.target;
    subject.fields = head.fields;
    subject.source = m_accepted.client;
    subject.port = m_accepted.server.port;
    for (const Taking& taking : m_context.takings) {
        if (!taking.filter || taking.filter->matches(subject))
            return &taking;
    }
    return nullptr;
}

void Proxied::endOfRequest()
{
    m_inRequest = false;
    if (m_taken)
        m_taken->requestEnded = true;
    else if (m_destination == Destination::Nowhere)
        stopWaiting(Patience::Drain);
    else
        m_tunnelPending = m_current.tunnelAsked && !m_awaited.empty();
    // What follows a request that closes the connection is no request (RFC 9112 9.6).
    if (!m_taken && m_destination == Destination::Service && !m_currentKeepAlive)
        relayRaw();
    if (m_destination == Destination::Nowhere && !m_taken) {
        sendUp(); // drops what is left of it
        m_destination = Destination::Service;
        m_drained = 0;
    }
}

// The parser gave up: between messages the rest is relayed as it is, inside one it depends on who
// has the part before.
void Proxied::requestUnreadable()
{
    if (m_taken)
        m_taken->failed =
            TakerFailed{wire::StealFailure::Broken, "the request's framing is broken"};
    else if (m_destination == Destination::Nowhere)
        beginGoodbye();
    if (!m_goodbye)
        relayRaw();
}

void Proxied::relayRaw()
{
    stopWaiting(Patience::Head);
    m_raw = true;
    m_held = 0;
    m_chosen.reset();
    m_tunnelPending = false;
}

// What may go is what an observer of the connection sees.
void Proxied::clearUp(std::size_t count)
{
    const bytes::ByteView bytes = m_up.unread().first(count);
    if (bytes.empty())
        return;
    m_up.clear(count);
    if (m_sink && !m_goodbye)
        m_sink->data(flow::Direction::ClientToServer, m_upBytes, bytes, base::wallClock());
    m_upBytes += bytes.size();
}

void Proxied::told(flow::Decision decision, const Taking* by)
{
    const base::ExchangeId exchange = m_taken && decision == flow::Decision::Fallback
                                          ? m_taken->exchange
                                      : m_sink ? m_sink->lastExchange()
                                               : base::ExchangeId{};
    flow::StealDecision event;
    event.exchange = exchange;
    event.decision = decision;
    if (by != nullptr) {
        event.taker = by->client;
        event.filterRevision = by->revision;
    }
    m_context.observer.decided({m_context.setup.target, m_id, base::wallClock(), event});
}

} // namespace podglass::steal
