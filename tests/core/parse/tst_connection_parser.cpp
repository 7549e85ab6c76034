// SPDX-License-Identifier: Apache-2.0
// Both directions of a connection become exchanges: paired, in order, whole or cut.
#include "core/base/limits.h"
#include "core/parse/connection_parser.h"

#include "exchange_text.h"

using namespace podglass;
using namespace podglass::tests;

class ConnectionParserTest : public QObject
{
    Q_OBJECT

private slots:
    void h1Exchange();
    void h1UntilClose();
    void h1HeadRequest();
    void h2ChunkErrorShowsTheRest();
    void h3Pipelining();
    void h3TooManyPipelined();
    void h4Continue();
    void h5EarlyHints();
    void h6WebSocket();
    void h6Refused();
    void h6Connect();
    void h7EarlyResponse();
    void h7CutBody();
    void h8Undecidable();
    void h10LargeHead();
    void h11Simple();
    void h12Surplus();
    void h13Detection_data();
    void h13Detection();
    void h13Binary();
    void h16BodyLimit();
    void streamsBesides();
    void responseBeforeRequest();
    void unanswered();
    void resetInBody();
    void timesAreOfTheLastPacket();
};

void ConnectionParserTest::h1Exchange()
{
    SAME(played({c("POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"), s(ok), fin(up), fin(down)}),
         "open 10.0.0.1:1000 -> 10.0.0.2:80\nprotocol http/1\n> #1 POST /a Content-Length=3\n"
         "> #1 body @0 abc\n> #1 complete 3\n"
             + answered(1) + "closed 0\n");
}

void ConnectionParserTest::h1UntilClose()
{
    const Script script{c(get), s("HTTP/1.1 200 OK\r\n\r\nabc"), fin(down)};
    SAME(between(played(script)),
         "protocol http/1\n> #1 GET /a\n> #1 complete 0\n"
         "< #1 200 OK\n< #1 body @0 abc\n< #1 complete 3\n");
    Setting reset;
    reset.close = flow::CloseReason::Reset;
    SAME(between(played({script[0], script[1]}, reset)),
         "protocol http/1\n> #1 GET /a\n> #1 complete 0\n"
         "< #1 200 OK\n< #1 body @0 abc\n< #1 cut by close 3\n");
}

void ConnectionParserTest::h1HeadRequest()
{
    SAME(between(played({c("HEAD / HTTP/1.1\r\n\r\n" + get),
                         s("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + ok)})),
         "protocol http/1\n> #1 HEAD /\n> #1 complete 0\n> #2 GET /a\n> #2 complete 0\n< #1"
             + okText + "< #1 complete 0\n" + answered(2));
}

void ConnectionParserTest::h2ChunkErrorShowsTheRest()
{
    SAME(between(played({c(get),
                         s("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                           "2\r\nhi\r\nzz\r\nrest")})),
         "protocol http/1\n> #1 GET /a\n> #1 complete 0\n< #1 200 OK Transfer-Encoding=chunked\n"
         "< #1 body @0 hi\n< #1 framing error 2\n< raw @54 zz\\x0d\\x0arest\n");
}

void ConnectionParserTest::h3Pipelining()
{
    std::string requests;
    std::string responses;
    std::string expected = "protocol http/1\n";
    for (int i = 1; i <= 10; ++i) {
        requests += get;
        responses += ok;
        expected +=
            "> #" + std::to_string(i) + " GET /a\n> #" + std::to_string(i) + " complete 0\n";
    }
    for (int i = 1; i <= 10; ++i)
        expected += answered(i);
    SAME(between(played({c(requests), s(responses)})), expected);
}

void ConnectionParserTest::h3TooManyPipelined()
{
    std::string requests;
    for (std::size_t i = 0; i <= limits::pipelinedRequests; ++i)
        requests += get;
    const std::string account = play({c(requests), s(ok)}, {}, {requests, ok});
    QVERIFY2(account.find("< #1 unanswered 0\n") != std::string::npos, account.c_str());
    QVERIFY(account.find(answered(2)) != std::string::npos);
    // The one whose response is arriving is not the one to give up.
    const std::string busy = play({c(get), s(ok.substr(0, ok.size() - 1)), c(requests)},
                                  {},
                                  {get, std::string_view(ok).substr(0, ok.size() - 1), requests});
    QVERIFY2(busy.find("< #2 unanswered 0\n") != std::string::npos, busy.c_str());
    QVERIFY(busy.find("< #1 cut by close 1\n") != std::string::npos);
    QVERIFY(busy.find("< #1 unanswered") == std::string::npos);
}

void ConnectionParserTest::h4Continue()
{
    SAME(between(played({c("PUT / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"),
                         s("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"),
                         c("x"),
                         s(ok)})),
         "protocol http/1\n> #1 PUT / Expect=100-continue Content-Length=1\n< #1 100 Continue\n"
         "< #1 100 Continue\n> #1 body @0 x\n> #1 complete 1\n"
             + answered(1));
}

void ConnectionParserTest::h5EarlyHints()
{
    SAME(between(played({c(get), s("HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" + ok)})),
         "protocol http/1\n> #1 GET /a\n> #1 complete 0\n< #1 103 Early Hints Link=a\n"
             + answered(1));
}

void ConnectionParserTest::h6WebSocket()
{
    // Client bytes before the answer and server bytes right behind it both belong to the tunnel.
    SAME(
        between(
            played({c("GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nearly"),
                    s("HTTP/1.1 101 Ok\r\nUpgrade: WebSocket\r\n\r\n\x81\x01y"),
                    c("GET /not HTTP/1.1\r\n\r\n")})),
        "protocol http/1\n> #1 GET /ws Connection=Upgrade Upgrade=websocket\n> #1 complete 0\n"
        "< #1 101 Ok Upgrade=WebSocket\n< #1 complete 0\nprotocol websocket\n"
        "> raw @61 ea\n> anomaly 12\n> raw @63 rly\n< raw @39 \\x81\\x01\n< #1 text @41 1 flags=2\n"
        "< raw @41 y\n> raw @66 GET /not HTTP/1.1\\x0d\\x0a\\x0d\\x0a\n");
}

void ConnectionParserTest::h6Refused()
{
    SAME(between(played({c("GET /ws HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n" + get),
                         s(ok + ok)})),
         "protocol http/1\n> #1 GET /ws Connection=upgrade Upgrade=h2c\n> #1 complete 0\n"
             + answered(1) + "> #2 GET /a\n> #2 complete 0\n" + answered(2));
}

void ConnectionParserTest::h6Connect()
{
    SAME(between(played({c("CONNECT b:1 HTTP/1.1\r\n\r\n"),
                         s("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbye"),
                         c("hello")})),
         "protocol http/1\n> #1 CONNECT b:1\n> #1 complete 0\n< #1 200 OK Content-Length=9\n"
         "< #1 complete 0\nprotocol raw\n< raw @38 bye\n> raw @24 hello\n");
}

void ConnectionParserTest::h7EarlyResponse()
{
    // Answered while the body still streams, and the next request sees nothing of it.
    SAME(between(played(
             {c("POST / HTTP/1.1\r\nContent-Length: 6\r\n\r\nabc"), s(ok), c("def" + get), s(ok)})),
         "protocol http/1\n> #1 POST / Content-Length=6\n> #1 body @0 abc\n" + answered(1)
             + "> #1 body @3 def\n> #1 complete 6\n> #2 GET /a\n> #2 complete 0\n" + answered(2));
}

void ConnectionParserTest::h7CutBody()
{
    SAME(between(played({c("POST / HTTP/1.1\r\nContent-Length: 6\r\n\r\nabc"),
                         s("HTTP/1.1 413 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
                         fin(down)})),
         "protocol http/1\n> #1 POST / Content-Length=6\n> #1 body @0 abc\n"
         "< #1 413 No Content-Length=0 Connection=close\n< #1 complete 0\n> #1 cut by close 3\n");
}

void ConnectionParserTest::h8Undecidable()
{
    SAME(between(played(
             {c("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxy"), s(ok)})),
         "protocol http/1\n> #1 POST / flags=1 Content-Length=1 Content-Length=2\n"
         "> #1 framing error 0\n> raw @57 xy\n"
             + answered(1));
}

void ConnectionParserTest::h10LargeHead()
{
    const std::string head =
        "GET /big HTTP/1.1\r\nA: b\r\nX: " + std::string(limits::headBytes, 'x') + "\r\n\r\n";
    const std::string account = play({c(head), s(ok)}, {}, {head, ok});
    QVERIFY2(account.find("> #1 GET /big flags=4 A=b\n> #1 framing error 0\n> raw @65536 ")
                 != std::string::npos,
             account.c_str());
}

void ConnectionParserTest::h11Simple()
{
    SAME(between(played({c("GET /old\r\n"), s("<p>old</p>"), fin(down)})),
         "protocol http/1\n> #1 GET /old v9\n> #1 complete 0\n< #1 framing error 0\n"
         "< raw @0 <p>old</p>\n");
}

void ConnectionParserTest::h12Surplus()
{
    SAME(between(
             played({c("GET /a HTTP/1.1\r\nConnection: close\r\n\r\nmore"),
                     s("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi!!")})),
         "protocol http/1\n> #1 GET /a Connection=close\n> #1 complete 0\n> raw @38 more\n"
         "< #1 200 OK Content-Length=2 Connection=close\n< #1 body @0 hi\n< #1 complete 2\n"
         "< raw @59 !!\n");
}

void ConnectionParserTest::h13Detection_data()
{
    QTest::addColumn<QByteArray>("client");
    QTest::addColumn<QByteArray>("server");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("server first") << QByteArray() << QByteArray("220 hello\r\n")
                                  << QByteArray(
                                         "protocol server first\n< raw @0 220 hello\\x0d\\x0a\n");
    QTest::newRow("redis") << QByteArray("*1\r\n$4\r\nPING\r\n") << QByteArray("+PONG\r\n")
                           << QByteArray(
                                  "protocol raw\n> raw @0 *1\\x0d\\x0a$4\\x0d\\x0aPING\\x0d\\x0a\n"
                                  "< raw @0 +PONG\\x0d\\x0a\n");
    QTest::newRow("words") << QByteArray("USER bob\r\n") << QByteArray()
                           << QByteArray("protocol raw\n> raw @0 USER bob\\x0d\\x0a\n");
    QTest::newRow("looks like HTTP")
        << QByteArray("GET key value\r\n") << QByteArray()
        << QByteArray("protocol raw\n> raw @0 GET key value\\x0d\\x0a\n");
    QTest::newRow("preface") << QByteArray("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") << QByteArray()
                             << QByteArray("protocol http/2\n");
    QTest::newRow("nearly preface") << QByteArray("PRI * HTTP/2.0\r\n\r\nSM\r\n\rx") << QByteArray()
                                    << QByteArray("protocol raw\n> raw @0 PRI * HTTP/2.0"
                                                  "\\x0d\\x0a\\x0d\\x0aSM\\x0d\\x0a\\x0dx\n");
    QTest::newRow("half a line") << QByteArray("GET / HT") << QByteArray()
                                 << QByteArray("protocol raw\n> raw @0 GET / HT\n");
    QTest::newRow("nothing") << QByteArray() << QByteArray() << QByteArray();
}

void ConnectionParserTest::h13Detection()
{
    QFETCH(QByteArray, client);
    QFETCH(QByteArray, server);
    QFETCH(QByteArray, expected);
    SAME(between(played({c(client.toStdString()), s(server.toStdString())})),
         expected.toStdString());
}

void ConnectionParserTest::h13Binary()
{
    // Nothing is held back once no protocol is possible: the second byte decides here.
    tests::EventText text;
    parse::Ids ids;
    parse::ParserFactory factory(text, {1}, ids, {1});
    const auto sink = factory.open({1}, {}, {});
    sink->data(up, 0, bytes::asBytes("A\x01"), {});
    QVERIFY(text.text().find("protocol raw\n> raw @0 A\\x01") != std::string::npos);
}

void ConnectionParserTest::h16BodyLimit()
{
    Setting setting;
    setting.options.bodyLimit = 4;
    SAME(between(played({c("PUT / HTTP/1.1\r\nContent-Length: 10\r\n\r\n0123456789")}, setting)),
         "protocol http/1\n> #1 PUT / Content-Length=10\n> #1 body @0 0123\n"
         "> #1 complete 10 withheld 6\n< #1 unanswered 0\n");
}

void ConnectionParserTest::streamsBesides()
{
    Setting setting;
    setting.options.alsoStreams = true;
    const std::string input = get + "!";
    SAME(between(play({c(input), s("x")}, setting, {input, "x"})),
         "> raw @0 GET /a HTTP/1.1\\x0d\\x0a\\x0d\\x0a!\nprotocol http/1\n> #1 GET /a\n"
         "> #1 complete 0\n< raw @0 x\n< #1 framing error 0\n");
}

void ConnectionParserTest::responseBeforeRequest()
{
    // The two directions reach us apart; a response waits for its request.
    SAME(between(played({s(ok), c(get)})),
         "protocol http/1\n> #1 GET /a\n> #1 complete 0\n" + answered(1));
    // A server that gives up on a silent client.
    SAME(between(played({s("HTTP/1.1 408 Slow\r\nContent-Length: 0\r\n\r\n"), fin(down)})),
         "protocol http/1\n< #1 408 Slow flags=8 Content-Length=0\n< #1 complete 0\n");
}

void ConnectionParserTest::unanswered()
{
    SAME(between(played({c(get + get), s(ok), fin(down)})),
         "protocol http/1\n> #1 GET /a\n> #1 complete 0\n> #2 GET /a\n> #2 complete 0\n"
             + answered(1) + "< #2 unanswered 0\n");
}

void ConnectionParserTest::resetInBody()
{
    Setting reset;
    reset.close = flow::CloseReason::Reset;
    SAME(between(played({c(get), s(ok.substr(0, ok.size() - 1))}, reset)),
         "protocol http/1\n> #1 GET /a\n> #1 complete 0\n< #1" + okText
             + "< #1 body @0 h\n< #1 cut by close 1\n");
}

void ConnectionParserTest::timesAreOfTheLastPacket()
{
    tests::EventText text;
    parse::Ids ids;
    parse::ParserFactory factory(text, {1}, ids, {1});
    const auto sink = factory.open({1}, {}, {1});
    sink->data(up, 0, bytes::asBytes("GET / HTTP"), {5});
    sink->data(up, 10, bytes::asBytes("/1.1\r\n\r\n"), {9});
    QCOMPARE(text.lastTime().nanoseconds, 9);
}

QTEST_APPLESS_MAIN(ConnectionParserTest)
#include "tst_connection_parser.moc"
