// SPDX-License-Identifier: Apache-2.0
// Store: everything the window knows about the traffic. Applies flow events and session updates,
// keeps rows, connections, telemetry, port states and loss totals within the limits, and tells what
// changed as Deltas. Losses are rows at their place in the list as well as totals.
// Thread: one object, one thread (the window's). Nothing here reads a clock.
#pragma once

#include "core/base/limits.h"
#include "core/filter/evaluate.h"
#include "core/flow/event_batch.h"
#include "core/session/update.h"
#include "core/store/connections.h"
#include "core/store/event_history.h"
#include "core/store/history.h"
#include "core/store/rows.h"
#include "core/store/streams.h"

#include <map>
#include <utility>
#include <vector>

namespace podglass::store {

struct Limits
{
    std::size_t bytes = limits::storeBytes;
    std::size_t rows = limits::storeRows;
    std::size_t connections = limits::storeConnections;
    std::size_t bodyBytes = limits::storeBodyBytes;
    std::size_t streamBytes = limits::storeStreamBytes;   // of one direction
    std::size_t streamsBytes = limits::storeStreamsBytes; // of all connections
    std::size_t historyBytes = 0;                         // of events, to save them; 0: none
};

struct LossCount
{
    std::uint64_t events = 0; // kernel: packets
    std::uint64_t messages = 0;
    std::uint64_t bytes = 0;

    // What the status line counts: messages where they are known.
    [[nodiscard]] std::uint64_t shown() const { return messages != 0 ? messages : events; }
};

struct Losses
{
    std::array<LossCount, 5> byPlace{};      // flow::LossPlace
    std::array<std::uint64_t, 4> gapBytes{}; // flow::GapKind
    std::uint64_t gaps = 0;
    std::uint64_t conflicts = 0;
    std::uint64_t breaks = 0;

    // Without what the user's own wishes left out (flow::LossPlace::Budget): that is no loss.
    [[nodiscard]] std::uint64_t shown() const;

    [[nodiscard]] const LossCount& leftOut() const
    {
        return byPlace[static_cast<std::size_t>(flow::LossPlace::Budget)];
    }
};

using PortKey = std::pair<base::TargetId, std::uint16_t>;

class Store
{
public:
    explicit Store(Limits limits = {});

    void apply(const flow::Event& event);
    void apply(const flow::EventBatch& batch);
    void apply(const session::Taken& taken);
    void apply(const session::Break& gap);
    void apply(const session::Traffic& traffic);
    // Each makes one sample of the history.
    void apply(const wire::Telemetry& telemetry);
    void apply(const wire::PortState& state);
    void apply(const wire::Attached& attached);

    void mark(Number row, bool marked);

    // Drops rows and connections; totals, history and port states stay.
    void clear() { dropBelow(m_rows.end()); }

    // Heads and bodies of a row that was dealt with; the row stays.
    void forgetContent(Number row) { m_rows.forgetContent(row); }

    // Drops rows below `first`, and connections that ended before it.
    void dropBelow(Number first);
    // As newly made: what comes is of another capture. Numbers go on, and what people are shown of
    // them (ordinals) begins at 1. Kept events stay.
    void startOver();

    [[nodiscard]] Number ordinal(Number row) const { return row - m_rowsBefore; }

    [[nodiscard]] Number connectionOrdinal(Number connection) const
    {
        return connection - m_connectionsBefore;
    }

    // The agent is another one: ids start anew, open rows will not be finished.
    void newAgent();

    [[nodiscard]] const Rows& rows() const { return m_rows; }

    [[nodiscard]] const Connections& connections() const { return m_connections; }

    // What is kept of a connection's bytes; null: nothing.
    [[nodiscard]] const Stream* stream(Number connection) const
    {
        return m_streams.find(connection);
    }

    [[nodiscard]] const History& history() const { return m_history; }

    // The events themselves.
    [[nodiscard]] EventHistory& events() { return m_events; }

    [[nodiscard]] const Losses& losses() const { return m_losses; }

    [[nodiscard]] const std::map<PortKey, wire::PortState>& ports() const { return m_ports; }

    [[nodiscard]] std::uint64_t requests() const { return m_requests; }

    Delta takeRowDelta() { return m_rows.takeDelta(); }

    Delta takeConnectionDelta() { return m_connections.takeDelta(); }

    // What a filter sees of a row. `scratch` holds the fields while the Subject is used. Of a row
    // whose bytes were dropped, header rules see no fields.
    [[nodiscard]] filter::Subject subject(Number row,
                                          std::vector<flow::HeaderField>& scratch) const;

private:
    void on(const flow::Event& event, const flow::ConnectionOpened& body);
    void on(const flow::Event& event, const flow::ConnectionClosed& body);
    void on(const flow::Event& event, const flow::ProtocolDetected& body);
    void on(const flow::Event& event, const flow::RequestHead& body);
    void on(const flow::Event& event, const flow::ResponseHead& body);
    void on(const flow::Event& event, const flow::BodyData& body);
    void on(const flow::Event& event, const flow::MessageEnd& body);
    void on(const flow::Event& event, const flow::StreamData& body);
    void on(const flow::Event& event, const flow::Gap& body);
    void on(const flow::Event& event, const flow::Anomaly& body);
    void on(const flow::Event& event, const flow::Lost& body);
    void on(const flow::Event& event, const flow::StealDecision& body);
    void on(const flow::Event& event, const flow::MessageFrame& body);
    void on(const flow::Event& event, const flow::TlsHello& body);
    void on(const flow::Event& event, const flow::ProxyHeader& body);
    void on(const flow::Event& event, const flow::TlsTerminated& body);

    // 0 when it is not known or its row is gone.
    Number find(base::ExchangeId exchange) const;
    void addInterim(Number number, const flow::Event& event, const flow::ResponseHead& body);
    static void noteGrpcStatus(Row& row, std::string_view text);
    void endResponse(Number number, const flow::MessageEnd& body, base::Timestamp at);
    Row* lastRow(RowKind kind);
    void showConflict(Number connection, const flow::Event& event, const flow::Anomaly& body);
    Number appendUnseenRequest(const flow::Event& event, base::ExchangeId exchange);
    void requestAfterAll(Number number, const flow::Event& event, const flow::RequestHead& body);
    void showConnection(Number number, base::Timestamp at);
    void updateConnectionRow(Number number, base::Timestamp at);
    void becomeStream(Row& row, Number number, std::uint16_t status);

    Rows m_rows;
    Connections m_connections;
    Streams m_streams;
    History m_history;
    EventHistory m_events;
    Losses m_losses;
    std::map<PortKey, wire::PortState> m_ports;
    std::unordered_map<base::ExchangeId, Number> m_open;
    session::Traffic m_traffic;
    std::size_t m_bodyLimit;
    std::uint64_t m_requests = 0;
    Number m_rowsBefore = 0; // the last start
    Number m_connectionsBefore = 0;
    std::array<std::uint64_t, 6> m_byStatusClass{};
};

// "mirror", "stolen", "passed", "file": the values of filter::Field::Mode.
std::string_view modeName(RowMode mode);

} // namespace podglass::store
