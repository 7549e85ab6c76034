// SPDX-License-Identifier: Apache-2.0
// What happens when bytes are missing and when the streams end.
#include "core/parse/connection.h"
#include "core/parse/tls_hello.h"

namespace podglass::parse {

using flow::Direction;
using flow::MessageFate;

namespace {

// Record type and both bytes of the version: no text begins like that.
constexpr std::size_t certainTlsBytes = 3;

} // namespace

void Connection::gap(const flow::Gap& gap, base::Timestamp at)
{
    m_out.emit(gap, at);
    Side& holed = side(gap.direction);
    holed.at = at;
    m_unsure = true;
    if (m_tls)
        m_tls->giveUp(gap.direction);
    if (holed.reading == Reading::Detecting)
        undetectable(at);
    // What waited for the other side waits no longer: what is missing comes behind it.
    m_hurry = true;
    pump(holed);
    m_hurry = false;
    if (holed.reading == Reading::Messages) {
        const bool whole = holed.rest.empty();
        if (whole && holed.parser.skip(gap.length)) {
            holed.message.grpc.skip(gap.length);
            holed.message.bodyBytes += gap.length;
            holed.message.holed = true;
            pump(holed); // the end may be due
        } else {
            lose(holed);
        }
    } else if (holed.reading == Reading::Http2) {
        if (!holed.rest.empty() || !m_http2->gap(gap.direction, gap.length, at))
            loseHttp2(holed);
    } else if (holed.reading == Reading::WebSocket) {
        if (!m_webSocket->gap(gap.direction, gap.length))
            holed.reading = Reading::Raw;
    } else if (holed.reading != Reading::Raw) {
        lose(holed);
    }
    holed.position = gap.offset + gap.length;
    server().wake = true;
    settle();
}

// The first bytes are missing; what is there is still not fed to the wrong reader.
void Connection::undetectable(base::Timestamp at)
{
    if (client().rest.size() >= certainTlsBytes
        && readTlsHello(client().rest).state == TlsHello::State::Incomplete) {
        decide(flow::Protocol::Tls, {}, at);
        return;
    }
    for (Side& side : m_sides) {
        side.reading = Reading::Seeking;
        side.late = side.wake = true;
    }
}

// What waited to become certain is shown as it is.
void Connection::showRest(Side& side, base::Timestamp at)
{
    if (side.reading == Reading::Seeking && m_protocol == flow::Protocol::Unknown
        && !side.rest.empty()) {
        m_protocol = flow::Protocol::Raw;
        m_out.emit(flow::ProtocolDetected{m_protocol, {}}, at);
    }
    showRaw(side, side.rest);
}

// Bytes of unknown meaning are missing: give the message up and wait for a certain start.
void Connection::lose(Side& side)
{
    const bool partialHead = !side.rest.empty();
    if (!side.open)
        showRest(side, side.at);
    side.rest.clear();
    if (side.open)
        endMessage(side, MessageFate::CutByGap, side.at);
    else if (side.direction == Direction::ServerToClient && partialHead && !m_outstanding.empty())
        endUnanswered(MessageFate::CutByGap, side.at);
    if (side.direction == Direction::ServerToClient)
        doubtOutstanding(side.at);
    else
        m_awaiting = {};
    side.parser.reset();
    side.reading = Reading::Seeking;
    side.late = true;
}

// Where the frames begin is not known any more.
void Connection::loseHttp2(Side& side)
{
    m_http2->finish(side.direction, MessageFate::CutByGap, side.at);
    showRaw(side, side.rest);
    side.rest.clear();
    side.reading = Reading::Raw;
}

// Responses may be among the missing bytes. Of one request the next event tells; of several, no
// response could be given to its request with certainty.
void Connection::doubtOutstanding(base::Timestamp at)
{
    if (m_outstanding.size() == 1)
        m_outstanding.front().doubtful = true;
    else
        while (!m_outstanding.empty())
            endUnanswered(MessageFate::CutByGap, at);
}

void Connection::finished(Direction direction, base::Timestamp at)
{
    Side& ending = side(direction);
    ending.finished = true;
    const bool clientsEnd = direction == Direction::ClientToServer;
    if (!server().rest.empty() || (clientsEnd && !client().rest.empty()))
        decideNow(at);
    client().wake = server().wake = true;
    settle();
    endSide(ending, true, at);
    if (!clientsEnd)
        endAllUnanswered(at);
}

// `cleanly`: the stream ended, rather than our sight of it.
void Connection::endSide(Side& side, bool cleanly, base::Timestamp at)
{
    if (m_http2)
        m_http2->finish(side.direction, MessageFate::CutByClose, at);
    if (side.open) {
        MessageFate fate = side.parser.finish();
        if (!cleanly && fate == MessageFate::Complete)
            fate = MessageFate::CutByClose;
        if (side.message.interim)
            side.open = false;
        else
            endMessage(side, fate, at);
    } else {
        showRest(side, at);
    }
    side.rest.clear();
    side.reading = Reading::Raw;
}

void Connection::endAllUnanswered(base::Timestamp at)
{
    while (!m_outstanding.empty())
        endUnanswered(
            m_outstanding.front().doubtful ? MessageFate::CutByGap : MessageFate::Unanswered, at);
}

void Connection::closed(const flow::ConnectionClosed& closed, base::Timestamp at)
{
    client().finished = server().finished = true;
    if (!client().rest.empty() || !server().rest.empty())
        decideNow(at);
    client().wake = server().wake = true;
    settle();
    for (Side& side : m_sides)
        endSide(side, false, at);
    endAllUnanswered(at);
    m_out.emit(closed, at);
}

} // namespace podglass::parse
