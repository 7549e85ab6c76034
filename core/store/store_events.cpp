// SPDX-License-Identifier: Apache-2.0
// The part of Store that applies events of messages, one function a kind.
#include "core/store/store.h"
#include "core/store/store_parts.h"

#include <algorithm>
#include <charconv>
#include <strings.h>

namespace podglass::store {

namespace {

bool sameName(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::string_view hostOf(std::span<const flow::HeaderField> fields)
{
    for (const auto& field : fields)
        if (sameName(field.name, "host") || sameName(field.name, ":authority"))
            return field.value;
    return {};
}

RowState stateOf(flow::MessageFate fate)
{
    switch (fate) {
    case flow::MessageFate::Complete:
        return RowState::Done;
    case flow::MessageFate::CutByClose:
        return RowState::Cut;
    case flow::MessageFate::CutByGap:
        return RowState::Gapped;
    case flow::MessageFate::FramingError:
        return RowState::Broken;
    case flow::MessageFate::Unanswered:
        return RowState::Unanswered;
    }
    return RowState::Done;
}

bool has(std::uint16_t flags, flow::MessageFlag flag)
{
    return (flags & static_cast<std::uint16_t>(flag)) != 0;
}

// What is not the sender's doing raises no suspicion.
std::uint16_t rowFlags(std::uint16_t flags)
{
    constexpr auto ours =
        static_cast<std::uint16_t>(static_cast<unsigned>(flow::MessageFlag::JoinedLate)
                                   | static_cast<unsigned>(flow::MessageFlag::HeadUnreadable));
    unsigned row = (flags & ~ours) != 0 ? unsigned{RowSuspicious} : 0U;
    if (has(flags, flow::MessageFlag::JoinedLate))
        row |= RowJoinedLate;
    if (has(flags, flow::MessageFlag::HeadUnreadable))
        row |= RowUnreadable;
    return static_cast<std::uint16_t>(row);
}

std::string_view valueOf(std::span<const flow::HeaderField> fields, std::string_view name)
{
    for (const auto& field : fields)
        if (sameName(field.name, name))
            return field.value;
    return {};
}

bool beginsWith(std::string_view text, std::string_view start)
{
    return sameName(text.substr(0, start.size()), start);
}

// What the head says of the body.
RowForm formOf(std::span<const flow::HeaderField> fields, RowForm before)
{
    const std::string_view type = valueOf(fields, "content-type");
    if (beginsWith(type, "application/grpc-web"))
        return RowForm::GrpcWeb;
    if (beginsWith(type, "application/grpc"))
        return RowForm::Grpc;
    if (beginsWith(type, "text/event-stream"))
        return RowForm::EventStream;
    return before;
}

// RFC 6455 4.2.2
bool toWebSocket(const flow::ResponseHead& head)
{
    return head.status == 101 && sameName(valueOf(head.fields, "upgrade"), "websocket");
}

bool isStream(const Row& row)
{
    const auto form = static_cast<RowForm>(row.detail);
    return row.kind == RowKind::Exchange && (form == RowForm::WebSocket || form == RowForm::Tunnel);
}

// Others may have a field of the name grpc-status, which does not make them gRPC.
bool isGrpc(const Row& row)
{
    const auto form = static_cast<RowForm>(row.detail);
    return form == RowForm::Grpc || form == RowForm::GrpcWeb;
}

void fillHead(Message& message,
              std::span<const flow::HeaderField> fields,
              bytes::ByteView raw,
              std::uint16_t flags,
              base::Timestamp at)
{
    message.fields.assign(fields);
    message.raw = bytes::asText(raw);
    message.flags = flags;
    message.firstByte = message.lastByte = at;
    message.headSeen = true;
}

} // namespace

// HTTP is over on this connection: the exchange stays open as long as it is.
void Store::becomeStream(Row& row, Number number, std::uint16_t status)
{
    Connection* connection = m_connections.at(row.connection) == nullptr
                                 ? nullptr
                                 : &m_connections.change(row.connection);
    if (connection == nullptr)
        return;
    row.detail = static_cast<std::uint8_t>(status == 101 ? RowForm::WebSocket : RowForm::Tunnel);
    connection->row = number;
    if (status != 101)
        connection->tunnelTo = m_rows.texts().text(row.path);
}

// A response whose request was not seen is shown all the same.
Number Store::appendUnseenRequest(const flow::Event& event, base::ExchangeId exchange)
{
    const Number number = m_connections.numberOf(event.connection, event.target, event.at);
    Connection& connection = m_connections.change(number);
    ++connection.exchanges;
    Row row;
    row.exchange = exchange;
    row.at = event.at;
    row.connection = number;
    row.port = connection.server.port;
    row.mode = modeOf(connection.origin);
    row.flags |= RowRequestUnseen;
    auto content = std::make_unique<Content>();
    content->cost = sizeof(Content);
    const Number appended = m_rows.append(row, std::move(content));
    m_open[exchange] = appended;
    ++m_requests;
    return appended;
}

// On a connection that was joined late the first seen of an exchange may be its response.
void Store::requestAfterAll(Number number, const flow::Event& event, const flow::RequestHead& body)
{
    Row& row = m_rows.change(number);
    if ((row.flags & RowRequestUnseen) == 0)
        return;
    row.flags &= static_cast<decltype(row.flags)>(~RowRequestUnseen);
    row.flags |= rowFlags(body.flags);
    row.method = m_rows.texts().acquire(body.method);
    row.path = m_rows.texts().acquire(body.target);
    row.host = m_rows.texts().acquire(hostOf(body.fields));
    if (Content* content = m_rows.content(number)) {
        fillHead(content->request, body.fields, body.raw, body.flags, event.at);
        m_rows.charge(number, content->request.fields.cost() + body.raw.size());
    }
}

void Store::on(const flow::Event& event, const flow::RequestHead& body)
{
    if (const auto known = m_open.find(body.exchange);
        known != m_open.end() && m_rows.at(known->second) != nullptr) {
        requestAfterAll(known->second, event, body);
        return;
    }
    const Number number = m_connections.numberOf(event.connection, event.target, event.at);
    Connection& connection = m_connections.change(number);
    ++connection.exchanges;
    connection.bytes[0] += body.raw.size();

    Row row;
    row.exchange = body.exchange;
    row.at = event.at;
    row.connection = number;
    row.method = m_rows.texts().acquire(body.method);
    row.path = m_rows.texts().acquire(body.target);
    row.host = m_rows.texts().acquire(hostOf(body.fields));
    row.port = connection.server.port;
    row.version = static_cast<std::uint8_t>(body.version);
    row.mode = modeOf(connection.origin);
    row.flags = rowFlags(body.flags);
    if (connection.joinedLate && connection.exchanges == 1)
        row.flags |= RowLateStart;
    row.detail = static_cast<std::uint8_t>(formOf(body.fields, RowForm::Http));
    auto content = std::make_unique<Content>();
    fillHead(content->request, body.fields, body.raw, body.flags, event.at);
    content->cost = sizeof(Content) + content->request.fields.cost() + body.raw.size();
    m_open[body.exchange] = m_rows.append(row, std::move(content));
    ++m_requests;
    if (m_open.size() > limits::storeOpenExchanges)
        std::erase_if(m_open,
                      [oldest = m_rows.end() - limits::storeOpenExchanges / 2](const auto& entry) {
                          return entry.second < oldest;
                      });
}

void Store::on(const flow::Event& event, const flow::ResponseHead& body)
{
    Number number = find(body.exchange);
    if (number == 0)
        number = appendUnseenRequest(event, body.exchange);
    Row& row = m_rows.change(number);
    if (const Number connection = row.connection; m_connections.at(connection) != nullptr)
        m_connections.change(connection).bytes[1] += body.raw.size();
    if (body.status >= 100 && body.status < 200 && body.status != 101) {
        addInterim(number, event, body);
        return;
    }
    row.status = body.status;
    row.flags |= rowFlags(body.flags);
    if ((row.flags & RowRequestUnseen) != 0)
        row.version = static_cast<std::uint8_t>(body.version);
    row.detail = static_cast<std::uint8_t>(formOf(body.fields, static_cast<RowForm>(row.detail)));
    if (const std::string_view status = valueOf(body.fields, "grpc-status"); !status.empty())
        noteGrpcStatus(row, status);
    const bool tunnels = body.status / 100 == 2 && m_rows.texts().text(row.method) == "CONNECT";
    if (toWebSocket(body) || (tunnels && body.version < 20))
        becomeStream(row, number, body.status);
    if (Content* content = m_rows.content(number)) {
        content->reason = body.reason;
        fillHead(content->response, body.fields, body.raw, body.flags, event.at);
        m_rows.charge(number, content->response.fields.cost() + body.raw.size());
    }
}

void Store::addInterim(Number number, const flow::Event& event, const flow::ResponseHead& body)
{
    constexpr std::size_t most = 32; // a server that says no more than "wait" is no news
    Content* content = m_rows.content(number);
    if (content == nullptr || content->interims.size() >= most)
        return;
    Interim& interim = content->interims.emplace_back();
    interim.at = event.at;
    interim.status = body.status;
    interim.fields.assign(body.fields);
    m_rows.charge(number, sizeof(Interim) + interim.fields.cost());
}

void Store::noteGrpcStatus(Row& row, std::string_view text)
{
    constexpr unsigned highest = 254;
    if (!isGrpc(row))
        return;
    unsigned code = 0;
    const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), code);
    if (error == std::errc() && stopped == text.data() + text.size())
        row.grpcStatus = static_cast<std::uint8_t>(std::min(code, highest));
}

void Store::on(const flow::Event& event, const flow::BodyData& body)
{
    const Number number = find(body.exchange);
    if (number == 0)
        return;
    Row& row = m_rows.change(number);
    const bool request = body.direction == flow::Direction::ClientToServer;
    if (const Number connection = row.connection; m_connections.at(connection) != nullptr)
        m_connections.change(connection).bytes[request ? 0 : 1] += body.data.size();
    if (request)
        row.requestBytes = std::max(row.requestBytes, saturate(body.offset + body.data.size()));
    else
        row.responseBytes = std::max(row.responseBytes, body.offset + body.data.size());
    Content* content = m_rows.content(number);
    if (content == nullptr)
        return;
    Message& message = request ? content->request : content->response;
    message.lastByte = event.at;
    m_rows.charge(number, message.append(body, m_bodyLimit));
}

void Store::on(const flow::Event& event, const flow::MessageEnd& body)
{
    const Number number = find(body.exchange);
    if (number == 0)
        return;
    if (body.direction == flow::Direction::ServerToClient
        || body.fate == flow::MessageFate::Unanswered) {
        endResponse(number, body, event.at);
        return;
    }
    Row& row = m_rows.change(number);
    row.requestBytes = saturate(body.bodyBytes);
    row.flags |= RowRequestEnded;
    if (body.fate != flow::MessageFate::Complete)
        row.state = stateOf(body.fate);
    if (Content* content = m_rows.content(number)) {
        Message& message = content->request;
        message.bodyBytes = body.bodyBytes;
        message.fate = body.fate;
        message.ended = true;
        message.lastByte = event.at;
        if (message.body.size() < body.bodyBytes)
            row.flags |= RowRequestPartial;
        message.trailers.assign(body.trailers);
        m_rows.charge(number, message.trailers.cost());
    }
}

void Store::endResponse(Number number, const flow::MessageEnd& body, base::Timestamp at)
{
    Row& row = m_rows.change(number);
    const auto took =
        std::chrono::duration_cast<std::chrono::microseconds>(base::elapsed(row.at, at));
    row.microseconds = saturate(static_cast<std::uint64_t>(took.count()));
    if (body.fate != flow::MessageFate::Unanswered) {
        row.responseBytes = body.bodyBytes;
        row.flags |= RowResponseEnded;
    }
    if (row.state == RowState::Open || body.fate != flow::MessageFate::Complete)
        row.state = stateOf(body.fate);
    const auto statusClass = static_cast<std::size_t>(row.status / 100);
    if ((row.flags & RowUnreadable) == 0)
        ++m_byStatusClass[statusClass < m_byStatusClass.size() ? statusClass : 0];
    if (isStream(row) && body.fate == flow::MessageFate::Complete) {
        row.state = RowState::Open; // until its connection ends
        row.flags = static_cast<std::uint16_t>(row.flags & ~RowResponseEnded);
    }
    if (Content* content = m_rows.content(number)) {
        Message& message = content->response;
        message.bodyBytes = body.bodyBytes;
        message.fate = body.fate;
        message.ended = true;
        message.lastByte = at;
        if (message.body.size() < body.bodyBytes)
            row.flags |= RowResponsePartial;
        message.trailers.assign(body.trailers);
        m_rows.charge(number, message.trailers.cost());
    }
    if (const std::string_view status = valueOf(body.trailers, "grpc-status"); !status.empty())
        noteGrpcStatus(m_rows.change(number), status);
    m_open.erase(body.exchange);
}

void Store::on(const flow::Event&, const flow::StealDecision& body)
{
    const Number number = find(body.exchange);
    if (number == 0)
        return;
    Row& row = m_rows.change(number);
    row.mode = body.decision == flow::Decision::Stolen     ? RowMode::Stolen
               : body.decision == flow::Decision::PassedOn ? RowMode::Passed
                                                           : RowMode::Fallback;
    if (Content* content = m_rows.content(number)) {
        content->taker = body.taker;
        content->filterRevision = body.filterRevision;
    }
}

void Store::on(const flow::Event& event, const flow::MessageFrame& body)
{
    if (!body.exchange)
        return; // of a connection: what it ends is told stream by stream
    // A WebSocket's exchange has ended long ago; its connection knows the row.
    const Number of = m_connections.numberOf(event.connection, event.target, event.at);
    const Number streamed = m_connections.at(of)->row;
    const Row* known = m_rows.at(streamed);
    const Number number =
        known != nullptr && known->exchange == body.exchange ? streamed : find(body.exchange);
    if (number == 0)
        return;
    Row& row = m_rows.change(number);
    if (body.kind == flow::FrameKind::StreamReset)
        row.flags |= RowReset;
    if (body.kind == flow::FrameKind::GrpcStatus) {
        if (!isGrpc(row))
            return;
        row.grpcStatus = static_cast<std::uint8_t>(std::min(body.code, 254U));
    } else
        ++row.events;
    Content* content = m_rows.content(number);
    if (content == nullptr)
        return;
    content->frames.push_back(
        {event.at, body.offset, body.length, body.code, body.flags, body.kind, body.direction});
    if (content->frames.size() > limits::storeFrames) {
        content->frames.pop_front();
        ++content->framesDropped;
        return;
    }
    m_rows.charge(number, sizeof(Frame));
}

} // namespace podglass::store
