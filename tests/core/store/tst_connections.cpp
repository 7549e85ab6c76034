// SPDX-License-Identifier: Apache-2.0
// What the store keeps of connections and of exchanges that are odd: TLS, PROXY headers, tunnels,
// holes and conflicts, early and interim answers, what capture came too late for.
#include "played.h"

using namespace podglass;
using flow::Direction;
using tests::ended;
using tests::Played;

class ConnectionsTest : public QObject
{
    Q_OBJECT

private slots:
    void w2TlsOfRealPeers();
    void w3ProxyOfRealPeers();
    void w4TunnelIsOneRow();
    void h5InterimResponses();
    void h7EarlyAnswer();
    void t4BothVersionsAreKept();
    void t6GapsAtTheirPlace();
    void t4ConflictsAreRows();
    void t14TheFirstOfALateConnectionSaysSo();
    void p12ResponsesWithoutRequest();
    void p12RequestsAfterTheirResponse();
    void streamsStayWithinTheirLimits();
    void clearingKeepsOpenConnections();
};

void ConnectionsTest::w2TlsOfRealPeers()
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

void ConnectionsTest::w3ProxyOfRealPeers()
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

void ConnectionsTest::w4TunnelIsOneRow()
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

void ConnectionsTest::h5InterimResponses()
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
void ConnectionsTest::h7EarlyAnswer()
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

void ConnectionsTest::t4BothVersionsAreKept()
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

void ConnectionsTest::t6GapsAtTheirPlace()
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
void ConnectionsTest::t4ConflictsAreRows()
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

// A row says so where capture came late, and its neighbours do not.
void ConnectionsTest::t14TheFirstOfALateConnectionSaysSo()
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

void ConnectionsTest::p12ResponsesWithoutRequest()
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

void ConnectionsTest::p12RequestsAfterTheirResponse()
{
    Played played;
    constexpr auto late = static_cast<std::uint16_t>(flow::MessageFlag::JoinedLate);
    played.add(flow::ResponseHead{{1}, 0, {}, 20, late, {}, {}});
    played.add(flow::RequestHead{{1}, {}, {}, 20, late, {}, {}});
    played.add(flow::BodyData{{1}, Direction::ClientToServer, 0, bytes::asBytes("said")});
    QVERIFY(played.store.rows().at(2) == nullptr);
    const store::Row& row = *played.store.rows().at(1);
    QVERIFY((row.flags & store::RowRequestUnseen) == 0);
    QVERIFY((row.flags & store::RowJoinedLate) != 0);
    QCOMPARE(played.store.rows().contentOf(1)->request.body.size(), std::size_t{4});
    // Once: a second head of the same exchange changes nothing.
    played.add(flow::RequestHead{{1}, "GET", "/", 20, 0, {}, {}});
    QVERIFY(played.store.rows().at(2) == nullptr);
    QCOMPARE(played.store.rows().texts().text(played.store.rows().at(1)->path), std::string());
}

void ConnectionsTest::streamsStayWithinTheirLimits()
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

void ConnectionsTest::clearingKeepsOpenConnections()
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

QTEST_APPLESS_MAIN(ConnectionsTest)
#include "tst_connections.moc"
