// SPDX-License-Identifier: Apache-2.0
// Http2Relay: an HTTP/2 connection in the path. One session towards the caller, one towards the
// original service, and per stolen stream one towards its taker. Each request is decided by its
// head; heads, trailers, bodies, interim answers, resets and GOAWAY go on as they come, and windows
// open only as far as the other side takes (end to end, RFC 9113 5.2).
//
// What is not passed on, because it belongs to one hop: PING, PRIORITY, padding, SETTINGS but for
// those a caller must know of the service. Pushes are refused.
// Contract: a byte of a body is in one place, its http2::Message. The observer is shown what the
// caller's connection carries. Owner: its Proxied. Thread: the loop's.
// Files: http2_relay.cpp bytes and ends; http2_relay_streams.cpp the service's way and what the
// sessions tell; http2_relay_taken.cpp takers.
#pragma once

#include "core/reassembly/stream_sink.h"
#include "core/steal/http2_stream.h"
#include "core/steal/idle_frames.h"
#include "core/steal/listener.h"
#include "core/steal/proxy_context.h"
#include "core/steal/socket_end.h"

#include <array>
#include <functional>
#include <map>
#include <string>

namespace podglass::steal {

class Http2Relay : public std::enable_shared_from_this<Http2Relay>, private http2::End::Owner
{
public:
    // Borrowed; they outlive the relay.
    struct Parts
    {
        ProxyContext& context;
        base::ConnectionId id;
        const Accepted& accepted;
        SocketEnd& client;
        SocketEnd& service;
        reassembly::StreamSink* sink; // null: nobody looks
        std::function<void()> wake;   // asks for pump()
    };

    enum class State : std::uint8_t
    {
        Going,
        Finished, // everything is said; FIN to the caller
        ResetByCaller,
        ResetByService,
        NotHttp2, // the service speaks something else and nothing was sent to the caller
    };

    // `early`: what the caller sent, from the preface on, and the service, if anything.
    Http2Relay(Parts parts, std::array<bytes::ByteView, 2> early);

    // An HTTP/1.1 connection that became HTTP/2: stream 1 waits for its answer (RFC 7540 3.2).
    struct Upgrade
    {
        std::vector<std::uint8_t> settings; // the caller's
        bool headRequest = false;
        base::ExchangeId exchange;
        std::array<std::uint64_t, 2> streamBytes{}; // of both sides before
    };

    Http2Relay(Parts parts, const Upgrade& upgrade, std::array<bytes::ByteView, 2> early);
    ~Http2Relay() override;

    State pump();

    // The caller went away: takers are told.
    void abandon();

    // NotHttp2: what both said. The service was sent a preface of ours.
    [[nodiscard]] bytes::ByteView callerSaid() const { return m_early.view(); }

    [[nodiscard]] const std::string& serviceSaid() const { return m_serviceSaid; }

    [[nodiscard]] std::array<std::uint64_t, 2> streamBytes() const { return m_streamBytes; }

private:
    using Streams = std::map<std::int32_t, std::unique_ptr<Http2Stream>>;

    // http2::End::Owner
    void
    onHead(http2::End::Incoming stream, http2::Fields fields, http2::End::HeadPlace place) override;
    void onBody(http2::End::Incoming stream, bytes::ByteView data) override;
    void onEnd(http2::End::Incoming stream) override;
    void onClosed(http2::End::Incoming stream, std::uint32_t code) override;
    void
    onSent(http2::End::Incoming stream, http2::Message& message, bytes::ByteView sent) override;
    void onGoAway(http2::End& end, std::int32_t last, std::uint32_t code) override;

    explicit Http2Relay(Parts parts);
    // What was read before goes first: the caller's and the service's bytes.
    void begin(const std::array<bytes::ByteView, 2>& early);

    // Bytes and ends.
    bool greetCaller();
    bool readCaller();
    void takeFromCaller(bytes::ByteView data);
    bool readService();
    void takeFromService(bytes::ByteView data);
    bool writeCaller();
    bool writeService();
    template <typename Show>
    bool write(http2::End& from, bytes::WatermarkBuffer& waiting, SocketEnd& to, const Show& show);
    void wantMore();
    bool settleService();
    [[nodiscard]] bool saidToService() const;
    void serviceLost();
    [[nodiscard]] State state();
    [[nodiscard]] bool anyTaken() const;

    // Streams.
    void arrived(http2::End::Incoming stream, http2::Fields fields);
    void answerHead(Http2Stream& stream, http2::Fields fields, bool last);
    bool decideArrived();
    void decide(Http2Stream& stream);
    [[nodiscard]] const Taking* taking(const Http2Stream& stream) const;
    void toService(Http2Stream& stream);
    void refuse(Http2Stream& stream, std::uint32_t code);
    void callerClosed(Http2Stream& stream, std::uint32_t code);
    void onwardClosed(Http2Stream& stream, std::uint32_t code);
    void resumeUp(Http2Stream& stream);
    void dropUp(Http2Stream& stream);
    bool settleStreams();
    bool settle(Http2Stream& stream);
    void cameIn(http2::End& end, http2::Message& message, std::size_t count);
    void wentOut(const Http2Stream& stream, http2::Message& message, std::size_t count);
    void told(const Http2Stream& stream, flow::Decision decision, const Taking* by);

    void touch(const Http2Stream& stream) { m_touched.push_back(stream.id); }

    // Takers.
    void toTaker(Http2Stream& stream, const Taking& by);
    [[nodiscard]] TakerStream::Events takerEvents(const Http2Stream& stream);
    bool writeTakers();
    bool writeTaker(Http2Stream& stream);
    void takerHeard(Http2Stream& stream, bytes::ByteView data);
    void takerClosed(Http2Stream& stream, TakerFailed how);
    void takerFailed(Http2Stream& stream);
    void keepForReplay(Http2Stream& stream, bytes::ByteView sent);
    void again(Http2Stream& stream);
    void answerBadGateway(Http2Stream& stream, const TakerFailed& failed);
    void retire(Http2Stream& stream, wire::StealFailure failure, std::string_view message);
    void armTimer();
    void onTimer();

    Parts m_parts;
    http2::End m_caller;
    http2::End m_upstream;
    Streams m_streams;
    std::vector<std::int32_t> m_arrived; // heads to decide
    std::vector<std::int32_t> m_touched; // streams to settle
    bytes::WatermarkBuffer m_early;      // of the caller, before the service has greeted
    bytes::WatermarkBuffer m_toCaller;
    bytes::WatermarkBuffer m_toService;
    std::string m_serviceSaid;
    std::array<std::uint64_t, 2> m_streamBytes{};
    std::size_t m_underWay = 0; // bytes of bodies in m_streams
    std::uint64_t m_serials = 0;
    IdleFrames m_idleFrames; // of the caller
    base::Instant m_timerAt = base::Instant::max();
    bool m_greeted = false; // our SETTINGS are on their way to the caller
    bool m_patient = true;  // waits for the service's SETTINGS
    bool m_waiting = false; // a timer ends that
    bool m_notHttp2 = false;
    bool m_serviceDown = false;
    bool m_upgraded = false;
    bool m_goneAway = false; // the caller was told that no more streams are taken
};

} // namespace podglass::steal
