// SPDX-License-Identifier: Apache-2.0
// Streams of HTTP/2 as exchanges: heads, bodies, trailers, resets.
#include "core/base/limits.h"
#include "core/parse/http2_session.h"

#include <algorithm>
#include <charconv>

namespace podglass::parse {

using flow::Direction;
using flow::MessageFate;

namespace {

constexpr auto joinedLate = static_cast<std::uint16_t>(flow::MessageFlag::JoinedLate);
constexpr auto unreadable = static_cast<std::uint16_t>(flow::MessageFlag::HeadUnreadable);
constexpr std::uint16_t version = 20;

} // namespace

void Http2Session::onRequestBlock(Side& side)
{
    const std::uint32_t id = side.block.stream;
    m_firstOpened = std::min(m_firstOpened, id);
    Place place = m_streams.find(id);
    if (place != m_streams.end() && place->second.request().begun) {
        onTrailers(side, place);
        return;
    }
    if (place != m_streams.end() && place->second.late) {
        beginRequest(place,
                     side.hpack.broken() ? Http2Head() : readHttp2Request(side.hpack.fields()),
                     side.hpack.broken() ? unreadable : side.hpack.flags());
        if (side.block.endStream)
            endHalf(place, Direction::ClientToServer, MessageFate::Complete);
        return;
    }
    if (id % 2 == 0 || id <= m_lastOpened) {
        sayOdd(side); // RFC 9113 5.1.1; or its response did not wait for it; or it is not shown
        return;
    }
    m_lastOpened = id;
    place = m_resets.full(m_now) ? m_streams.end() : openStream(id);
    if (place == m_streams.end()) {
        constexpr std::uint64_t tellEach = 1'000;
        if (++m_hidden >= tellEach)
            tellHidden();
        return;
    }
    tellHidden();
    const bool broken = side.hpack.broken();
    beginRequest(place,
                 broken ? Http2Head() : readHttp2Request(side.hpack.fields()),
                 broken ? unreadable : side.hpack.flags());
    if (side.block.endStream)
        endHalf(place, Direction::ClientToServer, MessageFate::Complete);
}

void Http2Session::beginRequest(Place place, const Http2Head& head, std::uint16_t flags)
{
    Http2Half& half = place->second.request();
    half.begun = true;
    half.declaredBytes = head.contentLength;
    if (head.grpc)
        half.grpc.begin();
    m_out.emit(flow::RequestHead{place->second.exchange,
                                 head.method,
                                 head.target,
                                 version,
                                 static_cast<std::uint16_t>(head.flags | flags),
                                 head.fields,
                                 {}},
               m_now);
}

// Streams that are not shown are told by their number.
void Http2Session::tellHidden()
{
    if (m_hidden == 0)
        return;
    m_out.emit(flow::Lost{flow::LossPlace::Agent, Direction::ClientToServer, m_hidden, m_hidden, 0},
               m_now);
    m_hidden = 0;
}

void Http2Session::onPush(Side& side)
{
    const std::uint32_t id = side.block.promised;
    if (side.direction != Direction::ServerToClient || id % 2 == 1 || id <= m_lastPromised) {
        sayOdd(side);
        return;
    }
    m_lastPromised = id;
    const Place place = openStream(id);
    if (place == m_streams.end()) {
        ++m_hidden;
        return;
    }
    const bool broken = side.hpack.broken();
    beginRequest(place,
                 broken ? Http2Head() : readHttp2Request(side.hpack.fields()),
                 broken ? unreadable : side.hpack.flags());
    endHalf(place, Direction::ClientToServer, MessageFate::Complete);
}

void Http2Session::onResponseBlock(Side& side)
{
    const std::uint32_t id = side.block.stream;
    Place place = m_streams.find(id);
    std::uint16_t flags = side.hpack.flags();
    if (place == m_streams.end() && id <= m_lastOpened) {
        place = joinStream(id);
        flags |= joinedLate;
    }
    if (place == m_streams.end()) {
        if (id % 2 == 0 || id <= m_lastOpened)
            return; // finished, reset or not shown
        m_lastOpened = id;
        place = openStream(id);
        if (place == m_streams.end()) {
            ++m_hidden;
            return;
        }
        flags |= joinedLate; // its request was not seen
    }
    Http2Half& half = place->second.response();
    if (half.begun) {
        onTrailers(side, place);
        return;
    }
    const bool broken = side.hpack.broken();
    const Http2Head head = broken ? Http2Head() : readHttp2Response(side.hpack.fields());
    if (broken)
        flags |= unreadable;
    const bool interim = head.status >= 100 && head.status < 200 && !side.block.endStream;
    half.begun = !interim;
    half.declaredBytes = head.contentLength;
    m_out.emit(flow::ResponseHead{place->second.exchange,
                                  head.status,
                                  {},
                                  version,
                                  static_cast<std::uint16_t>(head.flags | flags),
                                  head.fields,
                                  {}},
               m_now);
    if (head.grpc)
        half.grpc.begin();
    if (side.block.endStream) {
        tellGrpcStatus(place->second, head.fields);
        endHalf(place, Direction::ServerToClient, MessageFate::Complete);
    }
}

void Http2Session::tellGrpcStatus(const Http2Stream& stream,
                                  std::span<const flow::HeaderField> fields)
{
    for (const flow::HeaderField& field : fields) {
        if (field.name != "grpc-status")
            continue;
        flow::MessageFrame frame;
        frame.exchange = stream.exchange;
        frame.direction = Direction::ServerToClient;
        frame.kind = flow::FrameKind::GrpcStatus;
        const char* end = field.value.data() + field.value.size();
        const auto [stopped, error] = std::from_chars(field.value.data(), end, frame.code);
        if (error == std::errc() && stopped == end)
            m_out.emit(frame, m_now);
    }
}

// A second block of a message: its trailers, which end it (RFC 9113 8.1).
void Http2Session::onTrailers(Side& side, Place place)
{
    if (place->second.half(side.direction).ended) {
        sayOdd(side);
        return;
    }
    if (!side.block.endStream) {
        // Where heads are unreadable, a final head behind an interim one looks the same.
        if (!side.hpack.broken())
            sayOdd(side);
        return;
    }
    if (side.hpack.broken()) {
        endHalf(place, side.direction, MessageFate::Complete);
        return;
    }
    const Http2Head trailers = readHttp2Trailers(side.hpack.fields());
    if (trailers.flags != 0)
        sayOdd(side);
    if (side.direction == Direction::ServerToClient)
        tellGrpcStatus(place->second, trailers.fields);
    endHalf(place, side.direction, MessageFate::Complete, trailers.fields);
}

void Http2Session::onBody(Side& side, bytes::ByteView data)
{
    Place place = m_streams.find(side.walk.frame().stream);
    if (place == m_streams.end())
        place = joinStream(side.walk.frame().stream);
    if (place == m_streams.end())
        return;
    Http2Half& half = place->second.half(side.direction);
    if (!half.begun && place->second.late)
        beginLate(side, place);
    if (!half.begun || half.ended) {
        if (!data.empty())
            sayOdd(side);
        return;
    }
    while (!data.empty()) {
        bool began = false;
        const std::size_t part = half.grpc.advance(data, began);
        showBody(place->second, side.direction, data.first(part));
        data = data.subspan(part);
        if (!began)
            continue;
        m_out.emit(half.grpc.frame(place->second.exchange, side.direction, half.bodyBytes), m_now);
    }
}

void Http2Session::showBody(Http2Stream& stream, Direction direction, bytes::ByteView data)
{
    Http2Half& half = stream.half(direction);
    const std::uint64_t room =
        m_options.bodyLimit > half.bodyBytes ? m_options.bodyLimit - half.bodyBytes : 0;
    const auto shown = static_cast<std::size_t>(std::min<std::uint64_t>(room, data.size()));
    m_out.body({stream.exchange, direction, half.bodyBytes, data.first(shown)}, m_now);
    half.withheld += data.size() - shown;
    half.bodyBytes += data.size();
}

void Http2Session::onReset(Side& side)
{
    const Place place = m_streams.find(side.walk.frame().stream);
    if (place == m_streams.end())
        return;
    if (side.direction == Direction::ClientToServer && !place->second.response().begun)
        m_resets.count(m_now);
    flow::MessageFrame frame;
    frame.exchange = place->second.exchange;
    frame.direction = side.direction;
    frame.kind = flow::FrameKind::StreamReset;
    frame.code = readNumber(side.walk.prefix());
    m_out.emit(frame, m_now);
    endStream(place, MessageFate::CutByClose);
}

// The server says which streams it will not answer (RFC 9113 6.8).
void Http2Session::onGoAway(Side& side)
{
    if (side.walk.malformed())
        return;
    const std::uint32_t last = readNumber(side.walk.prefix()) & 0x7fffffff;
    flow::MessageFrame frame;
    frame.direction = side.direction;
    frame.kind = flow::FrameKind::GoAway;
    frame.offset = last;
    frame.code = readNumber(side.walk.prefix().subspan(4));
    m_out.emit(frame, m_now);
    if (side.direction != Direction::ServerToClient)
        return;
    for (Place place = m_streams.upper_bound(last); place != m_streams.end();) {
        const Place refused = place++;
        if (refused->first % 2 == 1)
            endStream(refused, MessageFate::CutByClose);
    }
}

// The end of the map: there is no room.
Http2Session::Place Http2Session::openStream(std::uint32_t id)
{
    if (m_streams.size() >= limits::http2Streams)
        endStream(m_streams.begin(), MessageFate::CutByClose);
    if (!m_budget.take(http2StreamBytes)) {
        if (m_streams.empty())
            return m_streams.end();
        endStream(m_streams.begin(), MessageFate::CutByClose);
        if (!m_budget.take(http2StreamBytes))
            return m_streams.end();
    }
    const Place place = m_streams.emplace(id, Http2Stream()).first;
    place->second.exchange = {m_exchangeIds.next()};
    return place;
}

// Ends both halves as they stand, and the stream.
void Http2Session::endStream(Place place, MessageFate fate)
{
    for (const Side& each : m_sides)
        tellEnd(place->second, each.direction, fate);
    forget(place);
}

void Http2Session::endHalf(Place place,
                           Direction direction,
                           MessageFate fate,
                           std::span<const flow::HeaderField> trailers)
{
    tellEnd(place->second, direction, fate, trailers);
    settle(place);
}

// A half whose direction is over will not be heard of again.
void Http2Session::settle(Place place)
{
    for (const Side& each : m_sides)
        if (each.over)
            tellEnd(place->second, each.direction, each.overFate);
    if (place->second.done())
        forget(place);
}

void Http2Session::forget(Place place)
{
    m_streams.erase(place);
    m_budget.give(http2StreamBytes);
}

void Http2Session::tellEnd(Http2Stream& stream,
                           Direction direction,
                           MessageFate fate,
                           std::span<const flow::HeaderField> trailers)
{
    Http2Half& half = stream.half(direction);
    const bool request = direction == Direction::ClientToServer;
    if (half.ended || (request && !half.begun))
        return;
    half.ended = true;
    if (!half.begun && fate == MessageFate::CutByClose)
        fate = MessageFate::Unanswered;
    if (half.holed && fate == MessageFate::Complete)
        fate = MessageFate::CutByGap;
    // RFC 9113 8.1.1; a response to HEAD declares what it does not send.
    const bool declaredOther = half.declaredBytes && *half.declaredBytes != half.bodyBytes
                               && (request || half.bodyBytes > 0);
    if (declaredOther && fate == MessageFate::Complete)
        sayOdd(side(direction));
    m_out.emit(
        flow::MessageEnd{stream.exchange, direction, fate, half.bodyBytes, half.withheld, trailers},
        m_now);
}

} // namespace podglass::parse
