// SPDX-License-Identifier: Apache-2.0
// The part of Store that applies events of connections and their bytes, one function a kind.
#include "core/store/store.h"
#include "core/store/store_parts.h"

namespace podglass::store {

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
    if (row.row != 0)
        updateConnectionRow(number, event.at);
}

void Store::on(const flow::Event& event, const flow::ProtocolDetected& body)
{
    const Number number = m_connections.numberOf(event.connection, event.target, event.at);
    Connection& row = m_connections.change(number);
    row.protocol = body.protocol;
    row.detail = body.detail;
    const bool readable =
        body.protocol == flow::Protocol::Http1 || body.protocol == flow::Protocol::Http2;
    if (row.row == 0 && row.exchanges == 0 && !readable)
        showConnection(number, event.at);
    else if (const Row* shown = m_rows.at(row.row);
             readable && shown != nullptr && shown->kind == RowKind::Connection) {
        // Joined late: what came before the first message that could be told.
        m_rows.change(row.row).state = RowState::Done;
        row.row = 0;
    }
}

// A connection without messages has a row of its own.
void Store::showConnection(Number number, base::Timestamp at)
{
    Connection& connection = m_connections.change(number);
    Row row;
    row.kind = RowKind::Connection;
    row.at = connection.known ? connection.opened : at;
    row.connection = number;
    row.port = connection.server.port;
    row.mode = modeOf(connection.origin);
    row.detail = static_cast<std::uint8_t>(connection.protocol);
    row.method = m_rows.texts().acquire(connection.protocol == flow::Protocol::Tls ? "TLS" : "TCP");
    row.host = m_rows.texts().acquire(connection.detail);
    if (connection.joinedLate)
        row.flags |= RowJoinedLate;
    connection.row = m_rows.append(row, nullptr);
}

void Store::updateConnectionRow(Number number, base::Timestamp at)
{
    const Connection* connection = m_connections.at(number);
    if (connection == nullptr || m_rows.at(connection->row) == nullptr)
        return;
    Row& row = m_rows.change(connection->row);
    row.requestBytes = saturate(connection->bytes[0]);
    row.responseBytes = connection->bytes[1];
    if (connection->open || row.state != RowState::Open)
        return;
    const auto took =
        std::chrono::duration_cast<std::chrono::microseconds>(base::elapsed(row.at, at));
    row.microseconds = saturate(static_cast<std::uint64_t>(took.count()));
    // It may well go on: that we stopped looking cuts nothing, and how long it takes is not known.
    if (connection->reason == flow::CloseReason::CaptureStopped) {
        row.microseconds = 0;
        row.state = RowState::Done;
        return;
    }
    row.flags |= RowResponseEnded;
    row.state = connection->reason == flow::CloseReason::Finished ? RowState::Done : RowState::Cut;
}

void Store::on(const flow::Event& event, const flow::StreamData& body)
{
    const Number number = m_connections.numberOf(event.connection, event.target, event.at);
    Connection& connection = m_connections.change(number);
    connection.bytes[static_cast<std::size_t>(body.direction)] += body.data.size();
    m_streams.append(number, body, event.at);
    if (connection.row != 0)
        updateConnectionRow(number, event.at);
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
    StreamNote note;
    note.at = event.at;
    note.direction = body.direction;
    note.gap = true;
    note.gapKind = body.kind;
    note.offset = body.offset;
    note.length = body.length;
    m_streams.note(number, std::move(note));
    m_losses.gapBytes[static_cast<std::size_t>(body.kind)] += body.length;
    ++m_losses.gaps;
    const auto kind = static_cast<std::uint8_t>(body.kind);
    if (Row* last = lastRow(RowKind::Gap);
        last != nullptr && last->connection == number && last->detail == kind) {
        last->responseBytes += body.length;
        ++last->events;
        return;
    }
    Row row;
    row.kind = RowKind::Gap;
    row.mode = modeOf(m_connections.at(number)->origin);
    row.events = 1;
    row.state = RowState::Gapped;
    row.at = event.at;
    row.connection = number;
    row.responseBytes = body.length;
    row.detail = kind;
    if (const Connection* connection = m_connections.at(number))
        row.port = connection->server.port;
    m_rows.append(row, nullptr);
}

void Store::on(const flow::Event& event, const flow::Anomaly& body)
{
    const Number number = m_connections.numberOf(event.connection, event.target, event.at);
    ++m_connections.change(number).anomalies;
    if (body.kind == flow::AnomalyKind::Retransmission
        || body.kind == flow::AnomalyKind::OutOfOrder)
        return; // everyday; their number says enough
    StreamNote note;
    note.at = event.at;
    note.direction = body.direction;
    note.anomaly = body.kind;
    note.offset = body.offset;
    note.length = body.length;
    note.kept = bytes::asText(body.kept);
    note.dropped = bytes::asText(body.dropped);
    m_streams.note(number, std::move(note));
    if (body.kind == flow::AnomalyKind::OverlapConflict)
        showConflict(number, event, body);
}

// A place in the list of its own: which message it belongs to is not certain.
void Store::showConflict(Number connection, const flow::Event& event, const flow::Anomaly& body)
{
    ++m_losses.conflicts;
    ++m_connections.change(connection).conflicts;
    const auto direction = static_cast<std::uint8_t>(body.direction);
    if (Row* last = lastRow(RowKind::Conflict);
        last != nullptr && last->connection == connection && last->detail == direction) {
        last->responseBytes += body.length;
        ++last->events;
        return;
    }
    Row row;
    row.kind = RowKind::Conflict;
    row.state = RowState::Done;
    row.at = event.at;
    row.connection = connection;
    row.responseBytes = body.length;
    row.events = 1;
    row.detail = direction;
    row.mode = modeOf(m_connections.at(connection)->origin);
    row.port = m_connections.at(connection)->server.port;
    m_rows.append(row, nullptr);
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

void Store::on(const flow::Event& event, const flow::TlsHello& body)
{
    const Number number = m_connections.numberOf(event.connection, event.target, event.at);
    Connection& connection = m_connections.change(number);
    if (body.direction == flow::Direction::ServerToClient) {
        connection.chosenProtocol = body.protocols;
        connection.chosenVersion = body.version;
    } else {
        connection.detail = body.serverName;
        connection.offeredProtocols = body.protocols;
        connection.offeredVersion = body.version;
        connection.encryptedName = body.encryptedName;
    }
    updateConnectionRow(number, event.at);
}

void Store::on(const flow::Event& event, const flow::ProxyHeader& body)
{
    const Number number = m_connections.numberOf(event.connection, event.target, event.at);
    Connection& connection = m_connections.change(number);
    connection.proxyVersion = body.version;
    connection.sourceKnown = body.known;
    connection.source = body.source;
    connection.destination = body.destination;
}

void Store::on(const flow::Event& event, const flow::TlsTerminated& body)
{
    const Number number = m_connections.numberOf(event.connection, event.target, event.at);
    Connection& connection = m_connections.change(number);
    connection.tlsTerminated = body.version;
    connection.serverName = body.serverName;
    connection.chosenProtocol = body.protocol;
}

} // namespace podglass::store
