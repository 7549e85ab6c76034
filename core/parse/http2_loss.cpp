// SPDX-License-Identifier: Apache-2.0
// HTTP/2 where bytes are missing, and where the streams end.
#include "core/parse/http2_session.h"

#include <algorithm>

namespace podglass::parse {

using flow::Direction;
using flow::MessageFate;

void Http2Session::upgraded(flow::ExchangeId exchange)
{
    m_lastOpened = 1;
    if (!m_budget.take(http2StreamBytes))
        m_budget.force(http2StreamBytes);
    Http2Stream& stream = m_streams[1];
    stream.exchange = exchange;
    stream.request().begun = stream.request().ended = true;
}

void Http2Session::joinLate(Direction direction, base::Timestamp at)
{
    Side& joined = side(direction);
    m_now = at;
    m_late = true;
    joined.prefaceLeft = 0;
    joined.begun = true;
    joined.hpack.giveUp();
    sayUnreadable(joined);
}

// Streams below the first one that was opened while we looked began before; each is told once, so
// what comes late for one that is over opens none.
Http2Session::Place Http2Session::joinStream(std::uint32_t id)
{
    constexpr std::size_t most = 256;
    if (!m_late || id % 2 == 0 || id >= m_firstOpened || m_joined.size() >= most
        || std::ranges::find(m_joined, id) != m_joined.end())
        return m_streams.end();
    m_joined.push_back(id);
    const Place place = openStream(id);
    if (place != m_streams.end())
        place->second.late = true;
    return place;
}

// The head of a stream that began before was not seen.
void Http2Session::beginLate(Side& side, Place place)
{
    constexpr auto flags =
        static_cast<std::uint16_t>(static_cast<std::uint16_t>(flow::MessageFlag::JoinedLate)
                                   | static_cast<std::uint16_t>(flow::MessageFlag::HeadUnreadable));
    if (side.direction == Direction::ClientToServer) {
        beginRequest(place, Http2Head(), flags);
        return;
    }
    place->second.response().begun = true;
    m_out.emit(flow::ResponseHead{place->second.exchange, 0, {}, 20, flags, {}, {}}, m_now);
}

bool Http2Session::gap(Direction direction, std::uint64_t length, base::Timestamp at)
{
    Side& holed = side(direction);
    m_now = at;
    std::uint64_t lost = 0;
    if (holed.prefaceLeft > 0 || holed.heldBack || !holed.walk.skip(length, lost)) {
        finish(direction, MessageFate::CutByGap, at);
        return false;
    }
    holed.position += length;
    const Http2Frame& frame = holed.walk.frame();
    if (frame.type == Http2Type::Data) {
        const Place place = m_streams.find(frame.stream);
        if (place != m_streams.end() && place->second.half(direction).begun) {
            place->second.half(direction).holed = true;
            place->second.half(direction).bodyBytes += lost;
            place->second.half(direction).grpc.skip(lost);
        }
    } else if (holed.block.open) {
        headersLost(holed);
    }
    return true;
}

void Http2Session::finish(Direction direction, MessageFate fate, base::Timestamp at)
{
    Side& ending = side(direction);
    m_now = at;
    if (ending.over)
        return;
    ending.over = true;
    ending.overFate = fate;
    if (direction == Direction::ClientToServer)
        tellHidden();
    for (Place place = m_streams.begin(); place != m_streams.end();)
        settle(place++);
}

} // namespace podglass::parse
