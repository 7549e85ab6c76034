// SPDX-License-Identifier: Apache-2.0
// Streams that a client takes: each is an HTTP/2 connection of its own with that client's program.
#include "core/base/limits.h"
#include "core/steal/http2_relay.h"

#include <algorithm>

namespace podglass::steal {

namespace {

constexpr std::size_t sendAhead = std::size_t{32} * 1024;
constexpr std::uint16_t enablePush = 2; // RFC 9113 6.5.2
constexpr std::size_t firstBytes = 5;

} // namespace

void Http2Relay::toTaker(Http2Stream& stream, const Taking& by)
{
    stream.taker = std::make_unique<Http2Taker>(by, static_cast<http2::End::Owner&>(*this));
    Http2Taker& taker = *stream.taker;
    taker.end.announce({{enablePush, 0}});
    const bool bodiless = stream.up.ended && stream.up.body.empty() && !stream.up.trailers;
    stream.goes = Http2Stream::Goes::Taker;
    stream.onward = taker.end.request(1, stream.head, bodiless ? nullptr : &stream.up, &stream);
    stream.onwardGone = false;
    stream.replayable = true;
    stream.takerSerial = ++m_serials;
    told(stream, flow::Decision::Stolen, &taker.taking);
    wire::StealOpen request;
    request.target = m_parts.context.setup.target;
    request.connection = m_parts.id;
    request.exchange = stream.exchange;
    request.port = m_parts.accepted.server.port;
    request.client = m_parts.accepted.client;
    taker.deadline = io::Loop::now() + takerPatience;
    armTimer();
    // The gate may call back before it returns; those calls only leave marks.
    auto opened = m_parts.context.gate.open(taker.taking.client, request, takerEvents(stream));
    taker.stream = std::move(opened);
    if (!taker.stream && !taker.failed)
        taker.failed = TakerFailed{wire::StealFailure::Refused, "it is not connected"};
    touch(stream);
}

TakerStream::Events Http2Relay::takerEvents(const Http2Stream& stream)
{
    const auto heard =
        [self = weak_from_this(), id = stream.id, serial = stream.takerSerial](const auto& act) {
            const auto alive = self.lock();
            if (!alive)
                return;
            const auto found = alive->m_streams.find(id);
            if (found == alive->m_streams.end() || !found->second->taker
                || found->second->takerSerial != serial)
                return;
            found->second->taker->deadline = io::Loop::now() + takerPatience;
            act(*alive, *found->second);
            alive->touch(*found->second);
            alive->m_parts.wake();
        };
    TakerStream::Events events;
    events.onData = [heard](bytes::ByteView data) {
        // All of it: the windows of its session say how much may be under way.
        heard([&](Http2Relay& self, Http2Stream& taken) { self.takerHeard(taken, data); });
        return data.size();
    };
    events.onEnd = [heard] {
        heard([](Http2Relay& self, Http2Stream& taken) {
            taken.taker->ended = true;
            self.takerClosed(
                taken, {wire::StealFailure::Broken, "it closed before its answer was complete"});
        });
    };
    events.onReset = [heard](wire::StealFailure failure, std::string_view message) {
        heard([&](Http2Relay& self, Http2Stream& taken) {
            taken.taker->ended = true;
            self.takerClosed(taken, {failure, std::string(message)});
        });
    };
    events.onWritable = [heard] { heard([](Http2Relay&, Http2Stream&) {}); };
    events.onAlive = events.onWritable;
    return events;
}

void Http2Relay::takerHeard(Http2Stream& stream, bytes::ByteView data)
{
    Http2Taker& taker = *stream.taker;
    if (taker.failed || stream.onwardGone)
        return;
    if (taker.firstBytes.size() < firstBytes)
        taker.firstBytes += bytes::asText(data).substr(0, firstBytes - taker.firstBytes.size());
    if (taker.firstBytes == "HTTP/") {
        taker.failed = TakerFailed{wire::StealFailure::Broken,
                                   "it answers an HTTP/2 request with HTTP/1; let Podglass "
                                   "translate for it"};
        return;
    }
    taker.end.receive(data);
    if (taker.end.over() && !stream.down.ended && !taker.failed)
        taker.failed = TakerFailed{wire::StealFailure::Broken, "it broke the rules of HTTP/2"};
}

// Its connection is over; that is a failure only before the end of its answer.
void Http2Relay::takerClosed(Http2Stream& stream, TakerFailed how)
{
    if (stream.down.ended)
        onwardClosed(stream, http2::error::none);
    else if (!stream.taker->failed)
        stream.taker->failed = std::move(how);
}

bool Http2Relay::writeTakers()
{
    bool moved = false;
    for (const auto& [id, stream] : m_streams)
        if (stream->taker && stream->taker->stream && !stream->taker->failed)
            moved = writeTaker(*stream) || moved;
    return moved;
}

bool Http2Relay::writeTaker(Http2Stream& stream)
{
    Http2Taker& taker = *stream.taker;
    bool moved = false;
    while (taker.out.size() < sendAhead) {
        const bytes::ByteView data = taker.end.send();
        if (data.empty())
            break;
        taker.out.append(data);
        moved = true;
    }
    if (taker.out.empty())
        return moved;
    const std::size_t went = taker.stream->write(taker.out.view());
    taker.out.consume(went);
    if (went != 0)
        taker.deadline = io::Loop::now() + takerPatience;
    return moved || went != 0;
}

void Http2Relay::keepForReplay(Http2Stream& stream, bytes::ByteView sent)
{
    if (!stream.replayable)
        return;
    if (stream.replay.size() + sent.size() > limits::replayBytes) {
        stream.replayable = false;
        stream.replay = {};
        return;
    }
    stream.replay.insert(stream.replay.end(), sent.begin(), sent.end());
}

void Http2Relay::takerFailed(Http2Stream& stream)
{
    const TakerFailed failed = *stream.taker->failed;
    const Taking by = stream.taker->taking;
    retire(stream, failed.failure, "failed");
    if (stream.callerGone)
        return;
    if (stream.answered) { // half an answer went: only a reset is honest
        stream.downReset = http2::error::internal;
        dropUp(stream);
        return;
    }
    told(stream, flow::Decision::Fallback, &by);
    if (goesOn(by, failed) && stream.replayable && !m_serviceDown)
        again(stream);
    else
        answerBadGateway(stream, failed);
}

// Everything that the taker got goes to the service instead.
void Http2Relay::again(Http2Stream& stream)
{
    const auto replay = std::exchange(stream.replay, {});
    const bytes::ByteView rest = stream.up.body.view();
    bytes::WatermarkBuffer body(replay.size() + limits::http2StreamWindow
                                + limits::proxyBufferBytes);
    body.append(replay);
    body.append(rest);
    stream.up.body = std::move(body);
    stream.up.credited = replay.size();
    stream.up.endSent = false;
    m_parts.context.http2UnderWay += replay.size();
    m_underWay += replay.size();
    stream.replayable = false;
    const bool bodiless = stream.up.ended && stream.up.body.empty() && !stream.up.trailers;
    const std::int32_t id =
        m_upstream.request(stream.id, stream.head, bodiless ? nullptr : &stream.up, &stream);
    if (id == 0) {
        refuse(stream, http2::error::refused);
        return;
    }
    stream.goes = Http2Stream::Goes::Service;
    stream.onward = id;
    stream.onwardGone = false;
    stream.head = {};
}

void Http2Relay::answerBadGateway(Http2Stream& stream, const TakerFailed& failed)
{
    const bool head = std::ranges::any_of(stream.head, [](const http2::Field& field) {
        return field.name == ":method" && field.value == "HEAD";
    });
    const std::string text = badGatewayText(failed);
    stream.answered = true;
    stream.down.ended = true;
    if (!head)
        stream.down.body.append(bytes::asBytes(text));
    if (!head) {
        m_parts.context.http2UnderWay += text.size();
        m_underWay += text.size();
    }
    m_caller.respond(stream.id,
                     {{":status", "502"},
                      {"server", "Podglass"},
                      {"content-type", "text/plain"},
                      {"content-length", std::to_string(text.size())}},
                     &stream.down);
    if (!stream.up.ended)
        stream.downReset = http2::error::none;
    stream.head = {};
    stream.onwardGone = true;
    dropUp(stream);
}

void Http2Relay::retire(Http2Stream& stream, wire::StealFailure failure, std::string_view message)
{
    auto taker = std::move(stream.taker);
    stream.onwardGone = true;
    if (stream.goes == Http2Stream::Goes::Taker)
        stream.goes = Http2Stream::Goes::Nowhere;
    if (!taker->stream)
        return;
    if (!taker->failed && !taker->ended)
        taker->stream->reset(failure, message);
    m_parts.context.retire(std::move(taker->stream));
}

void Http2Relay::abandon()
{
    for (const auto& [id, stream] : m_streams)
        if (stream->taker)
            retire(*stream, wire::StealFailure::CallerGone, "the caller went away");
}

// One timer for all takers of the connection; it looks who is overdue.
void Http2Relay::armTimer()
{
    base::Instant first = base::Instant::max();
    for (const auto& [id, stream] : m_streams)
        if (stream->taker && !stream->answered)
            first = std::min(first, stream->taker->deadline);
    if (m_timerAt <= first)
        return;
    m_timerAt = first;
    m_parts.context.loop.after(first - io::Loop::now(), [self = weak_from_this()] {
        if (const auto alive = self.lock())
            alive->onTimer();
    });
}

void Http2Relay::onTimer()
{
    m_timerAt = base::Instant::max();
    const base::Instant now = io::Loop::now();
    for (const auto& [id, stream] : m_streams) {
        if (!stream->taker || stream->answered || stream->taker->deadline > now
            || stream->taker->failed)
            continue;
        stream->taker->failed = TakerFailed{wire::StealFailure::Silent, {}};
        touch(*stream);
    }
    armTimer();
    m_parts.wake();
}

} // namespace podglass::steal
