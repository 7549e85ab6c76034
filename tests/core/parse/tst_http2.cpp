// SPDX-License-Identifier: Apache-2.0
// HTTP/2 connections, case by case; the names are those of the list of cases, P1 to P13.
#include "core/base/limits.h"
#include "core/parse/http2_session.h"

#include "tests/support/http2_ends.h"

using namespace podglass;
using namespace podglass::tests;

class Http2Test : public QObject
{
    Q_OBJECT

private slots:
    void p1PriorKnowledge();
    void p1ServerSpeaksFirst();
    void p1Upgrade();
    void p1UpgradeWithoutPreface();
    void p1NotHttp2AfterThePreface();
    void p10Trailers();
    void p10GrpcMessages();
    void p10GrpcTrailersOnly();
    void p10Interim();
    void p11StreamsAreReleased();
    void p11BodyLimit();
    void p12GapInData();
    void p12GapInHeaders();
    void p12GapOverFrames();
    void p12JoinedLate();
    void p12ResponseBeforeRequest();
    void p13GoAway();
    void resets();
    void endsAndFates();
};

void Http2Test::p1PriorKnowledge()
{
    Http2Ends p;
    SAME(between(played({c({Http2Ends::hello(),
                            p.client.get(1, "/x"),
                            p.client.request(3, "POST", "/y", {{"x-a", "b"}})}),
                         s(Http2Ends::welcome() + answer(p.server, 1, "hi")),
                         c(W::data(3, "bo") + W::data(3, "dy", true)),
                         s(p.server.response(3, "404", {{"x-c", "d"}}, true))})),
         began + got(1, "/x") + "> #2 POST /y v20 host=a x-a=b\n" + answered(1, "hi")
             + "> #2 body @0 body\n> #2 complete 4\n< #2 404  v20 x-c=d\n< #2 complete 0\n");
}

void Http2Test::p1ServerSpeaksFirst()
{
    Http2Ends p;
    SAME(between(played({s(Http2Ends::welcome()),
                         c(Http2Ends::hello() + p.client.get(1, "/x")),
                         s(answer(p.server, 1, "hi"))})),
         began + got(1, "/x") + answered(1, "hi"));
    // What only looks like it is told when nothing more can come.
    SAME(between(played({s(W::settings()), fin(down)})),
         "protocol raw\n< raw @0 \\x00\\x00\\x00\\x04\\x00\\x00\\x00\\x00\\x00\n");
}

const std::string upgrade = "GET /u HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\n"
                            "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n";
const std::string switching =
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
const std::string upgraded =
    "protocol http/1\n> #1 GET /u Host=a Connection=Upgrade, HTTP2-Settings Upgrade=h2c "
    "HTTP2-Settings=AAMAAABkAAQAAP__\n> #1 complete 0\n"
    "< #1 101 Switching Protocols Connection=Upgrade Upgrade=h2c\n";

void Http2Test::p1Upgrade()
{
    Http2Ends p;
    SAME(between(played({c(upgrade),
                         s(switching + Http2Ends::welcome() + answer(p.server, 1, "hi")),
                         c(Http2Ends::hello() + p.client.get(3, "/x")),
                         s(answer(p.server, 3, "ho"))})),
         upgraded + began + answered(1, "hi") + got(2, "/x") + answered(2, "ho"));
}

void Http2Test::p1UpgradeWithoutPreface()
{
    SAME(between(played({c(upgrade), s(switching + W::settings()), c("GET / HTTP/1.1\r\n\r\n")})),
         upgraded + began
             + "< #1 framing error 0\nprotocol raw no HTTP/2 preface after the upgrade\n"
               "> raw @"
             + std::to_string(upgrade.size()) + " GET / HTTP/1.1\\x0d\\x0a\\x0d\\x0a\n");
}

void Http2Test::p1NotHttp2AfterThePreface()
{
    SAME(
        between(played({c(W::preface() + "GET / HTTP/1.1\r\n\r\n")})),
        began
            + "protocol raw the first frame is no SETTINGS\n> raw @33 P/1.1\\x0d\\x0a\\x0d\\x0a\n");
}

void Http2Test::p10Trailers()
{
    Http2Ends p;
    SAME(between(played(
             {c({Http2Ends::hello(),
                 p.client.request(1, "POST", "/x"),
                 W::data(1, "q"),
                 p.client.headers(1, {{"x-sum", "1"}}, true)}),
              s({Http2Ends::welcome(),
                 p.server.response(1, "200"),
                 W::data(1, "a"),
                 p.server.headers(1, {{"grpc-status", "0"}, {"grpc-message", ""}}, true)})})),
         began
             + "> #1 POST /x v20 host=a\n> #1 body @0 q\n> #1 complete 1 x-sum=1\n"
               "< #1 200  v20\n< #1 body @0 a\n< #1 grpc status @0 0\n"
               "< #1 complete 1 grpc-status=0 grpc-message=\n");
}

void Http2Test::p10GrpcMessages()
{
    // Two messages up, split over frames, the second compressed; an empty and a cut one down.
    Http2Ends p;
    const std::string first = std::string("\0\0\0\0\3", 5) + "abc";
    const std::string second = std::string("\1\0\0\0\2", 5) + "zz";
    const support::Http2Fields type{{"content-type", "application/grpc+proto"}};
    SAME(between(played({c({Http2Ends::hello(),
                            p.client.request(1, "POST", "/s/m", type),
                            W::data(1, first.substr(0, 3)),
                            W::data(1, first.substr(3) + second, true)}),
                         s({Http2Ends::welcome(),
                            p.server.response(1, "200", type),
                            W::data(1, std::string("\0\0\0\0\0\0\0\0\0\7xx", 12)),
                            p.server.headers(1, {{"grpc-status", "13"}}, true)})})),
         began
             + "> #1 POST /s/m v20 host=a content-type=application/grpc+proto\n"
               "> #1 body @0 \\x00\\x00\\x00\\x00\\x03\n> #1 grpc @5 3\n"
               "> #1 body @5 abc\\x01\\x00\\x00\\x00\\x02\n> #1 grpc @13 2 flags=1\n"
               "> #1 body @13 zz\n> #1 complete 15\n"
               "< #1 200  v20 content-type=application/grpc+proto\n"
               "< #1 body @0 \\x00\\x00\\x00\\x00\\x00\n< #1 grpc @5 0\n"
               "< #1 body @5 \\x00\\x00\\x00\\x00\\x07\n< #1 grpc @10 7\n< #1 body @10 xx\n"
               "< #1 grpc status @0 0 code=13\n< #1 complete 12 grpc-status=13\n");
}

void Http2Test::p10GrpcTrailersOnly()
{
    Http2Ends p;
    SAME(between(played({c({Http2Ends::hello(), p.client.get(1, "/x")}),
                         s({Http2Ends::welcome(),
                            p.server.response(1, "200", {{"grpc-status", "12"}}, true)})})),
         began + got(1, "/x")
             + "< #1 200  v20 grpc-status=12\n< #1 grpc status @0 0 code=12\n< #1 complete 0\n");
}

void Http2Test::p10Interim()
{
    Http2Ends p;
    SAME(between(played({c(Http2Ends::hello() + p.client.get(1, "/x")),
                         s({Http2Ends::welcome(),
                            p.server.response(1, "103", {{"link", "</a>"}}),
                            answer(p.server, 1, "hi")})})),
         began + got(1, "/x") + "< #1 103  v20 link=</a>\n" + answered(1, "hi"));
}

void Http2Test::p11StreamsAreReleased()
{
    // A connection that lives long keeps nothing of what is finished, however it finished.
    EventText sink;
    parse::Ids ids;
    parse::MemoryBudget budget(limits::http2Bytes);
    parse::Http2Session session(
        parse::EventOutput(sink, {1}, {1}), ids, parse::ParseOptions(), budget);
    Http2Ends p;
    const auto feed = [&](flow::Direction direction, const std::string& text) {
        const std::size_t used = session.read(direction, {bytes::asBytes(text), 0, {}, true});
        QCOMPARE(used, text.size());
    };
    feed(up, Http2Ends::hello());
    feed(down, Http2Ends::welcome());
    std::size_t settled = 0;
    for (std::uint32_t i = 0; i < 5'000; ++i) {
        const std::uint32_t id = 2 * i + 1;
        feed(up, p.client.get(id, "/x"));
        feed(down, i % 3 == 0 ? W::reset(id, 7) : answer(p.server, id, "hi"));
        if (i == 100)
            settled = budget.used();
    }
    QCOMPARE(budget.used(), settled);
    // And of what is not, no more than the limit.
    for (std::uint32_t i = 5'000; i < 10'000; ++i)
        feed(up, p.client.request(2 * i + 1, "POST", "/x"));
    QVERIFY(budget.used()
            <= settled + limits::http2Streams * parse::http2StreamBytes + limits::headBytes);
}

void Http2Test::p11BodyLimit()
{
    Http2Ends p;
    Setting setting;
    setting.options.bodyLimit = 3;
    SAME(between(played({c(Http2Ends::hello() + p.client.get(1, "/x")),
                         s(Http2Ends::welcome() + answer(p.server, 1, "hello"))},
                        setting)),
         began + got(1, "/x") + "< #1 200  v20\n< #1 body @0 hel\n< #1 complete 5 withheld 2\n");
}

void Http2Test::p12GapInData()
{
    Http2Ends p;
    const std::string data = W::data(1, "0123456789", true);
    SAME(
        between(played({c({Http2Ends::hello(), p.client.get(1, "/x"), p.client.get(3, "/y")}),
                        s(Http2Ends::welcome() + p.server.response(1, "200") + data.substr(0, 12)),
                        gapOf(down, 4),
                        s(data.substr(16) + answer(p.server, 3, "ho"))})),
        began + got(1, "/x") + got(2, "/y")
            + "< #1 200  v20\n< #1 body @0 012\n< gap @40 4\n< #1 body @7 789\n< #1 cut by gap 10\n"
            + answered(2, "ho"));
}

void Http2Test::p12GapInHeaders()
{
    Http2Ends p;
    const std::string head = p.client.get(1, "/some/where");
    SAME(between(played(
             {c(Http2Ends::hello() + head.substr(0, 12)),
              gapOf(up, 2),
              c(head.substr(14) + p.client.request(3, "POST", "/y") + W::data(3, "b", true)),
              s({Http2Ends::welcome(), answer(p.server, 1, "hi"), answer(p.server, 3, "ho")})})),
         began
             + "> gap @54 2\nprotocol http/2 request headers unreadable from byte 56\n"
               "> #1   v20 flags=32\n> #1 complete 0\n"
               "> #2   v20 flags=32\n> #2 body @0 b\n> #2 complete 1\n"
             + answered(1, "hi") + answered(2, "ho"));
}

void Http2Test::p12GapOverFrames()
{
    Http2Ends p;
    // The places of the client's frames are lost; the server's are not.
    const std::string first =
        joined({Http2Ends::hello(), p.client.get(1, "/x"), p.client.request(3, "PUT", "/y")});
    const std::string at = std::to_string(first.size());
    const std::string behind = std::to_string(first.size() + 20);
    SAME(between(played({c(first),
                         gapOf(up, 20),
                         c("????"),
                         s({Http2Ends::welcome(),
                            answer(p.server, 1, "hi"),
                            answer(p.server, 3, "ho"),
                            answer(p.server, 5, "he")})})),
         began + got(1, "/x") + "> #2 PUT /y v20 host=a\n> gap @" + at
             + " 20\n> #2 cut by gap 0\n> raw @" + behind + " ????\n" + answered(1, "hi")
             + answered(2, "ho") + "< #3 200  v20 flags=8\n< #3 body @0 he\n< #3 complete 2\n");
    // And the other way round: requests go on, their answers are lost.
    Http2Ends q;
    const std::string welcome = Http2Ends::welcome();
    SAME(between(played({c(Http2Ends::hello() + q.client.get(1, "/x")),
                         s(welcome),
                         gapOf(down, 5),
                         s("????"),
                         c(q.client.get(3, "/y"))})),
         began + got(1, "/x") + "< gap @18 5\n< #1 cut by gap 0\n< raw @23 ????\n" + got(2, "/y")
             + "< #2 cut by gap 0\n");
}

void Http2Test::p12JoinedLate()
{
    Http2Ends p;
    Setting late;
    late.joinedLate = true;
    // In mid-stream nothing is certain.
    SAME(between(played({c(W::data(1, "xy"))}, late)),
         "protocol raw\n> raw @0 \\x00\\x00\\x02\\x00\\x00\\x00\\x00\\x00\\x01xy\n");
    // Between the handshake and the first byte, all is.
    SAME(between(played({c(Http2Ends::hello() + p.client.get(1, "/x")),
                         s(Http2Ends::welcome() + answer(p.server, 1, "hi"))},
                        late)),
         began + got(1, "/x") + answered(1, "hi"));
}

void Http2Test::p12ResponseBeforeRequest()
{
    // The capture saw the segments of the two sides in another order than they were sent.
    Http2Ends p;
    SAME(between(played({c(Http2Ends::hello()),
                         s(Http2Ends::welcome() + answer(p.server, 1, "hi")),
                         c(p.client.get(1, "/x"))})),
         began + got(1, "/x") + answered(1, "hi"));
    // A request that never came.
    Http2Ends q;
    SAME(between(played({c(Http2Ends::hello()),
                         s(Http2Ends::welcome() + answer(q.server, 1, "hi")),
                         fin(up),
                         fin(down)})),
         began + "< #1 200  v20 flags=8\n< #1 body @0 hi\n< #1 complete 2\n");
}

void Http2Test::p13GoAway()
{
    Http2Ends p;
    SAME(between(played({c({Http2Ends::hello(), p.client.get(1, "/x"), p.client.get(3, "/y")}),
                         s(Http2Ends::welcome() + W::goAway(0x7fffffff, 0) + W::goAway(1, 0)
                           + answer(p.server, 1, "hi"))})),
         began + got(1, "/x") + got(2, "/y")
             + "< goaway @2147483647 0\n< goaway @1 0\n< #2 unanswered 0\n" + answered(1, "hi"));
}

void Http2Test::resets()
{
    Http2Ends p;
    SAME(between(played({c({Http2Ends::hello(),
                            p.client.get(1, "/x"),
                            p.client.request(3, "PUT", "/y"),
                            p.client.get(5, "/z")}),
                         s({Http2Ends::welcome(),
                            p.server.response(1, "200"),
                            W::data(1, "part"),
                            answer(p.server, 3, "early"),
                            W::reset(3, 0)}),
                         c(W::reset(1, 8) + W::reset(5, 8)),
                         s(W::data(1, "late", true))})),
         began + got(1, "/x") + "> #2 PUT /y v20 host=a\n" + got(3, "/z")
             + "< #1 200  v20\n< #1 body @0 part\n" + answered(2, "early")
             + "< #2 reset @0 0\n> #2 cut by close 0\n> #1 reset @0 0 code=8\n< #1 cut by close 4\n"
               "> #3 reset @0 0 code=8\n< #3 unanswered 0\n");
}

void Http2Test::endsAndFates()
{
    Http2Ends p;
    SAME(between(played({c({Http2Ends::hello(),
                            p.client.get(1, "/x"),
                            p.client.request(3, "PUT", "/y"),
                            W::data(3, "ab")}),
                         s(Http2Ends::welcome() + p.server.response(1, "200") + W::data(1, "part")),
                         fin(up),
                         fin(down)})),
         began + got(1, "/x")
             + "> #2 PUT /y v20 host=a\n> #2 body @0 ab\n< #1 200  v20\n< #1 body @0 part\n"
               "> #2 cut by close 2\n< #1 cut by close 4\n< #2 unanswered 0\n");
}

QTEST_APPLESS_MAIN(Http2Test)
#include "tst_http2.moc"
