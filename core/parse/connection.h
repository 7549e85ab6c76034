// SPDX-License-Identifier: Apache-2.0
// Connection: the parser of one TCP connection that ParserFactory hands out. Each side is in one
// Reading at a time:
//   Detecting -> Messages | Raw      what the connection speaks is open until the client told;
//                                    a PROXY header in front of it is taken off
//   Seeking -> Messages              joined late or lost: wait for a certain start of a message
//   Messages -> Seeking | Raw        a loss; a tunnel, a framing error, bytes after the last
//   message
//   Detecting | Messages -> Http2    a preface; an upgrade to h2c
//   Seeking -> Http2                 joined late, and frame follows frame
//   Messages -> WebSocket -> Raw     an upgrade; a loss that hides where frames begin
//   Http2 -> Raw                     a loss that hides where frames begin; not HTTP/2 after all
// Bytes that cannot be told yet stay in Side::rest, bounded by limits::undecidedBytes.
// Files: connection.cpp bytes in; connection_detect.cpp what they are; connection_messages.cpp
// heads, bodies, ends; connection_loss.cpp gaps and ends of the stream. Thread: the one that feeds
// it.
#pragma once

#include "core/parse/connection_parser.h"
#include "core/parse/event_output.h"
#include "core/parse/grpc_framing.h"
#include "core/parse/http1_parser.h"
#include "core/parse/http2_session.h"
#include "core/parse/outstanding.h"
#include "core/parse/protocol.h"
#include "core/parse/tls_watch.h"
#include "core/parse/websocket_session.h"

#include <array>
#include <memory>
#include <vector>

namespace podglass::parse {

class Connection final : public reassembly::StreamSink
{
public:
    Connection(EventOutput output,
               Ids& exchangeIds,
               ParseOptions options,
               std::shared_ptr<MemoryBudget> budget,
               bool joinedLate);

    void data(flow::Direction direction,
              std::uint64_t offset,
              bytes::ByteView data,
              base::Timestamp at) override;
    void gap(const flow::Gap& gap, base::Timestamp at) override;
    void anomaly(const flow::Anomaly& anomaly, base::Timestamp at) override;
    void finished(flow::Direction direction, base::Timestamp at) override;
    void closed(const flow::ConnectionClosed& closed, base::Timestamp at) override;

    [[nodiscard]] flow::ExchangeId lastExchange() const override
    {
        return m_sides[0].message.exchange;
    }

    [[nodiscard]] flow::ExchangeId exchangeOf(std::uint32_t stream) const override
    {
        return m_http2 ? m_http2->exchangeOf(stream) : flow::ExchangeId{};
    }

private:
    enum class Reading : std::uint8_t
    {
        Detecting,
        Seeking,
        Messages,
        Http2,
        WebSocket,
        Raw,
    };

    struct Message
    {
        flow::ExchangeId exchange;
        std::uint64_t bodyBytes = 0;
        std::uint64_t withheld = 0;
        bool interim = false; // 1xx
        bool last = false;    // what follows on this side is no message
        bool holed = false;   // part of the body is missing
        GrpcFraming grpc;     // gRPC-Web
    };

    struct Side
    {
        Side(flow::Direction which, Http1Parser::Kind kind)
            : direction(which)
            , parser(kind)
        {}

        flow::Direction direction;
        Http1Parser parser;
        Reading reading = Reading::Detecting;
        std::vector<std::uint8_t> rest; // not consumed yet
        std::uint64_t position = 0;     // stream offset of the first byte not consumed
        base::Timestamp at;             // of the last packet
        Message message;
        bool open = false; // inside `message`
        bool wake = false; // something that held it back has changed
        bool finished = false;
        bool late = false; // the next message was found in mid-stream
    };

    Side& side(flow::Direction direction) { return m_sides[static_cast<std::size_t>(direction)]; }

    Side& client() { return m_sides[0]; }

    Side& server() { return m_sides[1]; }

    // Bytes in. read() consumes a prefix of `input` and returns its length; never touches a rest.
    std::size_t read(Side& side, bytes::ByteView input);
    bool detect(Side& side, bytes::ByteView input, std::size_t& used);
    bool detectServer(bytes::ByteView input);
    [[nodiscard]] Certainty beginsHttp2(const Side& side, bytes::ByteView input) const;
    bool seek(Side& side, bytes::ByteView input);
    bool takeProxyHeader(Side& side, bytes::ByteView input, std::size_t& used);
    void joinHttp2(Side& side);
    bool readWebSocket(Side& side, bytes::ByteView input, std::size_t& used);
    bool readHttp2(Side& side, bytes::ByteView input, std::size_t& used);
    std::size_t showRaw(Side& side, bytes::ByteView input);
    void pump(Side& side);
    void settle();
    void decide(flow::Protocol protocol, std::string_view detail, base::Timestamp at);
    void decideNow(base::Timestamp at);
    [[nodiscard]] bool mustWait(const Side& side, std::size_t size) const;

    // Messages.
    bool step(Side& side, bytes::ByteView input, std::size_t& used);
    void onHead(Side& side);
    void onRequestHead(Side& side, const Http1Head& head);
    void onResponseHead(Side& side, const Http1Head& head);
    void onBody(Side& side);
    void showBody(Side& side, bytes::ByteView data);
    void onEnd(Side& side);
    void onError(Side& side);
    void endMessage(Side& side, flow::MessageFate fate, base::Timestamp at);
    void endUnanswered(flow::MessageFate fate, base::Timestamp at, std::size_t index = 0);
    void tunnel();
    void beginHttp2();
    void upgradeToHttp2(Side& side);

    // Loss and ends.
    void undetectable(base::Timestamp at);
    void showRest(Side& side, base::Timestamp at);
    void lose(Side& side);
    void loseHttp2(Side& side);
    void doubtOutstanding(base::Timestamp at);
    void endAllUnanswered(base::Timestamp at);
    void endSide(Side& side, bool cleanly, base::Timestamp at);

    EventOutput m_out;
    Ids& m_exchangeIds;
    ParseOptions m_options;
    std::shared_ptr<MemoryBudget> m_budget; // of all HTTP/2 connections
    std::array<Side, 2> m_sides;
    std::unique_ptr<Http2Session> m_http2;
    std::unique_ptr<WebSocketSession> m_webSocket;
    std::unique_ptr<TlsWatch> m_tls; // raw bytes that are TLS, or may be
    OutstandingQueue m_outstanding;
    flow::ExchangeId m_awaiting; // CONNECT or upgrade without an answer yet: client bytes wait
    flow::Protocol m_protocol = flow::Protocol::Unknown;
    flow::Protocol m_tunnelProtocol = flow::Protocol::Raw;
    bool m_maybeProxied = true; // the client's first bytes have not been read
    bool m_hurry = false;       // bytes behind those that wait are missing
    bool m_unsure = false;      // joined late or lost: responses may have no request here
};

} // namespace podglass::parse
