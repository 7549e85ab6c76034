// SPDX-License-Identifier: Apache-2.0
// A stolen HTTP/2 stream as HTTP/1.1 and its answer back, between a real HTTP/2 end and text.
#ifndef Q_MOC_RUN // moc 6.4 stumbles over <concepts>
#include "core/session/http2_translator.h"
#endif

#include <QTest>

using namespace podglass;
using session::Http2Translator;

namespace {

// The caller's end: what it is told, in words.
class Caller : public http2::End::Owner
{
public:
    http2::End end{http2::End::Role::Client, *this};
    http2::Message body;
    std::string told;

    Caller() { end.announce({}); }

    // True while the translator is whole.
    bool exchange(Http2Translator& translator)
    {
        for (bool moved = true; moved;) {
            moved = false;
            for (auto data = end.send(); !data.empty(); data = end.send()) {
                moved = true;
                if (!translator.fromAgent(data))
                    return false;
            }
            for (auto data = translator.toAgent(); !data.empty(); data = translator.toAgent()) {
                moved = true;
                end.receive(data);
            }
        }
        return true;
    }

    void onHead(http2::End::Incoming, http2::Fields fields, http2::End::HeadPlace) override
    {
        for (const auto& field : fields)
            told += field.name + "=" + field.value + ";";
        told += "\n";
    }

    void onBody(http2::End::Incoming stream, bytes::ByteView data) override
    {
        told += bytes::asText(data);
        stream.end.consumeStream(stream.id, data.size());
        stream.end.consumeConnection(data.size());
    }

    void onEnd(http2::End::Incoming) override { told += "."; }

    void onClosed(http2::End::Incoming, std::uint32_t code) override
    {
        told += code == 0 ? "" : "reset " + std::to_string(code);
    }

    void onSent(http2::End::Incoming, http2::Message&, bytes::ByteView) override {}

    void onGoAway(http2::End&, std::int32_t, std::uint32_t) override {}
};

http2::Fields head(std::string method, std::vector<http2::Field> more = {})
{
    http2::Fields fields{{":method", std::move(method)},
                         {":scheme", "http"},
                         {":authority", "shop:80"},
                         {":path", "/a?b=1"}};
    fields.insert(fields.end(), more.begin(), more.end());
    return fields;
}

} // namespace

class TestHttp2Translator : public QObject
{
    Q_OBJECT

private slots:

    void aRequestWithoutBody()
    {
        Caller caller;
        Http2Translator translator;
        caller.end.request(
            1, head("GET", {{"cookie", "a=1"}, {"x", "y"}, {"cookie", "b=2"}}), nullptr, nullptr);
        QVERIFY(caller.exchange(translator));
        QCOMPARE(translator.takeRequest(),
                 "GET /a?b=1 HTTP/1.1\r\nhost: shop:80\r\nx: y\r\ncookie: a=1; b=2\r\n\r\n");
        QVERIFY(translator.requestEnded());
        const std::string answer =
            "HTTP/1.1 103 Early\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\n"
            "Connection: keep-alive\r\nContent-Length: 3\r\nX-A: 1\r\n\r\nabc";
        // However it is cut.
        for (const char byte : answer)
            QVERIFY(translator.fromTaker(bytes::asBytes(std::string_view(&byte, 1))));
        QVERIFY(translator.answered());
        QVERIFY(caller.exchange(translator));
        QCOMPARE(caller.told, ":status=103;link=</x>;\n:status=200;content-length=3;x-a=1;\nabc.");
    }

    void bodiesOfUnknownLengthAndTrailersBothWays()
    {
        Caller caller;
        Http2Translator translator;
        caller.body.body.append(bytes::asBytes("hello"));
        caller.body.ended = true;
        caller.body.trailers = http2::Fields{{"t", "1"}};
        caller.end.request(1, head("POST", {{"te", "trailers"}}), &caller.body, nullptr);
        QVERIFY(caller.exchange(translator));
        QCOMPARE(translator.takeRequest(),
                 "POST /a?b=1 HTTP/1.1\r\nhost: shop:80\r\nte: trailers\r\n"
                 "transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nt: 1\r\n\r\n");
        const std::string answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                   "2\r\nab\r\n1\r\nc\r\n0\r\nGrpc-Status: 0\r\n\r\n";
        QVERIFY(translator.fromTaker(bytes::asBytes(answer)));
        QVERIFY(caller.exchange(translator));
        QCOMPARE(caller.told, ":status=200;\nabcgrpc-status=0;\n.");
    }

    // An answer larger than every window on the way stops the reader, and goes on when read.
    void aLargeAnswerIsHeldBack()
    {
        Caller caller;
        Http2Translator translator;
        caller.end.request(1, head("GET"), nullptr, nullptr);
        QVERIFY(caller.exchange(translator));
        const std::string part(16'384, 'x');
        std::size_t sent = 0;
        std::size_t most = 0;
        QVERIFY(translator.fromTaker(bytes::asBytes("HTTP/1.1 200 OK\r\n\r\n")));
        constexpr std::size_t total = 64 * 16'384;
        while (sent < total) {
            while (!translator.full() && sent < total) {
                QVERIFY(translator.fromTaker(bytes::asBytes(part)));
                sent += part.size();
            }
            most = std::max(most, sent - caller.told.size());
            QVERIFY(caller.exchange(translator));
        }
        QVERIFY(translator.takerEnded());
        QVERIFY(caller.exchange(translator));
        QCOMPARE(caller.told, ":status=200;\n" + std::string(total, 'x') + ".");
        QVERIFY(most <= 128 * 1024);
    }

    void whatHasNoFormIsAnswered()
    {
        Caller caller;
        Http2Translator translator;
        caller.end.request(1, {{":method", "CONNECT"}, {":authority", "x:1"}}, nullptr, nullptr);
        QVERIFY(caller.exchange(translator));
        QVERIFY(caller.told.starts_with(":status=501;"));
        QVERIFY(translator.takeRequest().empty());
    }

    // A head that would end a line early is not passed on as one.
    void noFieldEndsALine()
    {
        Caller caller;
        Http2Translator translator;
        caller.end.request(1, head("GET", {{"x", "a\r\ninjected: 1"}}), nullptr, nullptr);
        QVERIFY(caller.exchange(translator));
        QVERIFY(caller.told.starts_with(":status=400;"));
        QVERIFY(translator.takeRequest().empty());
    }

    void answersThatAreNone_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::newRow("closed early")
            << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab");
        QTest::newRow("not HTTP") << QByteArray("220 mail ready\r\n\r\n");
        QTest::newRow("switches") << QByteArray("HTTP/1.1 101 Switching Protocols\r\n\r\n");
        QTest::newRow("nothing") << QByteArray();
    }

    void answersThatAreNone()
    {
        QFETCH(QByteArray, answer);
        Caller caller;
        Http2Translator translator;
        caller.end.request(1, head("GET"), nullptr, nullptr);
        QVERIFY(caller.exchange(translator));
        const bool read = translator.fromTaker(bytes::asBytes(answer.toStdString()));
        QVERIFY(!read || !translator.takerEnded());
        QVERIFY(!translator.problem().empty());
    }

    void thePrefaceIsKnownByAllOfIt()
    {
        using Preface = Http2Translator::Preface;
        const std::string whole = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
        for (std::size_t length = 0; length < whole.size(); ++length)
            QCOMPARE(Http2Translator::beginsHttp2(whole.substr(0, length)), Preface::Unsure);
        QCOMPARE(Http2Translator::beginsHttp2(whole + "x"), Preface::Yes);
        QCOMPARE(Http2Translator::beginsHttp2("PRI * HTTP/1.1\r\n"), Preface::No);
    }
};

QTEST_APPLESS_MAIN(TestHttp2Translator)
#include "tst_http2_translator.moc"
