// SPDX-License-Identifier: Apache-2.0
#include "core/export/connection_report.h"

#include "core/export/event_json.h"

#include <algorithm>

namespace podglass::exporting {

using flow::Direction;

namespace {

std::size_t index(Direction direction)
{
    return static_cast<std::size_t>(direction);
}

void noteAnomaly(ConnectionReport& report, const std::string& name)
{
    if (std::find(report.anomalies.begin(), report.anomalies.end(), name) == report.anomalies.end())
        report.anomalies.push_back(name);
}

} // namespace

void ConnectionReporter::onEvent(const flow::Event& event)
{
    State& state = m_connections[event.connection];
    state.report.connection = event.connection;
    std::visit([&](const auto& body) { on(state, body, event.at); }, event.body);
    if (std::holds_alternative<flow::ConnectionClosed>(event.body))
        m_connections.erase(event.connection);
}

void ConnectionReporter::on(State& state, const flow::ConnectionOpened& event, base::Timestamp at)
{
    state.report.opened = event;
    state.report.openedAt = at;
}

void ConnectionReporter::on(State& state, const flow::ConnectionClosed& event, base::Timestamp at)
{
    while (!state.exchanges.empty())
        finishExchange(state, state.exchanges.front().exchange);
    state.report.closed = event;
    state.report.closedAt = at;
    for (std::size_t i = 0; m_detail == Detail::Messages && i < state.streams.size(); ++i)
        state.report.streams.at(i).sha256 = state.streams.at(i).finish();
    if (m_receivers.onConnection)
        m_receivers.onConnection(state.report);
}

void ConnectionReporter::on(State& state, const flow::ProtocolDetected& event, base::Timestamp)
{
    state.report.protocol = event.protocol;
    state.report.protocolDetail = event.detail;
}

ExchangeReport& ConnectionReporter::exchange(State& state, flow::ExchangeId id)
{
    for (ExchangeReport& known : state.exchanges)
        if (known.exchange == id)
            return known;
    ExchangeReport& fresh = state.exchanges.emplace_back();
    fresh.exchange = id;
    fresh.connection = state.report.connection;
    fresh.client = state.report.opened.client;
    fresh.server = state.report.opened.server;
    return fresh;
}

MessageReport&
ConnectionReporter::beginMessage(State& state, Direction direction, flow::ExchangeId id)
{
    static const base::Digest ofNothing = base::Sha256().finish();
    // An interim response is a message of its own; its empty body is hashed like any other.
    auto& open = state.open.at(index(direction));
    const auto before = open.find(id.value);
    if (before != open.end())
        state.report.messages.at(before->second.index).fate = flow::MessageFate::Complete;
    Message& message = open[id.value];
    message.index = state.report.messages.size();
    MessageReport& report = state.report.messages.emplace_back();
    report.direction = direction;
    report.bodySha256 = ofNothing;
    return report;
}

void ConnectionReporter::on(State& state, const flow::RequestHead& event, base::Timestamp at)
{
    if (m_detail == Detail::Messages) {
        MessageReport& report = beginMessage(state, Direction::ClientToServer, event.exchange);
        report.method = event.method;
        report.target = event.target;
    }
    ExchangeReport& entry = exchange(state, event.exchange);
    entry.hasRequest = true;
    entry.method = event.method;
    entry.target = event.target;
    entry.requestAt = entry.endedAt = at;
}

void ConnectionReporter::on(State& state, const flow::ResponseHead& event, base::Timestamp at)
{
    if (m_detail == Detail::Messages)
        beginMessage(state, Direction::ServerToClient, event.exchange).status = event.status;
    ExchangeReport& entry = exchange(state, event.exchange);
    entry.status = event.status;
    entry.responseAt = entry.endedAt = at;
    if (!entry.hasRequest)
        entry.requestAt = at;
}

void ConnectionReporter::on(State& state, const flow::BodyData& event, base::Timestamp)
{
    if (m_detail != Detail::Messages)
        return;
    auto& open = state.open.at(index(event.direction));
    const auto found = open.find(event.exchange.value);
    if (found == open.end())
        return;
    std::optional<base::Sha256>& body = found->second.body;
    (body ? *body : body.emplace()).update(event.data);
}

void ConnectionReporter::endMessage(State& state, const flow::MessageEnd& event)
{
    auto& open = state.open.at(index(event.direction));
    const auto found = open.find(event.exchange.value);
    if (found == open.end())
        return;
    MessageReport& report = state.report.messages.at(found->second.index);
    report.bodyBytes = event.bodyBytes;
    report.fate = event.fate;
    if (found->second.body)
        report.bodySha256 = found->second.body->finish();
    open.erase(found);
}

void ConnectionReporter::on(State& state, const flow::MessageEnd& event, base::Timestamp at)
{
    if (m_detail == Detail::Messages)
        endMessage(state, event);
    ExchangeReport& entry = exchange(state, event.exchange);
    entry.endedAt = at;
    if (event.direction == Direction::ClientToServer) {
        entry.requestBodyBytes = event.bodyBytes;
        entry.requestFate = event.fate;
    } else {
        entry.responseBodyBytes = event.bodyBytes;
        entry.responseFate = event.fate;
    }
    if (entry.responseFate && (entry.requestFate || !entry.hasRequest))
        finishExchange(state, event.exchange);
}

void ConnectionReporter::finishExchange(State& state, flow::ExchangeId id)
{
    const auto found =
        std::find_if(state.exchanges.begin(),
                     state.exchanges.end(),
                     [id](const ExchangeReport& entry) { return entry.exchange == id; });
    if (m_receivers.onExchange)
        m_receivers.onExchange(*found);
    state.exchanges.erase(found);
}

void ConnectionReporter::on(State& state, const flow::StreamData& event, base::Timestamp)
{
    if (!state.report.firstSpeaker)
        state.report.firstSpeaker = event.direction;
    if (m_detail == Detail::Messages)
        state.streams.at(index(event.direction)).update(event.data);
    state.report.streams.at(index(event.direction)).bytes += event.data.size();
}

void ConnectionReporter::on(State& state, const flow::Gap& event, base::Timestamp)
{
    auto& gaps = state.report.streams.at(index(event.direction)).gaps;
    if (!gaps.empty() && gaps.back().first + gaps.back().second == event.offset)
        gaps.back().second += event.length;
    else
        gaps.emplace_back(event.offset, event.length);
    noteAnomaly(state.report, "gap");
}

void ConnectionReporter::on(State& state, const flow::Anomaly& event, base::Timestamp)
{
    noteAnomaly(state.report, nameOf(event.kind));
}

void ConnectionReporter::on(State& state, const flow::Lost&, base::Timestamp)
{
    noteAnomaly(state.report, "lost");
}

void ConnectionReporter::on(State&, const flow::StealDecision&, base::Timestamp) {}

void ConnectionReporter::on(State&, const flow::MessageFrame&, base::Timestamp) {}

void ConnectionReporter::on(State& state, const flow::TlsHello& event, base::Timestamp)
{
    state.report.tlsVersion = event.version;
    if (!event.protocols.empty())
        state.report.alpn = event.protocols;
}

void ConnectionReporter::on(State& state, const flow::ProxyHeader& event, base::Timestamp)
{
    if (event.known)
        state.report.source = event.source;
}

void ConnectionReporter::on(State& state, const flow::TlsTerminated& event, base::Timestamp)
{
    state.report.tlsVersion = event.version;
    state.report.alpn = event.protocol;
}

} // namespace podglass::exporting
