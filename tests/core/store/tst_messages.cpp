// SPDX-License-Identifier: Apache-2.0
// What the store says of exchanges that are more than a request and a response: recorded from real
// peers (tests/golden/record_peers.py), and what no peer does on demand made by hand.
#include "core/store/messages.h"

#include "tests/support/capture_play.h"

#include <QTest>

using namespace podglass;
using Kind = store::MessageItem::Kind;
using flow::Direction;

namespace {

class Played : public flow::EventSink
{
public:
    explicit Played(const char* name)
    {
        whole = tests::playCapture(PODGLASS_GOLDEN + std::string("/peers/") + name + "/input.pcap",
                                   *this);
    }

    Played() = default;

    void onEvent(const flow::Event& event) override { store.apply(event); }

    void add(flow::Body body, std::int64_t milliseconds = 0)
    {
        store.apply(flow::Event{{1}, {1}, {milliseconds * 1'000'000}, std::move(body)});
    }

    [[nodiscard]] std::deque<store::MessageItem> messages(store::Number row) const
    {
        store::MessageReader reader;
        reader.update(store, row);
        return reader.items();
    }

    [[nodiscard]] std::string text(store::TextId id) const
    {
        return std::string(store.rows().texts().text(id));
    }

    store::Store store;
    bool whole = false;
};

flow::MessageEnd ended(Direction direction,
                       flow::MessageFate fate = flow::MessageFate::Complete,
                       std::uint64_t bytes = 0)
{
    return {{1}, direction, fate, bytes, 0, {}};
}

std::string kinds(const std::deque<store::MessageItem>& items, Direction direction)
{
    std::string all;
    for (const auto& item : items)
        if (item.direction == direction)
            all += std::to_string(static_cast<int>(item.kind)) + " ";
    return all;
}

} // namespace

class MessagesTest : public QObject
{
    Q_OBJECT

private slots:
    void p10GrpcOfRealPeers();
    void p10GrpcErrorsInTrailers();
    void p10GrpcCompressed();
    void p10GrpcCancelled();
    void w1WebSocketOfRealPeers();
    void w1PermessageDeflateOfRealPeers();
    void w1MissedMessageIsSaid();
    void w2TlsOfRealPeers();
    void w3ProxyOfRealPeers();
    void w4TunnelIsOneRow();
    void h5InterimResponses();
    void h7EarlyAnswer();
    void h16ServerSentEvents();
    void t4BothVersionsAreKept();
    void t6GapsAtTheirPlace();
    void t4ConflictsAreRows();
    void grpcStatusIsOfGrpcOnly();
    void t14TheFirstOfALateConnectionSaysSo();
    void p12ResponsesWithoutRequest();
    void streamsStayWithinTheirLimits();
    void framesStayWithinTheirLimit();
    void clearingKeepsOpenConnections();
};

void MessagesTest::p10GrpcOfRealPeers()
{
    const Played played("grpc");
    QVERIFY(played.whole);
    const auto& rows = played.store.rows();
    QCOMPARE(rows.end() - rows.first(), 7U);
    const store::Row& get = *rows.at(1);
    QCOMPARE(played.text(get.path), std::string("/shop.Orders/Get"));
    QCOMPARE(static_cast<store::RowForm>(get.detail), store::RowForm::Grpc);
    QCOMPARE(get.grpcStatus, std::uint8_t{0});
    const auto messages = played.messages(1);
    QCOMPARE(messages.size(), std::size_t{3});
    QCOMPARE(messages[0].payload,
             std::string("\x0a\x04"
                         "4711"));
    QCOMPARE(messages[0].direction, Direction::ClientToServer);
    QCOMPARE(messages[1].payload,
             std::string("\x0a\x04"
                         "4711"
                         "\x12\x04lamp\x18\x02"));
    QCOMPARE(messages[2].kind, Kind::GrpcStatus);
    const auto watch = played.messages(4);
    QCOMPARE(watch.size(), std::size_t{7});
    QCOMPARE(watch[5].payload.substr(8), std::string("state 4\x18\x04"));
    const auto chat = played.messages(5);
    QCOMPARE(kinds(chat, Direction::ClientToServer), std::string("0 0 0 "));
    QCOMPARE(kinds(chat, Direction::ServerToClient), std::string("0 0 0 2 "));
}

void MessagesTest::p10GrpcErrorsInTrailers()
{
    const Played played("grpc");
    QCOMPARE(played.store.rows().at(3)->grpcStatus, std::uint8_t{5});
    const auto messages = played.messages(3);
    QCOMPARE(messages.back().kind, Kind::GrpcStatus);
    QCOMPARE(store::grpcStatusName(messages.back().code), std::string("NOT_FOUND"));
    QCOMPARE(messages.back().payload, std::string("order missing was never placed"));
    QCOMPARE(played.store.rows().at(7)->grpcStatus, std::uint8_t{12}); // nobody serves it
}

void MessagesTest::p10GrpcCompressed()
{
    const Played played("grpc");
    const auto messages = played.messages(2);
    QVERIFY(messages[0].compressed);
    QCOMPARE(messages[0].note, std::string());
    QCOMPARE(messages[0].payload,
             "\x0a\x5e"
             "4711"
                 + std::string(90, 'x'));
    QVERIFY(messages[0].length < 60);
}

void MessagesTest::p10GrpcCancelled()
{
    const Played played("grpc");
    const auto messages = played.messages(6);
    const bool cancelled = std::ranges::any_of(messages, [](const auto& item) {
        return item.kind == Kind::Reset && store::resetCodeName(item.code) == "CANCEL";
    });
    QVERIFY(cancelled);
}

void MessagesTest::w1WebSocketOfRealPeers()
{
    const Played played("websocket");
    const store::Row& row = *played.store.rows().at(1);
    QCOMPARE(static_cast<store::RowForm>(row.detail), store::RowForm::WebSocket);
    QCOMPARE(row.status, std::uint16_t{101});
    const auto messages = played.messages(1);
    QCOMPARE(messages[0].kind, Kind::Text);
    QCOMPARE(messages[0].payload,
             std::string(R"({"symbol":"PGLS","price":0,"note":"the same text again"})"));
    QCOMPARE(messages[2].kind, Kind::Binary);
    QCOMPARE(messages[2].payload, std::string("\x00\x01\x02\xff", 4));
    // Text in three parts, a ping and its pong, a close from the server that says why.
    const std::string up = kinds(messages, Direction::ClientToServer);
    QVERIFY2(up.find("3 5 5 ") != std::string::npos, up.c_str());
    QVERIFY2(up.find("7 ") != std::string::npos, up.c_str());
    const auto close = std::ranges::find_if(messages, [](const auto& item) {
        return item.kind == Kind::Close && item.direction == Direction::ServerToClient;
    });
    QVERIFY(close != messages.end());
    QCOMPARE(close->code, 1001U);
    QCOMPARE(close->payload, std::string("server is restarting"));
}

void MessagesTest::w1PermessageDeflateOfRealPeers()
{
    const Played played("websocket-deflate");
    const auto messages = played.messages(1);
    int inflated = 0;
    for (const auto& item : messages) {
        QCOMPARE(item.note, std::string());
        inflated +=
            item.compressed && item.payload.starts_with(R"({"symbol":"PGLS","price":)") ? 1 : 0;
    }
    QCOMPARE(inflated, 8); // four up, four echoed
    // The window goes on: the second is much shorter than the first on the wire.
    QVERIFY(messages[3].length < messages[0].length / 2);
    const auto last = std::ranges::find_if(
        messages, [](const auto& item) { return item.kind == Kind::Continuation && item.final; });
    QVERIFY(last != messages.end());
    QCOMPARE(last->payload, std::string("in three parts"));
}

// With context takeover nothing behind a missed message can be read, which is said of each.
void MessagesTest::w1MissedMessageIsSaid()
{
    Played played;
    const std::vector<flow::HeaderField> upgrade{
        {"Upgrade", "websocket"}, {"Sec-WebSocket-Extensions", "permessage-deflate"}};
    played.add(flow::ConnectionOpened{});
    played.add(flow::RequestHead{{1}, "GET", "/ws", 11, 0, {}, {}});
    played.add(flow::ResponseHead{{1}, 101, {}, 11, 0, upgrade, {}});
    played.add(ended(Direction::ServerToClient));
    const std::string hello("\xf2\x48\xcd\xc9\xc9\x07\x00", 7); // RFC 7692 7.2.3.1
    const auto frame = [&](std::uint64_t offset, bool there) {
        played.add(flow::MessageFrame{
            {1}, Direction::ServerToClient, flow::FrameKind::WebSocketText, offset, 7, 3, 0});
        if (there)
            played.add(flow::StreamData{Direction::ServerToClient, offset, bytes::asBytes(hello)});
    };
    frame(100, true);
    frame(200, false);
    frame(300, true);
    const auto messages = played.messages(1);
    QCOMPARE(messages.size(), std::size_t{3});
    QCOMPARE(messages[0].payload, std::string("Hello"));
    QCOMPARE(messages[1].note, std::string("part of it was not captured"));
    QVERIFY2(messages[2].note.starts_with("cannot be inflated"), messages[2].note.c_str());
}

void MessagesTest::w2TlsOfRealPeers()
{
    const Played played("tls");
    QCOMPARE(played.store.rows().end(), 3U);
    const store::Row& row = *played.store.rows().at(1);
    QCOMPARE(row.kind, store::RowKind::Connection);
    QCOMPARE(played.text(row.host), std::string("shop.test"));
    const store::Connection& connection = *played.store.connections().at(1);
    QCOMPARE(connection.offeredProtocols, std::string("h2,http/1.1"));
    QVERIFY(connection.chosenVersion >= 0x0303);
    QCOMPARE(played.store.connections().at(2)->chosenProtocol, std::string("http/1.1"));
    QCOMPARE(played.store.requests(), std::uint64_t{0});
}

void MessagesTest::w3ProxyOfRealPeers()
{
    const Played played("proxy");
    const auto& connections = played.store.connections();
    const store::Connection& v2 = *connections.at(2);
    QCOMPARE(v2.proxyVersion, std::uint8_t{2});
    QVERIFY(v2.sourceKnown);
    QCOMPARE(v2.source.addressText(), std::string("127.0.0.1"));
    QVERIFY(v2.source.port != v2.client.port); // haproxy's own port is another one
    QCOMPARE(connections.at(3)->proxyVersion, std::uint8_t{1});
    QCOMPARE(played.store.requests(), std::uint64_t{2});
}

void MessagesTest::w4TunnelIsOneRow()
{
    Played played;
    played.add(flow::ConnectionOpened{});
    played.add(flow::RequestHead{{1}, "CONNECT", "shop.test:443", 11, 0, {}, {}});
    played.add(flow::ResponseHead{{1}, 200, "OK", 11, 0, {}, {}});
    played.add(ended(Direction::ServerToClient));
    played.add(flow::ProtocolDetected{flow::Protocol::Raw, {}});
    played.add(flow::StreamData{Direction::ClientToServer, 60, bytes::asBytes("data")}, 5);
    QCOMPARE(played.store.rows().end(), 2U);
    QCOMPARE(static_cast<store::RowForm>(played.store.rows().at(1)->detail),
             store::RowForm::Tunnel);
    QCOMPARE(played.store.rows().at(1)->state, store::RowState::Open);
    QCOMPARE(played.store.connections().at(1)->tunnelTo, std::string("shop.test:443"));
    QCOMPARE(played.store.stream(1)->read(Direction::ClientToServer, 60, 4), std::string("data"));
    played.add(flow::ConnectionClosed{}, 20);
    QCOMPARE(played.store.rows().at(1)->state, store::RowState::Done);
}

void MessagesTest::h5InterimResponses()
{
    Played played;
    const std::vector<flow::HeaderField> hints{{"Link", "</style.css>"}};
    played.add(flow::ConnectionOpened{});
    played.add(flow::RequestHead{{1}, "GET", "/", 11, 0, {}, {}});
    played.add(flow::ResponseHead{{1}, 100, {}, 11, 0, {}, {}}, 1);
    played.add(flow::ResponseHead{{1}, 103, {}, 11, 0, hints, {}}, 2);
    played.add(flow::ResponseHead{{1}, 200, "OK", 11, 0, {}, {}}, 3);
    const store::Content* content = played.store.rows().contentOf(1);
    QCOMPARE(content->interims.size(), std::size_t{2});
    QCOMPARE(content->interims[1].status, std::uint16_t{103});
    QCOMPARE(content->interims[1].fields.all().at(0).value, std::string_view("</style.css>"));
    QCOMPARE(played.store.rows().at(1)->status, std::uint16_t{200});
}

// The response is whole before the request is; both are shown as they stand.
void MessagesTest::h7EarlyAnswer()
{
    Played played;
    played.add(flow::ConnectionOpened{});
    played.add(flow::RequestHead{{1}, "POST", "/upload", 11, 0, {}, {}});
    played.add(flow::BodyData{{1}, Direction::ClientToServer, 0, bytes::asBytes("half")});
    played.add(flow::ResponseHead{{1}, 413, {}, 11, 0, {}, {}}, 1);
    played.add(ended(Direction::ServerToClient), 2);
    played.add(ended(Direction::ClientToServer, flow::MessageFate::CutByClose, 4), 3);
    const store::Row& row = *played.store.rows().at(1);
    QCOMPARE(row.status, std::uint16_t{413});
    QCOMPARE(row.requestBytes, 4U);
    QCOMPARE(row.state, store::RowState::Cut);
}

void MessagesTest::h16ServerSentEvents()
{
    const Played played("events");
    QCOMPARE(static_cast<store::RowForm>(played.store.rows().at(1)->detail),
             store::RowForm::EventStream);
    const auto messages = played.messages(1);
    QCOMPARE(messages.size(), std::size_t{7});
    QCOMPARE(messages[0].kind, Kind::Comment);
    QCOMPARE(messages[1].name, std::string("stock"));
    QCOMPARE(messages[6].payload, std::string(R"({"sku":"A-5","value":35})"));
    QCOMPARE(messages[6].id, std::string("5"));
}

void MessagesTest::t4BothVersionsAreKept()
{
    Played played;
    played.add(flow::ConnectionOpened{});
    played.add(flow::Anomaly{flow::AnomalyKind::OverlapConflict,
                             Direction::ClientToServer,
                             10,
                             3,
                             bytes::asBytes("abc"),
                             bytes::asBytes("xyz")});
    played.add(
        flow::Anomaly{flow::AnomalyKind::Retransmission, Direction::ClientToServer, 0, 9, {}, {}});
    const store::Stream* stream = played.store.stream(1);
    QCOMPARE(stream->notes.size(), std::size_t{1});
    QCOMPARE(stream->notes[0].kept, std::string("abc"));
    QCOMPARE(stream->notes[0].dropped, std::string("xyz"));
    QCOMPARE(played.store.connections().at(1)->anomalies, 2U);
}

void MessagesTest::t6GapsAtTheirPlace()
{
    Played played;
    played.add(flow::ConnectionOpened{});
    played.add(flow::Gap{Direction::ServerToClient, 1024, 2048, flow::GapKind::Capture});
    const store::StreamNote& note = played.store.stream(1)->notes.at(0);
    QVERIFY(note.gap);
    QCOMPARE(note.offset, std::uint64_t{1024});
    QCOMPARE(note.length, std::uint64_t{2048});
    QCOMPARE(note.gapKind, flow::GapKind::Capture);
}

// A conflict is a row of its own, merged with its neighbour of the same direction and no other.
void MessagesTest::t4ConflictsAreRows()
{
    Played played;
    played.add(flow::ConnectionOpened{});
    const auto conflict = [](Direction direction, std::uint64_t length) {
        flow::Anomaly anomaly;
        anomaly.kind = flow::AnomalyKind::OverlapConflict;
        anomaly.direction = direction;
        anomaly.length = length;
        return anomaly;
    };
    played.add(conflict(Direction::ClientToServer, 3));
    played.add(conflict(Direction::ClientToServer, 4));
    played.add(conflict(Direction::ServerToClient, 5));
    QCOMPARE(played.store.rows().end() - played.store.rows().first(), 2U);
    const store::Row& first = *played.store.rows().at(1);
    QCOMPARE(first.kind, store::RowKind::Conflict);
    QCOMPARE(first.responseBytes, std::uint64_t{7});
    QCOMPARE(first.events, 2U);
    QCOMPARE(played.store.rows().at(2)->responseBytes, std::uint64_t{5});
    QCOMPARE(played.store.losses().conflicts, std::uint64_t{3});
    QCOMPARE(played.store.connections().at(1)->conflicts, 3U);
}

// A trailer of that name does not make a page of HTTP/2 a call.
void MessagesTest::grpcStatusIsOfGrpcOnly()
{
    const std::array<flow::HeaderField, 1> status{flow::HeaderField{"grpc-status", "0"}};
    for (const bool grpc : {false, true}) {
        Played played;
        const std::array<flow::HeaderField, 1> type{
            flow::HeaderField{"content-type", grpc ? "application/grpc" : "text/html"}};
        played.add(flow::RequestHead{{1}, "GET", "/", 20, 0, {}, {}});
        played.add(flow::ResponseHead{{1}, 404, {}, 20, 0, type, {}});
        flow::MessageFrame frame;
        frame.exchange = {1};
        frame.kind = flow::FrameKind::GrpcStatus;
        played.add(frame);
        flow::MessageEnd end;
        end.exchange = {1};
        end.direction = Direction::ServerToClient;
        end.trailers = status;
        played.add(end);
        QCOMPARE(played.store.rows().at(1)->grpcStatus, grpc ? 0 : store::noGrpcStatus);
    }
}

// A row says so where capture came late, and its neighbours do not.
void MessagesTest::t14TheFirstOfALateConnectionSaysSo()
{
    Played played;
    flow::ConnectionOpened late;
    late.joinedLate = true;
    played.add(late);
    played.add(flow::RequestHead{{1}, "GET", "/a", 11, 0, {}, {}});
    played.add(flow::RequestHead{{2}, "GET", "/b", 11, 0, {}, {}});
    QVERIFY((played.store.rows().at(1)->flags & store::RowLateStart) != 0);
    QVERIFY((played.store.rows().at(2)->flags & store::RowLateStart) == 0);
}

void MessagesTest::p12ResponsesWithoutRequest()
{
    Played played;
    constexpr auto late = static_cast<std::uint16_t>(flow::MessageFlag::JoinedLate);
    played.add(flow::ResponseHead{{1}, 200, "OK", 11, late, {}, {}});
    played.add(flow::BodyData{{1}, Direction::ServerToClient, 0, bytes::asBytes("body")});
    played.add(ended(Direction::ServerToClient, flow::MessageFate::Complete, 4), 2);
    const store::Row& row = *played.store.rows().at(1);
    QVERIFY((row.flags & store::RowRequestUnseen) != 0);
    QVERIFY((row.flags & store::RowJoinedLate) != 0);
    QVERIFY((row.flags & store::RowSuspicious) == 0);
    QCOMPARE(row.status, std::uint16_t{200});
    QCOMPARE(played.store.rows().contentOf(1)->response.body.size(), std::size_t{4});
}

void MessagesTest::streamsStayWithinTheirLimits()
{
    store::Limits limits;
    limits.streamBytes = 100'000;
    limits.streamsBytes = 250'000;
    store::Store kept(limits);
    const std::string data(10'000, 'x');
    for (std::uint64_t connection = 1; connection <= 4; ++connection)
        for (std::uint64_t i = 0; i < 20; ++i)
            kept.apply(flow::Event{
                {1},
                {connection},
                {},
                flow::StreamData{Direction::ClientToServer, i * 10'000, bytes::asBytes(data)}});
    QCOMPARE(kept.stream(4)->bytes[0], std::uint64_t{100'000});
    QCOMPARE(kept.stream(4)->forgotten[0], std::uint64_t{100'000});
    QVERIFY(kept.stream(1)->parts.empty()); // silent longest
    QCOMPARE(kept.stream(1)->forgotten[0], std::uint64_t{200'000});
    QVERIFY(kept.stream(4)->read(Direction::ClientToServer, 0, 10).empty());
    QCOMPARE(kept.stream(4)->read(Direction::ClientToServer, 199'990, 10), std::string(10, 'x'));
}

void MessagesTest::framesStayWithinTheirLimit()
{
    Played played;
    played.add(flow::ConnectionOpened{});
    played.add(flow::RequestHead{{1}, "POST", "/a.B/C", 20, 0, {}, {}});
    for (std::size_t i = 0; i < limits::storeFrames + 5; ++i)
        played.add(flow::MessageFrame{
            {1}, Direction::ClientToServer, flow::FrameKind::GrpcMessage, i, 0, 0, 0});
    const store::Content* content = played.store.rows().contentOf(1);
    QCOMPARE(content->frames.size(), limits::storeFrames);
    QCOMPARE(content->framesDropped, std::uint64_t{5});
    QCOMPARE(played.store.rows().at(1)->events,
             static_cast<std::uint32_t>(limits::storeFrames + 5));
    store::MessageReader reader;
    reader.update(played.store, 1);
    QCOMPARE(reader.dropped(), std::uint64_t{5});
}

void MessagesTest::clearingKeepsOpenConnections()
{
    Played played;
    played.add(flow::ConnectionOpened{flow::Endpoint::v4(1, 2), flow::Endpoint::v4(3, 80)});
    played.add(flow::RequestHead{{1}, "GET", "/before", 11, 0, {}, {}});
    played.store.clear();
    QCOMPARE(played.store.rows().end() - played.store.rows().first(), 0U);
    played.add(flow::RequestHead{{2}, "GET", "/after", 11, 0, {}, {}});
    const store::Row& row = *played.store.rows().at(played.store.rows().end() - 1);
    QCOMPARE(row.port, std::uint16_t{80});
    QVERIFY(played.store.connections().at(row.connection)->known);
}

QTEST_APPLESS_MAIN(MessagesTest)
#include "tst_messages.moc"
