// SPDX-License-Identifier: Apache-2.0
// Hostile and odd HTTP/2, case by case; the names are those of the list of cases, P2 to P9.
#include "core/base/limits.h"
#include "core/parse/http2_session.h"

#include "tests/support/http2_ends.h"

using namespace podglass;
using namespace podglass::tests;

class Http2HostileTest : public QObject
{
    Q_OBJECT

private slots:
    void p2ContinuationFlood();
    void p2BlockTooLong();
    void p2Continuation();
    void p3RapidReset();
    void p4HpackError();
    void p4TableSizes();
    void p4HugeExpansion();
    void p4Budget();
    void p5EmptyFrames();
    void p7StreamStates();
    void p8Padding();
    void p8UnknownFrames();
    void p8Push();
    void p8WrongLengths();
    void p9Malformed_data();
    void p9Malformed();
    void p9Sound();
};

void Http2HostileTest::p2Continuation()
{
    Http2Ends p;
    const std::string block = p.client.block(
        {{":method", "GET"}, {":scheme", "http"}, {":path", "/long"}, {":authority", "a"}});
    const std::string frames = W::frame(1, W::endStream, 1, block.substr(0, 3))
                               + W::frame(9, 0, 1, block.substr(3, 1)) + W::frame(9, 0, 1, "")
                               + W::frame(9, W::endHeaders, 1, block.substr(4));
    SAME(between(played({c(Http2Ends::hello() + frames),
                         s(Http2Ends::welcome() + answer(p.server, 1, "hi"))})),
         began + got(1, "/long") + answered(1, "hi"));
}

void Http2HostileTest::p2ContinuationFlood()
{
    Http2Ends p;
    std::string frames = p.client.get(1, "/x") + W::frame(1, 0, 3, "");
    for (int i = 0; i < 9; ++i)
        frames += W::frame(9, 0, 3, "");
    SAME(between(played({c(Http2Ends::hello() + frames)})),
         began + got(1, "/x")
             + "> anomaly 12\n< #1 framing error 0\nprotocol raw a header block without end\n"
               "> raw @141 \\x00\\x00\\x00\\x09\\x00\\x00\\x00\\x00\\x03\n");
}

void Http2HostileTest::p2BlockTooLong()
{
    const std::string frames = W::frame(1, 0, 1, std::string(limits::headerBlockBytes - 5, '\x82'))
                               + W::frame(9, W::endHeaders, 1, std::string(6, '\x82'));
    const std::string account =
        between(play({c(Http2Ends::hello() + frames)}, {}, {Http2Ends::hello() + frames}));
    SAME(account.substr(0, account.find("> raw")),
         began + "> anomaly 12\nprotocol raw a header block without end\n");
}

void Http2HostileTest::p3RapidReset()
{
    Http2Ends p;
    Script script{c(Http2Ends::hello())};
    std::string all = Http2Ends::hello();
    constexpr std::uint32_t streams = 3'000;
    for (std::uint32_t i = 0; i < streams; ++i) {
        const std::uint32_t id = 2 * i + 1;
        script.push_back(c(p.client.get(id, "/r") + W::reset(id, 8)));
        all += script.back().text;
    }
    const std::string account = play(script, {}, {all});
    const auto shown = QByteArray::fromStdString(account).count("GET /r");
    const auto told = QByteArray::fromStdString(account).count("lost 0");
    // One act a millisecond: the bucket, and what drains from it in three seconds.
    QVERIFY2(shown >= limits::http2Resets && shown <= limits::http2Resets + 3 * 33 + 34,
             QByteArray::number(shown).constData());
    QVERIFY(told > 0 && told <= 3 * 34);
    QCOMPARE(QByteArray::fromStdString(account).count("unanswered"), shown);
}

void Http2HostileTest::p4HpackError()
{
    Http2Ends p;
    const std::string bad =
        W::frame(1, W::endStream | W::endHeaders, 3, "\xff\xff\xff\xff\xff\x0f");
    SAME(between(played(
             {c({Http2Ends::hello(),
                 p.client.get(1, "/x"),
                 bad,
                 p.client.request(5, "POST", "/y"),
                 W::data(5, "body", true)}),
              s({Http2Ends::welcome(), answer(p.server, 1, "hi"), answer(p.server, 3, "ho")})})),
         began + got(1, "/x")
             + "protocol http/2 request headers unreadable from byte 75\n"
               "> #2   v20 flags=32\n> #2 complete 0\n"
               "> #3   v20 flags=32\n> #3 body @0 body\n> #3 complete 4\n"
             + answered(1, "hi") + answered(2, "ho") + "< #3 unanswered 0\n");
}

// A table larger than the default is used as soon as the encoder says so, up to a mebibyte.
void Http2HostileTest::p4TableSizes()
{
    Http2Ends p;
    W big(1 << 20);
    std::string text = Http2Ends::hello();
    std::string expected = began;
    const std::string value(3'000, 'v');
    int id = 0;
    const auto one = [&] {
        ++id;
        const auto stream = static_cast<std::uint32_t>(2 * id - 1);
        text += big.get(stream, "/" + std::to_string(id), {{"x", value + std::to_string(id % 5)}});
    };
    one();
    big.tableSize(1 << 20);
    for (int i = 0; i < 12; ++i)
        one();
    big.tableSize(0);
    one();
    big.tableSize(65'536);
    for (int i = 0; i < 12; ++i)
        one();
    const std::string account = play({c(text)}, {}, {text});
    QCOMPARE(QByteArray::fromStdString(account).count("complete 0"), id);
    QVERIFY(account.find("unreadable") == std::string::npos);
    // Beyond that, nothing is kept for anybody.
    W huge(1 << 22);
    huge.tableSize(1 << 22);
    const std::string more = Http2Ends::hello() + huge.get(1, "/x");
    QVERIFY(play({c(more)}, {}, {more}).find("unreadable") != std::string::npos);
}

// One byte each of an entry of four thousand: decoded to the limit, and the table stays right.
void Http2HostileTest::p4HugeExpansion()
{
    Http2Ends p;
    const std::string entry = p.client.get(1, "/x", {{"x", std::string(3'900, 'v')}});
    std::string block = "\x82\x86\x84";
    block.append(10'000, '\xbe');
    const std::string text = Http2Ends::hello() + entry
                             + W::frame(1, W::endStream | W::endHeaders, 3, block)
                             + p.client.get(5, "/z");
    const std::string account = play({c(text)}, {}, {text});
    QVERIFY(account.find("> #2 GET / v20 flags=6") != std::string::npos); // no authority, too large
    QVERIFY(account.find("> #3 GET /z v20 host=a\n") != std::string::npos);
    QVERIFY(account.size() < 3 * limits::headBytes);
}

// What all connections keep is bounded and given back.
void Http2HostileTest::p4Budget()
{
    parse::MemoryBudget small(100'000);
    {
        parse::HpackDecoder first(small);
        W writer;
        for (int i = 0; i < 20; ++i) {
            first.begin();
            first.feed(bytes::asBytes(writer.block({{"x", std::to_string(i)}})));
            first.end();
            QVERIFY(!first.broken());
            QCOMPARE(first.fields().size(), std::size_t{1});
        }
        QVERIFY(small.used() > 0);
        std::vector<std::unique_ptr<parse::HpackDecoder>> more;
        bool refused = false;
        for (int i = 0; i < 100 && !refused; ++i) {
            more.push_back(std::make_unique<parse::HpackDecoder>(small));
            more.back()->begin();
            more.back()->feed(bytes::asBytes(W().block({{"x", "y"}})));
            more.back()->end();
            refused = more.back()->broken();
        }
        QVERIFY(refused);
        QVERIFY(small.used() <= 110'000);
    }
    QCOMPARE(small.used(), std::size_t{0});
}

void Http2HostileTest::p5EmptyFrames()
{
    Http2Ends p;
    std::string flood;
    for (int i = 0; i < 200; ++i)
        flood += W::data(1, "") + W::frame(6, 0, 0, "12345678") + W::settings()
                 + W::frame(8, 0, 0, W::number(1)) + W::frame(2, 0, 1, "12345");
    SAME(between(played({c(Http2Ends::hello() + p.client.request(1, "PUT", "/x") + flood
                           + W::data(1, "", true)),
                         s(Http2Ends::welcome() + answer(p.server, 1, "hi"))})),
         began + "> #1 PUT /x v20 host=a\n> #1 complete 0\n" + answered(1, "hi"));
}

void Http2HostileTest::p7StreamStates()
{
    Http2Ends p;
    // In the order in which they are sent: the compression has a state.
    const std::string first = p.client.get(1, "/x");
    const std::string odd =
        joined({W::data(9, "idle"), p.client.get(2, "/even"), p.client.get(1, "/again")});
    SAME(between(played({c({Http2Ends::hello(),
                            first,
                            W::data(1, "late"),
                            odd,
                            p.client.get(0x7fffffff, "/last")}),
                         s({Http2Ends::welcome(),
                            answer(p.server, 1, "hi"),
                            answer(p.server, 0x7fffffff, "ho")})})),
         began + got(1, "/x") + "> anomaly 12\n" + got(2, "/last") + answered(1, "hi")
             + answered(2, "ho"));
}

void Http2HostileTest::p8Padding()
{
    Http2Ends p;
    const std::string block = p.client.block(
        {{":method", "PUT"}, {":scheme", "http"}, {":path", "/p"}, {":authority", "a"}});
    const std::string headers =
        W::frame(1,
                 W::endHeaders | W::padded | W::priority,
                 1,
                 std::string("\x03") + W::number(0) + "\x10" + block + std::string(3, '\0'));
    const std::string data =
        W::frame(0, W::padded, 1, std::string("\x02one") + std::string(2, '\0'))
        + W::frame(0, W::padded, 1, std::string(1, '\0') + "two")
        + W::frame(0, W::padded | W::endStream, 1, std::string("\x04", 1) + std::string(4, 'p'));
    SAME(between(played({c(Http2Ends::hello() + headers + data)})),
         began
             + "> #1 PUT /p v20 host=a\n> #1 body @0 onetwo\n> #1 complete 6\n< #1 unanswered 0\n");
}

void Http2HostileTest::p8UnknownFrames()
{
    Http2Ends p;
    const std::string unknown = W::frame(0x42, 0xff, 0x80000001, std::string(300, '?'));
    SAME(between(played({c(Http2Ends::hello() + unknown + p.client.get(1, "/x") + unknown),
                         s(unknown.substr(0, 0) + Http2Ends::welcome() + unknown
                           + answer(p.server, 1, "hi"))})),
         began + got(1, "/x") + answered(1, "hi"));
}

void Http2HostileTest::p8Push()
{
    Http2Ends p;
    const std::string promise = W::frame(
        5,
        W::endHeaders,
        1,
        W::number(2)
            + p.server.block(
                {{":method", "GET"}, {":scheme", "http"}, {":path", "/css"}, {":authority", "a"}}));
    SAME(between(played({c(Http2Ends::hello() + p.client.get(1, "/x")),
                         s({Http2Ends::welcome(),
                            promise,
                            answer(p.server, 1, "hi"),
                            answer(p.server, 2, "p")})})),
         began + got(1, "/x") + got(2, "/css") + answered(1, "hi") + answered(2, "p"));
}

void Http2HostileTest::p8WrongLengths()
{
    Http2Ends p;
    // Padding longer than the frame: the headers are gone, the frames are not.
    const std::string bad = W::frame(1, W::endHeaders | W::padded, 3, "\x09\x82\x84");
    SAME(between(played(
             {c(Http2Ends::hello() + p.client.get(1, "/x") + W::frame(6, 0, 0, "short") + bad),
              s(Http2Ends::welcome() + answer(p.server, 1, "hi"))})),
         began + got(1, "/x")
             + "> anomaly 12\nprotocol http/2 request headers unreadable from byte 86\n"
               "> #2   v20 flags=32\n"
             + answered(1, "hi") + "> #2 cut by close 0\n< #2 unanswered 0\n");
}

void Http2HostileTest::p9Malformed_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("value");
    QTest::newRow("capitals") << QByteArray("X-A") << QByteArray("b");
    QTest::newRow("line end in value") << QByteArray("x") << QByteArray("a\r\nb");
    QTest::newRow("zero in value") << QByteArray("x") << QByteArray("a\0b", 3);
    QTest::newRow("line end in name") << QByteArray("x\n") << QByteArray("a");
    QTest::newRow("blank in front") << QByteArray("x") << QByteArray(" a");
    QTest::newRow("transfer-encoding") << QByteArray("transfer-encoding") << QByteArray("chunked");
    QTest::newRow("connection") << QByteArray("connection") << QByteArray("close");
    QTest::newRow("te") << QByteArray("te") << QByteArray("gzip");
    QTest::newRow("content-length") << QByteArray("content-length") << QByteArray("-1");
    QTest::newRow("late pseudo field") << QByteArray(":path") << QByteArray("/other");
    QTest::newRow("unknown pseudo field") << QByteArray(":x") << QByteArray("y");
    QTest::newRow("other host") << QByteArray("host") << QByteArray("b");
}

void Http2HostileTest::p9Malformed()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, value);
    W client;
    const std::string text =
        Http2Ends::hello() + client.get(1, "/x", {{name.toStdString(), value.toStdString()}});
    const std::string account = played({c(text)});
    QVERIFY2(account.find("> #1 GET /x v20 flags=2 ") != std::string::npos, account.c_str());
}

void Http2HostileTest::p9Sound()
{
    W sound;
    const std::string other =
        Http2Ends::hello() + sound.get(1, "/x", {{"te", "trailers"}, {"host", "A"}});
    QVERIFY(played({c(other)}).find("> #1 GET /x v20 te=trailers host=A\n") != std::string::npos);
}

QTEST_APPLESS_MAIN(Http2HostileTest)
#include "tst_http2_hostile.moc"
