// SPDX-License-Identifier: Apache-2.0
// ConnectionReporter: from events to one report for each exchange and each connection; what
// podglassctl read prints. It hashes streams and bodies if asked to and keeps no bytes of them.
// Contract: the events must hold StreamData for every byte (parse::ParseOptions::alsoStreams) and
// whole bodies. Reports are given once: an exchange's when both messages ended or its connection
// closed, a connection's when it closed. Thread: one.
#pragma once

#include "core/base/digest.h"
#include "core/flow/event.h"

#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace podglass::exporting {

struct StreamReport
{
    std::uint64_t bytes = 0; // present, holes left out
    base::Digest sha256{};
    std::vector<std::pair<std::uint64_t, std::uint64_t>> gaps; // offset, length; neighbours merged
};

struct MessageReport
{
    flow::Direction direction = flow::Direction::ClientToServer;
    std::string method; // requests
    std::string target;
    std::uint16_t status = 0; // responses
    std::uint64_t bodyBytes = 0;
    base::Digest bodySha256{};
    flow::MessageFate fate = flow::MessageFate::CutByClose;
};

struct ExchangeReport
{
    flow::ExchangeId exchange;
    flow::ConnectionId connection;
    flow::Endpoint client;
    flow::Endpoint server;
    bool hasRequest = false;
    std::string method;
    std::string target;
    std::uint16_t status = 0; // 0: none came
    base::Timestamp requestAt;
    base::Timestamp responseAt; // final head
    base::Timestamp endedAt;
    std::uint64_t requestBodyBytes = 0;
    std::uint64_t responseBodyBytes = 0;
    std::optional<flow::MessageFate> requestFate;
    std::optional<flow::MessageFate> responseFate;
};

struct ConnectionReport
{
    flow::ConnectionId connection;
    flow::ConnectionOpened opened;
    flow::ConnectionClosed closed;
    flow::Protocol protocol = flow::Protocol::Unknown;
    std::string protocolDetail;
    std::string alpn;                     // TLS: what the client offers, or the server has chosen
    std::uint16_t tlsVersion = 0;         // TLS: likewise
    std::optional<flow::Endpoint> source; // by the word of a proxy
    base::Timestamp openedAt;
    base::Timestamp closedAt;
    std::array<StreamReport, 2> streams; // per Direction
    std::vector<std::string> anomalies;  // names, each once, "gap" among them
    std::vector<MessageReport> messages; // in the order of their heads
    // The sender of the first byte, where any was seen.
    std::optional<flow::Direction> firstSpeaker;
};

// How much goes into a ConnectionReport. Hashing costs more than all of reassembly and parsing.
enum class Detail : std::uint8_t
{
    Sums,     // no messages, no digests
    Messages, // and what is in messages, streams with their digests
};

class ConnectionReporter : public flow::EventSink
{
public:
    struct Receivers
    {
        std::function<void(const ExchangeReport&)> onExchange;     // may be empty
        std::function<void(const ConnectionReport&)> onConnection; // may be empty
    };

    explicit ConnectionReporter(Receivers receivers, Detail detail = Detail::Messages)
        : m_receivers(std::move(receivers))
        , m_detail(detail)
    {}

    void onEvent(const flow::Event& event) override;

private:
    struct Message
    {
        std::size_t index = 0;            // in ConnectionReport::messages
        std::optional<base::Sha256> body; // none: no byte of it came
    };

    struct State
    {
        ConnectionReport report;
        std::array<base::Sha256, 2> streams;
        std::array<std::unordered_map<std::uint64_t, Message>, 2> open; // per Direction
        std::vector<ExchangeReport> exchanges;                          // unfinished
    };

    void on(State& state, const flow::ConnectionOpened& event, base::Timestamp at);
    void on(State& state, const flow::ConnectionClosed& event, base::Timestamp at);
    void on(State& state, const flow::ProtocolDetected& event, base::Timestamp at);
    void on(State& state, const flow::RequestHead& event, base::Timestamp at);
    void on(State& state, const flow::ResponseHead& event, base::Timestamp at);
    void on(State& state, const flow::BodyData& event, base::Timestamp at);
    void on(State& state, const flow::MessageEnd& event, base::Timestamp at);
    void on(State& state, const flow::StreamData& event, base::Timestamp at);
    void on(State& state, const flow::Gap& event, base::Timestamp at);
    void on(State& state, const flow::Anomaly& event, base::Timestamp at);
    void on(State& state, const flow::Lost& event, base::Timestamp at);
    void on(State& state, const flow::StealDecision& event, base::Timestamp at);
    void on(State& state, const flow::MessageFrame& event, base::Timestamp at);
    void on(State& state, const flow::TlsHello& event, base::Timestamp at);
    void on(State& state, const flow::ProxyHeader& event, base::Timestamp at);
    void on(State& state, const flow::TlsTerminated& event, base::Timestamp at);

    static ExchangeReport& exchange(State& state, flow::ExchangeId id);
    static MessageReport&
    beginMessage(State& state, flow::Direction direction, flow::ExchangeId id);
    static void endMessage(State& state, const flow::MessageEnd& event);
    void finishExchange(State& state, flow::ExchangeId id);

    Receivers m_receivers;
    Detail m_detail;
    std::unordered_map<flow::ConnectionId, State> m_connections;
};

} // namespace podglass::exporting
