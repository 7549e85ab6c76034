// SPDX-License-Identifier: Apache-2.0
// What flows inside one exchange: gRPC, WebSocket, server-sent events.
#include "played.h"

using namespace podglass;
using Kind = store::MessageItem::Kind;
using flow::Direction;
using tests::ended;
using tests::Played;

namespace {

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
    void h16ServerSentEvents();
    void grpcStatusIsOfGrpcOnly();
    void framesStayWithinTheirLimit();
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

QTEST_APPLESS_MAIN(MessagesTest)
#include "tst_messages.moc"
