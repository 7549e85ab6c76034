// SPDX-License-Identifier: Apache-2.0
#include "core/store/store.h"

#include <algorithm>

namespace podglass::store {

std::uint64_t Losses::shown() const
{
    std::uint64_t total = breaks;
    for (const LossCount& place : byPlace)
        total += place.shown();
    return total - leftOut().shown();
}

std::string_view modeName(RowMode mode)
{
    switch (mode) {
    case RowMode::Mirror:
        return "mirror";
    case RowMode::Stolen:
        return "stolen";
    case RowMode::Passed:
    case RowMode::Fallback:
        return "passed";
    case RowMode::File:
        return "file";
    }
    return {};
}

Store::Store(Limits limits)
    : m_rows(limits.rows, limits.bytes)
    , m_connections(limits.connections)
    , m_streams(limits.streamBytes, limits.streamsBytes)
    , m_events(limits.historyBytes)
    , m_bodyLimit(limits.bodyBytes)
{}

void Store::apply(const flow::EventBatch& batch)
{
    for (const flow::Event& event : batch.events)
        apply(event);
}

void Store::apply(const flow::Event& event)
{
    std::visit([&](const auto& body) { on(event, body); }, event.body);
    m_events.keep(event);
}

void Store::apply(const session::Taken& taken)
{
    const Number number = find(taken.exchange);
    if (number == 0)
        return;
    if (Content* content = m_rows.content(number)) {
        content->takerProblem = taken.answered ? std::string() : taken.problem;
        m_rows.charge(number, content->takerProblem.size());
    }
    if (m_rows.at(number) != nullptr && !taken.answered)
        m_rows.change(number).mode = RowMode::Fallback;
}

void Store::apply(const session::Break& gap)
{
    Row row;
    row.kind = RowKind::Break;
    row.state = RowState::Done;
    row.at = gap.from;
    const auto missed =
        std::chrono::duration_cast<std::chrono::milliseconds>(base::elapsed(gap.from, gap.until));
    row.events = static_cast<std::uint32_t>(
        std::min<std::int64_t>(missed.count(), std::numeric_limits<std::int32_t>::max()));
    m_rows.append(row, nullptr);
    ++m_losses.breaks;
}

void Store::apply(const session::Traffic& traffic)
{
    m_traffic = traffic;
}

void Store::apply(const wire::Telemetry& telemetry)
{
    Sample sample;
    sample.at = {telemetry.at};
    sample.agent = telemetry;
    sample.desktop = m_traffic;
    sample.requests = m_requests;
    sample.byStatusClass = m_byStatusClass;
    sample.storeBytes = m_rows.bytes() + m_streams.bytes();
    m_history.add(sample);
}

void Store::apply(const wire::Attached& attached)
{
    m_connections.nameTarget(attached.target,
                             attached.name.empty() ? attached.spec : attached.name);
}

void Store::apply(const wire::PortState& state)
{
    const PortKey key{state.target, state.port};
    if (state.mode == wire::Mode::Off && !state.refused)
        m_ports.erase(key);
    else
        m_ports[key] = state;
}

void Store::mark(Number number, bool marked)
{
    if (m_rows.at(number) == nullptr)
        return;
    Row& row = m_rows.change(number);
    if (marked)
        row.flags |= RowMarked;
    else
        row.flags = static_cast<std::uint16_t>(row.flags & ~RowMarked);
}

void Store::dropBelow(Number first)
{
    m_rows.dropBelow(first);
    std::erase_if(m_open, [first](const auto& entry) { return entry.second < first; });
    // Open connections go on being told of; what they have said goes with the rows.
    Number keep = m_connections.first();
    while (keep < m_connections.end() && !m_connections.at(keep)->open)
        ++keep;
    m_connections.dropBelow(keep);
    m_streams.forgetBelow(keep);
}

void Store::startOver()
{
    newAgent();
    m_rows.dropBelow(m_rows.end());
    m_connections.clear();
    m_streams.forgetBelow(m_connections.end());
    m_rowsBefore = m_rows.end() - 1;
    m_connectionsBefore = m_connections.end() - 1;
    m_history.clear();
    m_losses = {};
    m_traffic = {};
    m_requests = 0;
    m_byStatusClass = {};
}

void Store::newAgent()
{
    for (const auto& [exchange, number] : m_open) {
        const Row* row = m_rows.at(number);
        // The connection may well go on over there: what is known is that it was not seen.
        if (row != nullptr && row->state == RowState::Open)
            m_rows.change(number).state =
                row->status == 0 ? RowState::Unanswered : RowState::Gapped;
    }
    m_open.clear();
    m_connections.forgetIds();
    m_ports.clear();
}

Number Store::find(base::ExchangeId exchange) const
{
    const auto known = m_open.find(exchange);
    if (known != m_open.end())
        return m_rows.at(known->second) != nullptr ? known->second : 0;
    // A decision or an answer may come just after the end of its exchange.
    constexpr Number lookBack = 2000;
    for (Number number = m_rows.end(), steps = 0; number > m_rows.first() && steps < lookBack;
         ++steps) {
        --number;
        if (m_rows.at(number)->exchange == exchange)
            return number;
    }
    return 0;
}

filter::Subject Store::subject(Number number, std::vector<flow::HeaderField>& scratch) const
{
    filter::Subject subject;
    scratch.clear();
    const Row* row = m_rows.at(number);
    if (row == nullptr)
        return subject;
    subject.method = m_rows.texts().text(row->method);
    subject.target = m_rows.texts().text(row->path);
    if (const Content* content = m_rows.contentOf(number))
        content->request.fields.read(scratch);
    subject.fields = scratch;
    if (const Connection* connection = m_connections.at(row->connection))
        subject.source = connection->client;
    subject.port = row->port;
    if (row->status != 0)
        subject.status = row->status;
    if ((row->flags & RowResponseEnded) != 0) {
        subject.durationMilliseconds = row->microseconds / 1000;
        subject.size = row->responseBytes;
    }
    subject.mode = modeName(row->mode);
    return subject;
}

} // namespace podglass::store
