// SPDX-License-Identifier: Apache-2.0
// HTTP/2 where bytes are missing, and where the streams end.
#include "core/parse/http2_session.h"

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
