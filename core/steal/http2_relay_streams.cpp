// SPDX-License-Identifier: Apache-2.0
// The way of a stream: its head decides, then heads, bodies and ends go from session to session.
#include "core/base/limits.h"
#include "core/parse/http2_head.h"
#include "core/steal/http2_relay.h"

#include <algorithm>

namespace podglass::steal {

namespace {

std::uint16_t statusOf(const http2::Fields& fields)
{
    constexpr std::size_t digits = 3;
    for (const http2::Field& field : fields)
        if (field.name == ":status" && field.value.size() == digits)
            return static_cast<std::uint16_t>(std::atoi(field.value.c_str())); // NOLINT: digits
    return 0;
}

bool hasUpperCase(const http2::Field& field)
{
    return std::ranges::any_of(field.name, [](char c) { return c >= 'A' && c <= 'Z'; });
}

} // namespace

void Http2Relay::onHead(http2::End::Incoming stream,
                        http2::Fields fields,
                        http2::End::HeadPlace place)
{
    auto* known = static_cast<Http2Stream*>(stream.user);
    if (&stream.end == &m_caller) {
        if (place.opening)
            arrived(stream, std::move(fields));
        else if (!place.last) // RFC 9113 8.1: trailers end the request
            m_caller.reset(stream.id, http2::error::protocol);
        else if (known != nullptr)
            known->up.trailers = std::move(fields);
    } else if (known != nullptr) {
        answerHead(*known, std::move(fields), place.last);
    }
}

void Http2Relay::arrived(http2::End::Incoming stream, http2::Fields fields)
{
    auto made = std::make_unique<Http2Stream>();
    made->id = stream.id;
    made->head = std::move(fields);
    m_caller.setUser(stream.id, made.get());
    m_streams[stream.id] = std::move(made);
    m_arrived.push_back(stream.id);
}

// Interim heads, the final one, and trailers, which have no status.
void Http2Relay::answerHead(Http2Stream& stream, http2::Fields fields, bool last)
{
    if (stream.callerGone)
        return;
    const std::uint16_t status = statusOf(fields);
    if (status == 0 || stream.answered) {
        if (last)
            stream.down.trailers = std::move(fields);
        else // RFC 9113 8.1
            (stream.taker ? stream.taker->end : m_upstream)
                .reset(stream.onward, http2::error::protocol);
        return;
    }
    if (status < 200 && !last) {
        m_caller.interim(stream.id, fields);
        return;
    }
    stream.answered = true;
    stream.replayable = false;
    stream.replay = {};
    stream.head = {};
    stream.down.ended = last;
    stream.down.endSent = last;
    m_caller.respond(stream.id, fields, last ? nullptr : &stream.down);
}

void Http2Relay::onBody(http2::End::Incoming stream, bytes::ByteView data)
{
    auto* known = static_cast<Http2Stream*>(stream.user);
    const bool fromCaller = &stream.end == &m_caller;
    const bool wanted =
        known != nullptr
        && (fromCaller ? known->goes != Http2Stream::Goes::Nowhere || !known->decided
                       : !known->callerGone);
    http2::Message* message = !wanted ? nullptr : fromCaller ? &known->up : &known->down;
    if (message == nullptr || message->body.append(data) != data.size()) {
        stream.end.consumeStream(stream.id, data.size());
        stream.end.consumeConnection(data.size());
        if (message != nullptr) // more than its window: a peer that breaks the rules
            stream.end.reset(stream.id, http2::error::internal);
        return;
    }
    cameIn(stream.end, *message, data.size());
    if (fromCaller)
        resumeUp(*known);
    else
        m_caller.resume(known->id);
}

void Http2Relay::onEnd(http2::End::Incoming stream)
{
    auto* known = static_cast<Http2Stream*>(stream.user);
    if (known == nullptr)
        return;
    if (&stream.end == &m_caller) {
        known->up.ended = true;
        resumeUp(*known);
    } else {
        known->down.ended = true;
        m_caller.resume(known->id);
        touch(*known);
    }
}

void Http2Relay::onSent(http2::End::Incoming stream, http2::Message& message, bytes::ByteView sent)
{
    auto* known = static_cast<Http2Stream*>(stream.user);
    if (known == nullptr)
        return;
    const std::size_t old = std::min(message.credited, sent.size());
    message.credited -= old;
    if (&stream.end != &m_caller) {
        if (known->taker)
            keepForReplay(*known, sent);
        m_caller.consumeStream(known->id, sent.size() - old);
        wentOut(*known, message, sent.size());
        return;
    }
    if (!known->onwardGone && known->goes == Http2Stream::Goes::Service)
        m_upstream.consumeStream(known->onward, sent.size());
    else if (!known->onwardGone && known->taker)
        known->taker->end.consumeStream(known->onward, sent.size());
    wentOut(*known, message, sent.size());
    if (message.body.empty())
        touch(*known);
}

void Http2Relay::onClosed(http2::End::Incoming stream, std::uint32_t code)
{
    auto* known = static_cast<Http2Stream*>(stream.user);
    if (known == nullptr)
        return;
    if (&stream.end == &m_caller)
        callerClosed(*known, code);
    else
        onwardClosed(*known, code);
}

void Http2Relay::callerClosed(Http2Stream& stream, std::uint32_t code)
{
    stream.callerGone = true;
    touch(stream);
    if (code == http2::error::none && stream.up.ended)
        return; // the rest of the request may still be on its way
    if (!stream.onwardGone && stream.goes == Http2Stream::Goes::Service)
        m_upstream.reset(stream.onward, code);
    dropUp(stream);
}

// The other side is done with the stream. What it said before goes on to the caller first.
void Http2Relay::onwardClosed(Http2Stream& stream, std::uint32_t code)
{
    if (std::exchange(stream.onwardGone, true))
        return;
    touch(stream);
    const bool whole = stream.up.ended && stream.up.body.empty();
    if (stream.taker) {
        if (!stream.down.ended && !stream.taker->failed)
            stream.taker->failed = TakerFailed{wire::StealFailure::Broken, "it reset the request"};
        if (stream.taker->failed)
            return;
    }
    if (code != http2::error::none || !whole || !stream.down.ended)
        stream.downReset = code;
    dropUp(stream);
}

void Http2Relay::resumeUp(Http2Stream& stream)
{
    if (stream.onwardGone)
        return;
    if (stream.goes == Http2Stream::Goes::Service)
        m_upstream.resume(stream.onward);
    else if (stream.taker)
        stream.taker->end.resume(stream.onward);
}

// Nobody takes the rest of the request: it is read and dropped.
void Http2Relay::dropUp(Http2Stream& stream)
{
    stream.goes = Http2Stream::Goes::Nowhere;
    const std::size_t left = stream.up.body.size();
    if (left == 0)
        return;
    stream.up.body.consume(left);
    if (!stream.callerGone)
        m_caller.consumeStream(stream.id, left - std::min(left, stream.up.credited));
    wentOut(stream, stream.up, left);
}

bool Http2Relay::decideArrived()
{
    const auto arrivals = std::exchange(m_arrived, {});
    for (const std::int32_t id : arrivals) {
        const auto found = m_streams.find(id);
        if (found == m_streams.end())
            continue;
        if (found->second->callerGone) {
            found->second->decided = true; // reset before anybody heard of it
            touch(*found->second);
            continue;
        }
        decide(*found->second);
    }
    return !arrivals.empty();
}

void Http2Relay::decide(Http2Stream& stream)
{
    stream.decided = true;
    // Sent on, such names would become lower-case ones: what is malformed must not be mended.
    if (std::ranges::any_of(stream.head, hasUpperCase)) {
        refuse(stream, http2::error::protocol); // RFC 9113 8.2.1
        return;
    }
    if (m_parts.sink != nullptr)
        stream.exchange = m_parts.sink->exchangeOf(static_cast<std::uint32_t>(stream.id));
    if (const Taking* by = taking(stream))
        toTaker(stream, *by);
    else
        toService(stream);
}

const Taking* Http2Relay::taking(const Http2Stream& stream) const
{
    if (m_parts.context.takings.empty())
        return nullptr;
    std::vector<flow::HeaderField> fields;
    fields.reserve(stream.head.size());
    for (const http2::Field& field : stream.head)
        fields.push_back({field.name, field.value});
    const parse::Http2Head head = parse::readHttp2Request(fields);
    // Two readers could disagree what a malformed head says: it is nobody's to take.
    if ((head.flags & static_cast<std::uint16_t>(flow::MessageFlag::Malformed)) != 0)
        return nullptr;
    filter::Subject subject;
    subject.method = head.method;
    subject.target = head.target;
    subject.fields = head.fields;
    subject.source = m_parts.accepted.client;
    subject.port = m_parts.accepted.server.port;
    const auto& takings = m_parts.context.takings;
    const auto first = std::ranges::find_if(
        takings, [&](const Taking& each) { return !each.filter || each.filter->matches(subject); });
    return first == takings.end() ? nullptr : &*first;
}

void Http2Relay::toService(Http2Stream& stream)
{
    const bool bodiless = stream.up.ended && stream.up.body.empty() && !stream.up.trailers;
    const std::int32_t id =
        m_serviceDown
            ? 0
            : m_upstream.request(stream.id, stream.head, bodiless ? nullptr : &stream.up, &stream);
    if (id == 0) {
        refuse(stream, http2::error::refused);
        return;
    }
    stream.goes = Http2Stream::Goes::Service;
    stream.onward = id;
    stream.onwardGone = false;
    stream.head = {};
    told(stream, flow::Decision::PassedOn, nullptr);
}

void Http2Relay::refuse(Http2Stream& stream, std::uint32_t code)
{
    m_caller.reset(stream.id, code);
    dropUp(stream);
}

bool Http2Relay::settleStreams()
{
    bool moved = false;
    while (!m_touched.empty()) {
        const auto touched = std::exchange(m_touched, {});
        for (const std::int32_t id : touched) {
            const auto found = m_streams.find(id);
            if (found == m_streams.end() || !settle(*found->second))
                continue;
            Http2Stream& over = *found->second;
            wentOut(over, over.down, over.down.body.size());
            m_streams.erase(found);
        }
        moved = true;
    }
    return moved;
}

// True: it is over on all sides and may go.
bool Http2Relay::settle(Http2Stream& stream)
{
    if (stream.taker && stream.taker->failed)
        takerFailed(stream);
    else if (stream.taker && (stream.callerGone || (stream.down.ended && stream.onwardGone)))
        retire(stream,
               stream.answered ? wire::StealFailure::Released : wire::StealFailure::CallerGone,
               stream.answered ? "answered" : "the caller went away");
    const bool said = stream.down.ended ? stream.down.endSent : stream.down.body.empty();
    if (stream.downReset && said && !stream.callerGone)
        m_caller.reset(stream.id, *std::exchange(stream.downReset, {}));
    return stream.callerGone && stream.onwardGone && stream.decided && !stream.taker;
}

// The window of the connection opens at once while there is room for all bodies of the port: one
// stream that stands still does not stop the others. Else it opens as the bytes leave.
void Http2Relay::cameIn(http2::End& end, http2::Message& message, std::size_t count)
{
    std::size_t& all = m_parts.context.http2UnderWay;
    all += count;
    m_underWay += count;
    const bool shared = &end == &m_caller || &end == &m_upstream;
    if (shared && all > limits::http2BodiesUnderWay)
        message.owed += count;
    else
        end.consumeConnection(count);
}

void Http2Relay::wentOut(const Http2Stream& stream, http2::Message& message, std::size_t count)
{
    m_parts.context.http2UnderWay -= count;
    m_underWay -= count;
    const std::size_t back = std::min(message.owed, count);
    message.owed -= back;
    if (back != 0)
        (&message == &stream.up ? m_caller : m_upstream).consumeConnection(back);
}

void Http2Relay::onGoAway(http2::End& end, std::int32_t last, std::uint32_t code)
{
    // Streams beyond `last` are closed by the session as refused.
    if (&end != &m_upstream || !m_greeted)
        return;
    m_goneAway = m_goneAway || last != INT32_MAX;
    m_caller.goAway(last, code);
}

void Http2Relay::told(const Http2Stream& stream, flow::Decision decision, const Taking* by)
{
    flow::StealDecision event;
    event.exchange = stream.exchange;
    event.decision = decision;
    if (by != nullptr) {
        event.taker = by->client;
        event.filterRevision = by->revision;
    }
    m_parts.context.observer.decided(
        {m_parts.context.setup.target, m_parts.id, base::wallClock(), event});
}

} // namespace podglass::steal
