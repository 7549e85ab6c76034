// SPDX-License-Identifier: Apache-2.0
// The part of Store that applies flow events, one function a kind.
#include "core/store/store.h"

#include <algorithm>
#include <limits>
#include <strings.h>

namespace podglass::store {

namespace {

std::uint32_t saturate(std::uint64_t value)
{
    return static_cast<std::uint32_t>(
        std::min<std::uint64_t>(value, std::numeric_limits<std::uint32_t>::max()));
}

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

RowMode modeOf(flow::Origin origin)
{
    switch (origin) {
    case flow::Origin::Mirror:
        return RowMode::Mirror;
    case flow::Origin::Steal:
        return RowMode::Passed;
    case flow::Origin::File:
        return RowMode::File;
    }
    return RowMode::Mirror;
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

bool suspicious(std::uint16_t flags)
{
    return (flags & ~static_cast<std::uint16_t>(flow::MessageFlag::JoinedLate)) != 0;
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

void Store::on(const flow::Event& event, const flow::ConnectionOpened& body)
{
    const Number number = m_connections.numberOf(event.connection, event.target, event.at);
    Connection& row = m_connections.change(number);
    row.client = body.client;
    row.server = body.server;
    row.origin = body.origin;
    row.joinedLate = body.joinedLate;
    row.known = true;
}

void Store::on(const flow::Event& event, const flow::ConnectionClosed& body)
{
    const Number number = m_connections.numberOf(event.connection, event.target, event.at);
    Connection& row = m_connections.change(number);
    row.open = false;
    row.closedAt = event.at;
    row.reason = body.reason;
    for (std::size_t i = 0; i < 2; ++i)
        row.bytes[i] = std::max(row.bytes[i], body.streamBytes[i]);
}

void Store::on(const flow::Event& event, const flow::ProtocolDetected& body)
{
    const Number number = m_connections.numberOf(event.connection, event.target, event.at);
    Connection& row = m_connections.change(number);
    row.protocol = body.protocol;
    row.detail = body.detail;
}

void Store::on(const flow::Event& event, const flow::RequestHead& body)
{
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
    row.version = body.version;
    row.mode = modeOf(connection.origin);
    if (suspicious(body.flags))
        row.flags |= RowSuspicious;
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
    const Number number = find(body.exchange);
    if (number == 0)
        return;
    Row& row = m_rows.change(number);
    if (const Number connection = row.connection; m_connections.at(connection) != nullptr)
        m_connections.change(connection).bytes[1] += body.raw.size();
    if (body.status < 200 && body.status != 101) // interim: the final head follows
        return;
    row.status = body.status;
    if (suspicious(body.flags))
        row.flags |= RowSuspicious;
    if (Content* content = m_rows.content(number)) {
        content->reason = body.reason;
        fillHead(content->response, body.fields, body.raw, body.flags, event.at);
        m_rows.charge(number, content->response.fields.cost() + body.raw.size());
    }
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
    ++m_byStatusClass[statusClass < m_byStatusClass.size() ? statusClass : 0];
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
    m_open.erase(body.exchange);
}

void Store::on(const flow::Event& event, const flow::StreamData& body)
{
    const Number number = m_connections.numberOf(event.connection, event.target, event.at);
    m_connections.change(number).bytes[static_cast<std::size_t>(body.direction)] +=
        body.data.size();
}

// The last row, if it is of that kind: losses in a row become one row.
Row* Store::lastRow(RowKind kind)
{
    const Number last = m_rows.end() - 1;
    const Row* row = m_rows.at(last);
    return row != nullptr && row->kind == kind ? &m_rows.change(last) : nullptr;
}

void Store::on(const flow::Event& event, const flow::Gap& body)
{
    const Number number = m_connections.numberOf(event.connection, event.target, event.at);
    m_connections.change(number).missing[static_cast<std::size_t>(body.direction)] += body.length;
    m_losses.gapBytes[static_cast<std::size_t>(body.kind)] += body.length;
    ++m_losses.gaps;
    const auto kind = static_cast<std::uint8_t>(body.kind);
    if (Row* last = lastRow(RowKind::Gap);
        last != nullptr && last->connection == number && last->detail == kind) {
        last->responseBytes += body.length;
        return;
    }
    Row row;
    row.kind = RowKind::Gap;
    row.state = RowState::Gapped;
    row.at = event.at;
    row.connection = number;
    row.responseBytes = body.length;
    row.detail = kind;
    if (const Connection* connection = m_connections.at(number))
        row.port = connection->server.port;
    m_rows.append(row, nullptr);
}

void Store::on(const flow::Event& event, const flow::Anomaly&)
{
    const Number number = m_connections.numberOf(event.connection, event.target, event.at);
    ++m_connections.change(number).anomalies;
}

void Store::on(const flow::Event& event, const flow::Lost& body)
{
    const auto place = static_cast<std::uint8_t>(body.place);
    LossCount& total = m_losses.byPlace.at(place);
    total.events += body.events;
    total.messages += body.messages;
    total.bytes += body.bytes;
    Row* row = lastRow(RowKind::Lost);
    if (row == nullptr || row->detail != place) {
        Row fresh;
        fresh.kind = RowKind::Lost;
        fresh.state = RowState::Gapped;
        fresh.at = event.at;
        fresh.detail = place;
        row = &m_rows.change(m_rows.append(fresh, nullptr));
    }
    row->events = saturate(std::uint64_t{row->events} + body.events);
    row->requestBytes = saturate(std::uint64_t{row->requestBytes} + body.messages);
    row->responseBytes += body.bytes;
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

// Rows say nothing of frames; heads, trailers and bodies hold what they mark.
void Store::on(const flow::Event&, const flow::MessageFrame&) {}

void Store::on(const flow::Event&, const flow::TlsHello&) {}

void Store::on(const flow::Event&, const flow::ProxyHeader&) {}

} // namespace podglass::store
