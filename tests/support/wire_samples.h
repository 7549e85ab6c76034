// SPDX-License-Identifier: Apache-2.0
// One filled-in value of every message and every event body, for round trips, golden bytes and
// fuzz corpora. Every field differs from its default.
#pragma once

#include "core/flow/event_batch.h"
#include "core/wire/message.h"

namespace podglass::test {

inline flow::Endpoint sampleEndpoint(std::uint8_t last)
{
    return flow::Endpoint::v4(0x0a000000U + last, static_cast<std::uint16_t>(8000 + last));
}

inline std::vector<wire::Message> sampleMessages()
{
    using namespace wire;
    Hello hello{1, 2, 3, "0.1.0", "build-3", "CAP_NET_ADMIN is missing", {}};
    hello.nonce.fill(0xab);
    Proof proof;
    proof.mac.fill(0xcd);
    const ListeningPort port{8080, "0.0.0.0", "nginx"};
    const Target target{
        "netns:shop", "netns", "shop", "image shop:3", 77, {port}, {"10.0.0.1", "fe80::1"}};
    Telemetry telemetry;
    telemetry.at = 1'700'000'000'000'000'001;
    telemetry.agent = {1, 2, 3, 4, 5, true};
    telemetry.target = {6, 7, 8, 9, 10, false};
    telemetry.lag = {11, 12, 13};
    telemetry.lostBytes = 14;
    telemetry.filterCacheMisses = 15;
    return {
        hello,
        proof,
        ListTargets{4},
        TargetList{4, {target, Target{}}, "/proc/5: permission denied"},
        Attach{5, "netns:shop"},
        Attached{5, {9}, "netns:shop", "shop", {"lo", "eth0"}, {port}, 3, "no nf_tables"},
        Detach{{9}},
        SetPort{{9}, 8080, Mode::Steal, 7, "method is \"POST\"", 65536, OnTakerFailure::PassOn},
        PortState{{9}, 8080, Mode::Mirror, 7, true, "refused", "table inet x", 3, {"ana@x"}},
        Credit{1, 262144},
        Ping{0x0102030405060708},
        Pong{0x0102030405060708},
        StealOpen{16, {9}, {21}, {22}, 8080, sampleEndpoint(2)},
        StealData{16, {1, 2, 3}},
        StealEnd{16},
        StealReset{16, StealFailure::Silent, "nothing for 30 s"},
        telemetry,
        Failure{5, {9}, "no such namespace", "attach netns:shop", "list the targets", false},
        Goodbye{"bye"},
        SetDelivery{{9}, 8080, OnLag::CloseConnection, {100, 200}, 1 << 20, 10, 5'000'000},
        DeliveryState{{9}, 8080, 10, 9, 100, 1'000, 60, 600, 40, 400, 30, 300, 77},
        ListRules{6, {9}},
        Rules{6, {9}, "table inet podglass_8080 {}", {"ip nat: chain ISTIO_INBOUND"}, {"a mesh"}},
        SetTls{{9}, 8443, "-----BEGIN CERTIFICATE-----", "-----BEGIN PRIVATE KEY-----"},
        TlsState{{9}, 8443, "CN=shop, until 2027-01-01", 12, 3, 1, 2, "a client certificate"},
        EndOld{7, {9}, 8443},
        OldEnded{7, {9}, 8443, 4, 1}};
}

// Holds what its events borrow.
struct SampleEvents
{
    std::string head = "POST /cart?x=1 HTTP/1.1\r\nHost: shop\r\nX-User-Id: qa-7\r\n\r\n";
    std::string answer = "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n";
    std::vector<flow::HeaderField> fields;
    std::vector<flow::HeaderField> answerFields;
    std::vector<flow::HeaderField> trailers{{"grpc-status", "0"}};
    std::vector<flow::Event> events;

    SampleEvents()
    {
        using namespace flow;
        const std::string_view h = head;
        const std::string_view a = answer;
        fields = {{h.substr(25, 4), h.substr(31, 4)}, {h.substr(37, 9), h.substr(48, 4)}};
        answerFields = {{a.substr(22, 14), a.substr(38, 1)}};
        const RequestHead request{
            {31}, h.substr(0, 4), h.substr(5, 9), 11, 1, fields, bytes::asBytes(h)};
        const RequestHead http2{{32}, "GET", "/v2", 20, 0, trailers, {}};
        const ResponseHead response{
            {31}, 201, a.substr(13, 7), 11, 0, answerFields, bytes::asBytes(a)};
        const Direction back = Direction::ServerToClient;
        const ByteView kept = bytes::asBytes("a");
        const ByteView dropped = bytes::asBytes("b");
        const std::vector<Body> bodies{
            ConnectionOpened{sampleEndpoint(1), sampleEndpoint(2), Origin::Steal, true, true},
            ConnectionClosed{CloseReason::Reset, back, {10, 20}},
            ProtocolDetected{Protocol::Tls, "shop.example"},
            request,
            http2,
            response,
            BodyData{{31}, back, 5, bytes::asBytes("ok")},
            MessageEnd{{31}, back, MessageFate::CutByGap, 100, 60, trailers},
            StreamData{back, 7, bytes::asBytes("raw")},
            Gap{back, 8, 9, GapKind::Capture},
            Anomaly{AnomalyKind::OverlapConflict, back, 1, 2, kept, dropped},
            Lost{LossPlace::Tunnel, back, 3, 2, 1},
            StealDecision{{31}, Decision::Fallback, {4}, 5},
            MessageFrame{{31}, back, FrameKind::WebSocketClose, 6, 7, 5, 1'001},
            ConnectionOpened{
                sampleEndpoint(1), sampleEndpoint(2), Origin::Mirror, false, true, {7, 1'011}},
            TlsHello{back, 0x0304, "shop.example", "h2,http/1.1", true},
            ProxyHeader{2, true, sampleEndpoint(3), sampleEndpoint(4), 28},
            TlsTerminated{0x0304, "shop.example", "h2"}};
        for (std::size_t i = 0; i < bodies.size(); ++i)
            events.push_back({{9}, {21}, {1'000 + static_cast<std::int64_t>(i)}, bodies[i]});
    }
};

} // namespace podglass::test
