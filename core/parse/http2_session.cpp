// SPDX-License-Identifier: Apache-2.0
#include "core/parse/http2_session.h"

#include "core/base/limits.h"
#include "core/parse/protocol.h"

#include <algorithm>

namespace podglass::parse {

using flow::Direction;

Http2Session::Http2Session(EventOutput output,
                           Ids& exchangeIds,
                           ParseOptions options,
                           MemoryBudget& budget)
    : m_out(output)
    , m_exchangeIds(exchangeIds)
    , m_options(options)
    , m_budget(budget)
    , m_sides{Side(Direction::ClientToServer, budget), Side(Direction::ServerToClient, budget)}
{
    m_sides[0].prefaceLeft = http2Preface.size();
}

Http2Session::~Http2Session()
{
    m_budget.give(m_streams.size() * http2StreamBytes);
}

std::size_t Http2Session::read(Direction direction, const Input& input)
{
    Side& from = side(direction);
    m_now = input.at;
    std::size_t used = readPreface(from, input.bytes);
    while (m_failure.empty()) {
        from.position = input.position + used;
        if (from.heldBack) {
            if (input.mayWait && awaitsRequest(from))
                return used;
            from.heldBack = false;
            onStart(from);
            continue;
        }
        const Http2FrameWalk::Step step = from.walk.next(input.bytes.subspan(used));
        used += step.consumed;
        switch (step.item) {
        case Http2FrameWalk::Item::NeedMore:
            return used;
        case Http2FrameWalk::Item::Start:
            from.heldBack = true;
            break;
        case Http2FrameWalk::Item::Content:
            onContent(from);
            break;
        case Http2FrameWalk::Item::End:
            onEnd(from);
            break;
        }
    }
    return used;
}

std::size_t Http2Session::readPreface(Side& side, bytes::ByteView bytes)
{
    const std::size_t part = std::min(side.prefaceLeft, bytes.size());
    const std::string_view due = http2Preface.substr(http2Preface.size() - side.prefaceLeft, part);
    if (bytes::asText(bytes.first(part)) != due) {
        fail("no HTTP/2 preface after the upgrade");
        return 0;
    }
    side.prefaceLeft -= part;
    return part;
}

// The segments of a request may come later than those of its response.
bool Http2Session::awaitsRequest(const Side& side) const
{
    const Http2Frame& frame = side.walk.frame();
    return !m_late && side.direction == Direction::ServerToClient
           && frame.type == Http2Type::Headers && frame.stream % 2 == 1
           && frame.stream > m_lastOpened && !m_sides[0].over;
}

void Http2Session::onStart(Side& side)
{
    const Http2Frame& frame = side.walk.frame();
    if (!side.begun) {
        side.begun = true; // RFC 9113 3.4
        if (frame.type != Http2Type::Settings || frame.has(http2::ack) || frame.stream != 0) {
            fail("the first frame is no SETTINGS");
            return;
        }
    }
    if (side.block.open
        && (frame.type != Http2Type::Continuation || frame.stream != side.block.stream)) {
        sayOdd(side); // RFC 9113 6.10
        headersLost(side);
    }
    if (frame.type == Http2Type::Headers || frame.type == Http2Type::PushPromise)
        beginBlock(side);
    else if (frame.type == Http2Type::Continuation)
        continueBlock(side);
}

void Http2Session::beginBlock(Side& side)
{
    const Http2Frame& frame = side.walk.frame();
    side.block = Block{};
    side.block.stream = frame.stream;
    side.block.push = frame.type == Http2Type::PushPromise;
    side.block.endStream = !side.block.push && frame.has(http2::endStream);
    side.block.open = true;
    side.hpack.begin();
    continueBlock(side);
}

void Http2Session::continueBlock(Side& side)
{
    Block& block = side.block;
    if (!block.open) {
        sayOdd(side);
        headersLost(side);
        return;
    }
    ++block.frames;
    block.bytes += side.walk.frame().length;
    if (block.frames <= limits::headerBlockFrames && block.bytes <= limits::headerBlockBytes)
        return;
    m_out.emit(
        flow::Anomaly{
            flow::AnomalyKind::Malformed, side.direction, side.position, block.bytes, {}, {}},
        m_now);
    fail("a header block without end");
}

void Http2Session::onContent(Side& side)
{
    const Http2Frame& frame = side.walk.frame();
    if (frame.type == Http2Type::Data)
        onBody(side, side.walk.content());
    else if (side.block.open)
        side.hpack.feed(side.walk.content());
}

void Http2Session::onEnd(Side& side)
{
    const Http2Frame& frame = side.walk.frame();
    if (side.walk.malformed()) {
        sayOdd(side);
        if (side.block.open)
            headersLost(side);
    }
    switch (frame.type) {
    case Http2Type::Data:
        if (frame.has(http2::endStream)) {
            const Place place = m_streams.find(frame.stream);
            if (place != m_streams.end() && place->second.half(side.direction).begun)
                endHalf(place, side.direction, flow::MessageFate::Complete);
        }
        break;
    case Http2Type::PushPromise:
        if (!side.walk.malformed())
            side.block.promised = readNumber(side.walk.prefix()) & 0x7fffffff;
        [[fallthrough]];
    case Http2Type::Headers:
    case Http2Type::Continuation:
        if (side.block.open && frame.has(http2::endHeaders))
            endBlock(side);
        break;
    case Http2Type::ResetStream:
        onReset(side);
        break;
    case Http2Type::GoAway:
        onGoAway(side);
        break;
    default:
        break;
    }
}

void Http2Session::endBlock(Side& side)
{
    side.hpack.end();
    side.block.open = false;
    if (side.hpack.broken())
        sayUnreadable(side);
    if (side.block.push)
        onPush(side);
    else if (side.direction == Direction::ClientToServer)
        onRequestBlock(side);
    else
        onResponseBlock(side);
}

// What the table holds is not known from here. A block that is open goes on to its end, so that
// its message is begun and ended.
void Http2Session::headersLost(Side& side)
{
    side.hpack.giveUp();
    sayUnreadable(side);
}

void Http2Session::sayUnreadable(Side& side)
{
    if (std::exchange(side.unreadable, true))
        return;
    const bool client = side.direction == Direction::ClientToServer;
    const std::string detail = std::string(client ? "request" : "response")
                               + " headers unreadable from byte " + std::to_string(side.position);
    m_out.emit(flow::ProtocolDetected{flow::Protocol::Http2, detail}, m_now);
}

// Once a direction: what is against the rules is read as far as its meaning is certain.
void Http2Session::sayOdd(Side& side)
{
    if (std::exchange(side.oddity, true))
        return;
    m_out.emit(
        flow::Anomaly{flow::AnomalyKind::Malformed, side.direction, side.position, 0, {}, {}},
        m_now);
}

void Http2Session::fail(std::string_view why)
{
    for (Side& each : m_sides)
        finish(each.direction, flow::MessageFate::FramingError, m_now);
    m_failure = why;
}

} // namespace podglass::parse
