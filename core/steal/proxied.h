// SPDX-License-Identifier: Apache-2.0
// Proxied: one client connection that was redirected, and its one connection to the service.
//
// The bytes run in two lanes. Each step moves what it can and says whether it did; pump() repeats
// them until none does. The steps, in the order of the data, and where they are:
//   read, send, finish                     proxied.cpp
//   requests: head -> decision -> cleared  proxied_requests.cpp
//   responses of the service               proxied_responses.cpp
//   requests taken by a client             proxied_taken.cpp
//   TLS, where it ends here                proxied_tls.cpp
// A connection that turns out to be HTTP/2 is handed to an Http2Relay as a whole.
// Until something is proven, bytes are held; what cannot be judged is relayed raw for good.
// Contract: requests are answered in order. A request that nobody takes goes to the service byte
// for byte. Ownership: shared by its port and, during a callback, by the callback.
// Thread: the loop's. Source: RFC 9112 (framing, pipelining 9.3.2), RFC 9110 (1xx, CONNECT, 101).
#pragma once

#include "core/parse/http1_parser.h"
#include "core/steal/http2_relay.h"
#include "core/steal/lane.h"
#include "core/steal/listener.h"
#include "core/steal/proxy_context.h"
#include "core/steal/socket_end.h"
#include "core/steal/taken_exchange.h"
#include "core/steal/tls_front.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace podglass::steal {

class Proxied : public std::enable_shared_from_this<Proxied>
{
public:
    Proxied(ProxyContext& context, Accepted accepted, base::ConnectionId id);
    Proxied(const Proxied&) = delete;
    Proxied& operator=(const Proxied&) = delete;
    ~Proxied();

    // Opens the upstream connection; false: it failed and the client was reset.
    bool start();

    // Ends both sides with RST, as when the port is given up in a hurry.
    void abort(flow::Direction by);

    // Ends it if it carried nothing between an earlier call and this one, `patience` later; zero:
    // in any case, with RST.
    void endIfSilent(base::Instant now, base::Duration patience);

    [[nodiscard]] base::ConnectionId id() const { return m_id; }

private:
    enum class Destination : std::uint8_t
    {
        Service,
        Taker,
        Nowhere, // answered early: the rest of that request is read and dropped
    };

    enum class Patience : std::uint8_t
    {
        None,
        Tls,     // for handshakes
        Head,    // for the rest of a head
        Preface, // of HTTP/2, where the server spoke first
        Taker,   // for any sign of it
        Drain,   // for the end of a request that was answered early
        Goodbye  // for the client's FIN after ours
    };

    // A request that went to the service and whose response is not complete.
    struct Awaited
    {
        std::string method;
        bool tunnelAsked = false;
        // To become HTTP/2 on this connection: the caller's settings.
        std::optional<std::vector<std::uint8_t>> h2c;
    };

    // proxied.cpp
    void pump();
    void pumpHttp1();
    void pumpHttp2();
    void leaveHttp2();
    bool readClient();
    bool readService();
    void lend(Lane& lane, bytes::ByteView data);
    void settle(Lane& lane);
    bool sendUp();
    bool sendDown();
    void wantMore();
    void own(bool owned);
    [[nodiscard]] std::function<void()> readyCallback();

    // proxied_tls.cpp
    void pumpFront();
    void frontIs(TlsFront::State state);
    bool serviceAnew();
    void toldTls(const parse::TlsHello& hello);

    // proxied_end.cpp
    void finishIfDone();
    bool passOnFinish();
    bool checkBroken();
    void beginGoodbye();
    void end(flow::CloseReason reason, flow::Direction by);
    void wait(Patience patience, base::Duration duration);
    void stopWaiting(Patience patience);
    void armTimer();
    void onTimer();
    void outOfPatience();

    // proxied_requests.cpp
    bool readRequests();
    bool readRequestStep();
    [[nodiscard]] bool mayReadRequest() const;
    bool needMoreRequest(std::size_t consumed);
    void waitForHead();
    bool readPreface(bytes::ByteView input);
    void beginHttp2();
    bool turnIntoHttp2();
    [[nodiscard]] Http2Relay::Parts relayParts();
    void decide(std::size_t headBytes);
    [[nodiscard]] const Taking* taker(const parse::Http1Head& head) const;
    void endOfRequest();
    void requestUnreadable();
    void relayRaw();
    void clearUp(std::size_t count);
    void told(flow::Decision decision, const Taking* by);

    // proxied_responses.cpp
    bool readResponses();
    bool readResponseStep();
    [[nodiscard]] bool becomesHttp2() const;
    void readUnasked(bytes::ByteView input);
    void endOfResponse();
    void await(Awaited request);
    void clearDown(std::size_t count);

    // proxied_taken.cpp
    bool openTaker();
    [[nodiscard]] TakerStream::Events takerEvents();
    std::size_t onTakerData(bytes::ByteView data);
    bool readTaken();
    bool readTakenStep();
    void takenHead();
    bool settleTaken();
    void takenDone();
    void takerFailed(const TakerFailed& failed);
    void passOnAfterAll();
    void retireTaken(wire::StealFailure failure, std::string_view message);
    void becomeTunnel();

    ProxyContext& m_context;
    base::ConnectionId m_id;
    Accepted m_accepted;
    flow::Endpoint m_upstreamEnd; // our own end of the upstream connection
    std::unique_ptr<reassembly::StreamSink> m_sink;
    std::unique_ptr<SocketEnd> m_client;
    std::unique_ptr<SocketEnd> m_service;
    Lane m_up;   // client to service or taker
    Lane m_down; // service or taker to client
    std::uint64_t m_upBytes = 0;
    std::uint64_t m_downBytes = 0;
    std::uint64_t m_carried = 0; // both, when they last grew
    base::Instant m_carriedAt{}; // as endIfSilent() saw it

    parse::Http1Parser m_requests{parse::Http1Parser::Kind::Request};
    parse::Http1Parser m_responses{parse::Http1Parser::Kind::Response};
    std::vector<Awaited>
        m_awaited;     // oldest first; nearly always one, and an idle one holds nothing
    Awaited m_current; // the request being read
    bool m_currentKeepAlive = true;
    std::uint16_t m_status = 0;   // of the last response head of the service
    bool m_seenRequest = false;   // so the connection is HTTP
    bool m_inRequest = false;     // between a head and its end
    bool m_tunnelPending = false; // the service may turn the connection into a tunnel
    bool m_raw = false;           // no parsing any more
    bool m_becomesHttp2 = false;  // when 101 is with the caller
    Destination m_destination = Destination::Service;

    std::size_t m_held = 0; // bytes of a head that waits for its taker's turn
    std::optional<Taking> m_chosen;
    std::unique_ptr<TakenExchange> m_taken;
    std::uint64_t m_takenSerial = 0; // callbacks of an older stream are not heard
    std::size_t m_drained = 0;

    std::unique_ptr<TlsFront> m_front;   // until TLS stands, or is none
    std::shared_ptr<Http2Relay> m_http2; // then the lanes are not used

    Patience m_patience = Patience::None;
    base::Instant m_deadline{};
    base::Instant m_timerAt = base::Instant::max();
    bool m_goodbye = false;
    bool m_over = false;
    bool m_pumping = false;
    bool m_again = false;
};

} // namespace podglass::steal
