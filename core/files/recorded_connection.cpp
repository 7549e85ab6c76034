// SPDX-License-Identifier: Apache-2.0
#include "core/files/recorded_connection.h"

#include "core/files/recorded_text.h"

#include <algorithm>
#include <strings.h>

namespace podglass::files {

using flow::Direction;

namespace {

bool sameName(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

// RFC 9112 6.1: chunked is the last coding.
bool isChunked(std::span<const flow::HeaderField> fields)
{
    constexpr std::string_view chunked = "chunked";
    for (const flow::HeaderField& field : fields)
        if (sameName(field.name, "transfer-encoding") && field.value.size() >= chunked.size()
            && sameName(field.value.substr(field.value.size() - chunked.size()), chunked))
            return true;
    return false;
}

} // namespace

RecordedConnection::RecordedConnection(PcapngWriter& out,
                                       const flow::ConnectionOpened& opened,
                                       std::uint64_t number)
    : m_made(out, opened, number)
    , m_joinedLate(opened.joinedLate)
{}

void RecordedConnection::onEvent(const flow::Event& event)
{
    m_at = event.at;
    std::visit([&](const auto& body) { on(body, event.at); }, event.body);
}

void RecordedConnection::on(const flow::ConnectionOpened& body, base::Timestamp at)
{
    if (body.joinedLate)
        m_made.comment("joined late: the start of this connection was not seen");
    m_made.open(at);
}

void RecordedConnection::on(const flow::ConnectionClosed& body, base::Timestamp at)
{
    for (const Direction direction : {Direction::ClientToServer, Direction::ServerToClient}) {
        const auto whole = body.streamBytes.at(static_cast<std::size_t>(direction));
        if (side(direction).exact)
            fillUpTo(direction, whole, at);
    }
    if (body.reason == flow::CloseReason::Lagged)
        m_made.comment("closed here: this client fell behind, and had asked for that");
    m_made.close(body, at);
    m_made.flushComment(at);
}

void RecordedConnection::finish(base::Timestamp at)
{
    m_made.comment("still open when recording ended");
    m_made.flushComment(at);
}

void RecordedConnection::on(const flow::ProtocolDetected& body, base::Timestamp)
{
    m_protocol = body.protocol;
    if (body.protocol == flow::Protocol::WebSocket)
        for (Side& each : m_sides)
            each.frames.emplace();
    if (body.protocol != flow::Protocol::Http2 || m_http2)
        return;
    const flow::ExchangeId before = side(Direction::ClientToServer).exchange;
    m_http2 = std::make_unique<Http2Maker>(
        [this](Direction direction, const std::string& text, base::Timestamp at) {
            sendText(direction, text, at);
        },
        m_joinedLate);
    for (Side& each : m_sides)
        each.exact = false;
    if (before)
        m_http2->upgraded(before, m_at);
}

void RecordedConnection::beginHttp1(Direction direction,
                                    flow::ExchangeId exchange,
                                    std::span<const flow::HeaderField> fields,
                                    bytes::ByteView raw,
                                    base::Timestamp at)
{
    Side& in = side(direction);
    in.exchange = exchange;
    in.expected = 0;
    in.lossy = false;
    in.chunked = isChunked(fields);
    if (in.chunked)
        in.exact = false;
    send(direction, raw, at);
}

void RecordedConnection::on(const flow::RequestHead& body, base::Timestamp at)
{
    if (body.version == 20 && m_http2)
        m_http2->request(body, at);
    else
        beginHttp1(Direction::ClientToServer, body.exchange, body.fields, body.raw, at);
}

void RecordedConnection::on(const flow::ResponseHead& body, base::Timestamp at)
{
    if (body.version == 20 && m_http2)
        m_http2->response(body, at);
    else
        beginHttp1(Direction::ServerToClient, body.exchange, body.fields, body.raw, at);
}

void RecordedConnection::on(const flow::BodyData& body, base::Timestamp at)
{
    const bool framed = m_http2 && m_http2->knows(body.exchange);
    Side& in = side(body.direction);
    std::uint64_t& expected =
        framed ? m_bodies[body.exchange.value].at(static_cast<std::size_t>(body.direction))
               : in.expected;
    if (!framed && in.exchange != body.exchange) {
        notDelivered(body.direction, body.data.size(), "a message without its head", at);
        return;
    }
    if (!framed && in.chunked)
        settleChunks(body.direction, body.offset, at);
    if (body.offset > expected && !in.lossy)
        bodyHole(body.direction, body.exchange, body.offset - expected, at);
    in.lossy = false;
    expected = body.offset + body.data.size();
    if (framed)
        sendBody(body, at);
    else if (in.chunked) {
        if (body.data.empty())
            return;
        sendText(body.direction, chunkHead(body.data.size()), at);
        send(body.direction, body.data, at);
        sendText(body.direction, "\r\n", at);
    } else
        send(body.direction, body.data, at);
}

void RecordedConnection::sendBody(const flow::BodyData& body, base::Timestamp at)
{
    bytes::ByteView rest = body.data;
    while (!rest.empty()) {
        const bytes::ByteView part =
            rest.first(std::min<std::size_t>(rest.size(), Http2Maker::frameBytes));
        m_http2->beginData(body.exchange, body.direction, part.size(), at);
        send(body.direction, part, at);
        rest = rest.subspan(part.size());
    }
}

void RecordedConnection::bodyHole(Direction direction,
                                  flow::ExchangeId exchange,
                                  std::uint64_t length,
                                  base::Timestamp at)
{
    if (m_http2 && m_http2->knows(exchange)) {
        while (length != 0) {
            const std::uint64_t part = std::min(length, Http2Maker::frameBytes);
            m_http2->beginData(exchange, direction, part, at);
            notDelivered(direction, part, "of a body", at);
            length -= part;
        }
        return;
    }
    const bool chunked = side(direction).chunked;
    if (chunked)
        sendText(direction, chunkHead(length), at);
    notDelivered(direction, length, "of a body", at);
    if (chunked)
        sendText(direction, "\r\n", at);
}

void RecordedConnection::on(const flow::MessageEnd& body, base::Timestamp at)
{
    if (body.fate == flow::MessageFate::Unanswered && !m_http2)
        return;
    const bool framed = m_http2 && m_http2->knows(body.exchange);
    Side& in = side(body.direction);
    if (!framed && in.exchange != body.exchange)
        return;
    if (!framed && in.chunked)
        settleChunks(body.direction, body.bodyBytes, at);
    const auto known = m_bodies.find(body.exchange.value);
    const std::uint64_t expected = !framed ? in.expected
                                   : known == m_bodies.end()
                                       ? 0
                                       : known->second.at(static_cast<std::size_t>(body.direction));
    if (body.bodyBytes > expected && !in.lossy)
        bodyHole(body.direction, body.exchange, body.bodyBytes - expected, at);
    if (framed) {
        m_http2->end(body, at);
        if (!m_http2->knows(body.exchange))
            m_bodies.erase(body.exchange.value);
        return;
    }
    const bool whole =
        body.fate == flow::MessageFate::Complete || body.fate == flow::MessageFate::CutByGap;
    if (in.chunked && whole) {
        std::string last = "0\r\n";
        for (const flow::HeaderField& field : body.trailers)
            last.append(field.name).append(": ").append(field.value).append("\r\n");
        sendText(body.direction, last + "\r\n", at);
    }
    in.chunked = false;
    if (body.direction == Direction::ServerToClient)
        in.exchange = {};
}

void RecordedConnection::on(const flow::StreamData& body, base::Timestamp at)
{
    Side& in = side(body.direction);
    if (in.exact)
        fillUpTo(body.direction, body.offset, at);
    if (m_protocol == flow::Protocol::WebSocket && in.exact && in.frames)
        sendMasked(body.direction, body.data, at);
    else
        send(body.direction, body.data, at);
}

// Payloads come unmasked (RFC 6455 5.3), their headers as they were: the key is in them.
void RecordedConnection::sendMasked(Direction direction, bytes::ByteView data, base::Timestamp at)
{
    using Frames = parse::WebSocketFrames;
    Frames& frames = *side(direction).frames;
    std::vector<std::uint8_t> made;
    while (!data.empty()) {
        const Frames::Step step = frames.next(data);
        if (step.item == Frames::Item::Error || step.consumed == 0)
            break;
        made.assign(data.begin(), data.begin() + static_cast<std::ptrdiff_t>(step.consumed));
        if (step.item == Frames::Item::Payload)
            frames.unmask(made.data(), made.size(), frames.done() - made.size());
        send(direction, made, at);
        data = data.subspan(step.consumed);
    }
    if (data.empty())
        return;
    side(direction).frames.reset(); // no frames any more
    send(direction, data, at);
}

void RecordedConnection::on(const flow::MessageFrame& body, base::Timestamp)
{
    if (body.kind == flow::FrameKind::StreamReset && m_http2)
        m_http2->reset(body.exchange, body.direction, body.code, m_at);
}

void RecordedConnection::send(Direction direction, bytes::ByteView data, base::Timestamp at)
{
    m_made.send(direction, data, at);
    if (!side(direction).conflicts.empty())
        tellConflicts(direction, at);
    if (!side(direction).gaps.empty() && side(direction).exact)
        settleGaps(direction, at);
}

void RecordedConnection::sendText(Direction direction, const std::string& text, base::Timestamp at)
{
    send(direction, bytes::asBytes(text), at);
}

} // namespace podglass::files
