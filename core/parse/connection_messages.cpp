// SPDX-License-Identifier: Apache-2.0
// Heads, bodies and ends of messages, and which response belongs to which request.
#include "core/base/limits.h"
#include "core/parse/connection.h"
#include "core/parse/http1_text.h"
#include "core/parse/http2_head.h"

#include <algorithm>

namespace podglass::parse {

using flow::Direction;
using flow::MessageFate;

namespace {

constexpr auto joinedLate = static_cast<std::uint16_t>(flow::MessageFlag::JoinedLate);

// Only what changes the meaning of a response is kept of a method.
std::string_view decidingMethod(std::string_view method)
{
    if (method == "HEAD")
        return "HEAD";
    if (method == "CONNECT")
        return "CONNECT";
    return {};
}

flow::Protocol upgradedTo(const Http1Head& head)
{
    for (const flow::HeaderField& field : head.fields) {
        if (!http1::equalsLower(field.name, "upgrade"))
            continue;
        if (http1::equalsLower(field.value, "websocket"))
            return flow::Protocol::WebSocket;
        if (http1::equalsLower(field.value, "h2c"))
            return flow::Protocol::Http2;
    }
    return flow::Protocol::Raw;
}

} // namespace

// One item of the parser. False: nothing more can be read now.
bool Connection::step(Side& side, bytes::ByteView input, std::size_t& used)
{
    if (mustWait(side, input.size()))
        return false;
    if (side.direction == Direction::ServerToClient && side.parser.betweenMessages())
        side.parser.answering(m_outstanding.empty() ? std::string_view()
                                                    : m_outstanding.front().method);
    const Http1Parser::Step did = side.parser.next(input);
    used += did.consumed;
    side.position += did.consumed;
    switch (did.item) {
    case Http1Item::NeedMore:
        return false;
    case Http1Item::Head:
        onHead(side);
        break;
    case Http1Item::Body:
        onBody(side);
        break;
    case Http1Item::End:
        onEnd(side);
        break;
    case Http1Item::Error:
        onError(side);
        break;
    }
    return true;
}

void Connection::onHead(Side& side)
{
    const Http1Head& head = side.parser.head();
    side.message = Message{};
    side.message.last = !head.keepAlive;
    for (const flow::HeaderField& field : head.fields)
        if (http1::equalsLower(field.name, "content-type") && isGrpc(field.value))
            side.message.grpc.begin();
    side.open = true;
    if (side.direction == Direction::ClientToServer)
        onRequestHead(side, head);
    else
        onResponseHead(side, head);
    side.late = false;
}

void Connection::onRequestHead(Side& side, const Http1Head& head)
{
    // A client that goes on has its answers, though they were not seen.
    while (!m_outstanding.empty() && m_outstanding.front().doubtful)
        endUnanswered(MessageFate::CutByGap, side.at);
    if (m_outstanding.size() >= limits::pipelinedRequests)
        endUnanswered(MessageFate::Unanswered, side.at, server().open ? 1 : 0);
    side.message.exchange = {m_exchangeIds.next()};
    m_outstanding.push({side.message.exchange, decidingMethod(head.method)});
    if (head.upgrade || head.method == "CONNECT")
        m_awaiting = side.message.exchange;
    const auto flags = static_cast<std::uint16_t>(head.flags | (side.late ? joinedLate : 0));
    m_out.emit(flow::RequestHead{side.message.exchange,
                                 head.method,
                                 head.target,
                                 head.version,
                                 flags,
                                 head.fields,
                                 head.raw},
               side.at);
    server().wake = true;
}

void Connection::onResponseHead(Side& side, const Http1Head& head)
{
    auto flags = static_cast<std::uint16_t>(head.flags | (side.late ? joinedLate : 0));
    if (m_outstanding.empty()) {
        m_outstanding.push({flow::ExchangeId{m_exchangeIds.next()}, {}});
        flags |= joinedLate;
    }
    Outstanding& request = m_outstanding.front();
    request.doubtful = false;
    side.message.exchange = request.exchange;
    side.message.interim = head.status < 200 && head.status != 101;
    if (side.message.interim)
        side.message.last = false;
    if (head.upgrade)
        m_tunnelProtocol = upgradedTo(head);
    m_out.emit(
        flow::ResponseHead{
            request.exchange, head.status, head.reason, head.version, flags, head.fields, head.raw},
        side.at);
}

void Connection::onBody(Side& side)
{
    bytes::ByteView data = side.parser.body();
    while (!data.empty()) {
        bool began = false;
        GrpcFraming& grpc = side.message.grpc;
        const std::size_t part = grpc.advance(data, began);
        showBody(side, data.first(part));
        data = data.subspan(part);
        if (began)
            m_out.emit(grpc.frame(side.message.exchange, side.direction, side.message.bodyBytes),
                       side.at);
    }
}

void Connection::showBody(Side& side, bytes::ByteView data)
{
    Message& message = side.message;
    const std::uint64_t room =
        m_options.bodyLimit > message.bodyBytes ? m_options.bodyLimit - message.bodyBytes : 0;
    const auto shown = static_cast<std::size_t>(std::min<std::uint64_t>(room, data.size()));
    m_out.body({message.exchange, side.direction, message.bodyBytes, data.first(shown)}, side.at);
    message.withheld += data.size() - shown;
    message.bodyBytes += data.size();
}

void Connection::onEnd(Side& side)
{
    if (side.message.interim) {
        side.open = false;
        return;
    }
    const flow::ExchangeId exchange = side.message.exchange;
    if (side.parser.tunnelled() && m_tunnelProtocol == flow::Protocol::Http2) {
        upgradeToHttp2(side);
        return;
    }
    endMessage(side, MessageFate::Complete, side.at);
    if (side.parser.tunnelled()) {
        tunnel();
        return;
    }
    if (side.direction == Direction::ServerToClient && exchange == m_awaiting) {
        m_awaiting = {};
        client().wake = true;
    }
    if (side.message.last)
        side.reading = Reading::Raw;
}

void Connection::onError(Side& side)
{
    if (side.open)
        endMessage(side, MessageFate::FramingError, side.at);
    else if (side.direction == Direction::ServerToClient && !m_outstanding.empty())
        endUnanswered(MessageFate::FramingError, side.at);
    side.reading = Reading::Raw;
    side.direction == Direction::ServerToClient ? client().wake = true : server().wake = true;
}

// Ends the message that `side` is in; a response takes its request off the queue.
void Connection::endMessage(Side& side, MessageFate fate, base::Timestamp at)
{
    side.open = false;
    Message& message = side.message;
    if (message.holed && fate == MessageFate::Complete)
        fate = MessageFate::CutByGap;
    const auto trailers = fate == MessageFate::Complete || fate == MessageFate::CutByGap
                              ? side.parser.trailers()
                              : std::span<const flow::HeaderField>();
    m_out.emit(
        flow::MessageEnd{
            message.exchange, side.direction, fate, message.bodyBytes, message.withheld, trailers},
        at);
    if (side.direction == Direction::ServerToClient && !m_outstanding.empty()
        && m_outstanding.front().exchange == message.exchange)
        m_outstanding.remove(0);
}

// A request, as a rule the oldest, gets no response that could be shown.
void Connection::endUnanswered(MessageFate fate, base::Timestamp at, std::size_t index)
{
    const flow::ExchangeId exchange = m_outstanding.at(index).exchange;
    m_out.emit(flow::MessageEnd{exchange, Direction::ServerToClient, fate, 0, 0, {}}, at);
    m_outstanding.remove(index);
}

// HTTP ends here for both sides (RFC 9110 7.8, 9.3.6).
void Connection::tunnel()
{
    m_awaiting = {};
    if (client().open)
        endMessage(client(), MessageFate::CutByClose, client().at);
    m_protocol = m_tunnelProtocol;
    m_out.emit(flow::ProtocolDetected{m_protocol, {}}, server().at);
    server().reading = client().reading = Reading::Raw;
    if (m_protocol == flow::Protocol::WebSocket) {
        m_webSocket = std::make_unique<WebSocketSession>(
            m_out, server().message.exchange, !m_options.alsoStreams);
        server().reading = client().reading = Reading::WebSocket;
    } else {
        m_tls = std::make_unique<TlsWatch>();
    }
    pump(client()); // what it sent ahead comes before what the server says in the tunnel
}

// The 101 was an interim answer: the final one comes on stream 1 (RFC 7540 3.2).
void Connection::upgradeToHttp2(Side& side)
{
    side.open = false;
    beginHttp2();
    m_http2->upgraded(side.message.exchange);
    if (!m_outstanding.empty())
        m_outstanding.remove(0);
    m_awaiting = {};
    if (client().open)
        endMessage(client(), MessageFate::CutByClose, client().at);
    m_protocol = flow::Protocol::Http2;
    m_out.emit(flow::ProtocolDetected{m_protocol, {}}, side.at);
    client().reading = server().reading = Reading::Http2;
    pump(client());
}

} // namespace podglass::parse
