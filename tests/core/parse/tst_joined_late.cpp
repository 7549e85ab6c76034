// SPDX-License-Identifier: Apache-2.0
// HTTP/2 joined in mid-stream, and other ways in which messages come: trickled, behind windows, as
// gRPC-Web.
#include "tests/support/connection_play.h"

#include <QTest>

using namespace podglass;
using namespace podglass::tests;

namespace {

const std::string request = "GET /a HTTP/1.1\r\nHost: shop\r\n\r\n";

std::string number(std::size_t value, int bytes)
{
    std::string out;
    for (int i = bytes - 1; i >= 0; --i)
        out += static_cast<char>(value >> (8 * i) & 0xff);
    return out;
}

std::string block(const std::string& content, int lengthBytes)
{
    return number(content.size(), lengthBytes) + content;
}

std::string frame(char type, char flags, std::uint32_t stream, const std::string& payload)
{
    return number(payload.size(), 3) + type + flags + number(stream, 4) + payload;
}

} // namespace

class JoinedLateTest : public QObject
{
    Q_OBJECT

private slots:
    void http2JoinedLate();
    void http2JoinedLateShowsRunningStreams();
    void oneFrameIsNotEnough();
    void grpcWebOverHttp1();
    void h14TrickledHead();
    void p6WindowsAreNotOurs();
};

// P12, T14
void JoinedLateTest::http2JoinedLate()
{
    Setting late;
    late.joinedLate = true;
    const std::string account =
        between(played({c(frame(1, 4, 7, "\x83\x86\xbe") + frame(0, 1, 7, "hello")),
                        s(frame(1, 4, 7, "\x88\xc0") + frame(0, 1, 7, "world"))},
                       late));
    QVERIFY2(account.find("protocol http/2 request headers unreadable from byte 0\n")
                 != std::string::npos,
             account.c_str());
    QVERIFY2(account.find("> #1 body @0 hello\n") != std::string::npos, account.c_str());
    QVERIFY2(account.find("< #1 body @0 world\n") != std::string::npos, account.c_str());
    QVERIFY2(account.find("flags=32") != std::string::npos, account.c_str());
}

// P12: a call that was under way is told by its messages.
void JoinedLateTest::http2JoinedLateShowsRunningStreams()
{
    Setting late;
    late.joinedLate = true;
    const std::string account = between(
        played({s(frame(0, 0, 5, "one") + frame(0, 0, 3, "two") + frame(0, 0, 5, "more"))}, late));
    QVERIFY2(account.find("< #1 body @0 one\n") != std::string::npos, account.c_str());
    QVERIFY2(account.find("< #2 body @0 two\n") != std::string::npos, account.c_str());
    QVERIFY2(account.find("< #1 body @3 more\n") != std::string::npos, account.c_str());
    // The client goes on with the call that the server was heard of first.
    const std::string both = between(played({s(frame(0, 0, 5, "one") + frame(0, 0, 3, "two")),
                                             c(frame(0, 0, 5, "said") + frame(0, 0, 5, "more"))},
                                            late));
    QVERIFY2(both.find("> #1 body @0 saidmore\n") != std::string::npos, both.c_str());
}

void JoinedLateTest::oneFrameIsNotEnough()
{
    Setting late;
    late.joinedLate = true;
    const std::string account =
        between(played({c(frame(6, 0, 0, "12345678") + "no frame at all")}, late));
    QVERIFY2(account.find("http/2") == std::string::npos, account.c_str());
    QVERIFY2(account.find("> raw @0") != std::string::npos, account.c_str());
}

// P10
void JoinedLateTest::grpcWebOverHttp1()
{
    const std::string body =
        number(0, 1) + block("\x08\x01", 4) + "\x80" + block("grpc-status: 0\r\n", 4);
    const std::string account = between(
        played({c("POST /shop.Orders/Get HTTP/1.1\r\nHost: a\r\nContent-Type: "
                  "application/grpc-web+proto\r\nContent-Length: 7\r\n\r\n"
                  + body.substr(0, 7)),
                s("HTTP/1.1 200 OK\r\nContent-Type: application/grpc-web+proto\r\nContent-Length: "
                  + std::to_string(body.size()) + "\r\n\r\n" + body)}));
    QVERIFY2(account.find("> #1 grpc @5 2\n") != std::string::npos, account.c_str());
    QVERIFY2(account.find("< #1 grpc @5 2\n") != std::string::npos, account.c_str());
    QVERIFY2(account.find("< #1 grpc @12 16 flags=8\n") != std::string::npos, account.c_str());
}

// H14: a head that comes a byte in ten seconds is kept as far as it came, and read when it is
// whole.
void JoinedLateTest::h14TrickledHead()
{
    EventText text;
    parse::Ids ids;
    parse::ParserFactory factory(text, {1}, ids, {});
    const auto sink = factory.open({1}, {}, {});
    for (std::size_t i = 0; i < request.size(); ++i) {
        QVERIFY(text.text().find("#1") == std::string::npos);
        sink->data(up,
                   i,
                   bytes::asBytes(std::string_view(request).substr(i, 1)),
                   {static_cast<std::int64_t>(i) * 10'000'000'000});
    }
    QVERIFY2(text.text().find("> #1 GET /a Host=shop\n") != std::string::npos, text.text().c_str());
}

// P6: flow control is between the ends; whatever they say of windows, the exchange is shown.
void JoinedLateTest::p6WindowsAreNotOurs()
{
    const std::string preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0, "");
    const std::string windows = frame(8, 0, 0, number(0, 4)) + frame(8, 0, 1, number(0x7fffffff, 4))
                                + frame(8, 0, 1, number(0x7fffffff, 4))
                                + frame(4, 0, 0, number(4, 2) + number(0, 4));
    const std::string account = between(played(
        {c(preface + frame(1, 5, 1, "\x82\x86\x84") + windows),
         s(frame(4, 0, 0, "") + frame(1, 4, 1, "\x88") + windows + frame(0, 1, 1, "body"))}));
    QVERIFY2(account.find("< #1 body @0 body\n") != std::string::npos, account.c_str());
    QVERIFY2(account.find("< #1 complete 4\n") != std::string::npos, account.c_str());
}

QTEST_APPLESS_MAIN(JoinedLateTest)
#include "tst_joined_late.moc"
