// SPDX-License-Identifier: Apache-2.0
// Where HTTP/1 messages end: lengths, chunks, what is ambiguous and what cannot be decided.
#include "core/base/limits.h"

#include "http1_account.h"

using namespace podglass;
using namespace podglass::tests;

class Http1FramingTest : public QObject
{
    Q_OBJECT

private slots:
    void h1Lengths();
    void h1NoBodyAnswers();
    void h1UntilClose();
    void h2Chunked();
    void h2Trailers();
    void h2ChunkErrors_data();
    void h2ChunkErrors();
    void h3Pipelining();
    void h8Ambiguous_data();
    void h8Ambiguous();
    void h8Undecidable_data();
    void h8Undecidable();
    void h16ManyAndLarge();
    void skipping();
};

void Http1FramingTest::h1Lengths()
{
    SAME(request("GET /x HTTP/1.1\r\nHost: a\r\n\r\n"),
         "GET /x v11 raw 28\n [Host]=[a]\nend at 28\nfinish 0");
    SAME(request("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"),
         "POST / v11 raw 38\n [Content-Length]=[5]\nbody hello\nend at 43\nfinish 0");
    SAME(request("POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n"),
         "POST / v11 raw 38\n [Content-Length]=[0]\nend at 38\nfinish 0");
    SAME(request("POST / HTTP/1.1\r\nContent-Length: 6\r\n\r\nhello"),
         "POST / v11 raw 38\n [Content-Length]=[6]\nbody hello\nfinish 1");
    SAME(request("POST / HTTP/1.1\r\nConten"), "finish 1 rest POST / HTTP/1.1\r\nConten");
}

void Http1FramingTest::h1NoBodyAnswers()
{
    const std::string text = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n";
    HAS(response(text, "HEAD"), "end at 38\nfinish 0");
    HAS(response("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HEAD"), "end at 47\n");
    for (const char* status : {"204 No", "304 No"})
        HAS(response("HTTP/1.1 " + std::string(status) + "\r\nContent-Length: 3\r\n\r\n"),
            "end at ");
    HAS(response("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", "CONNECT"),
        "end at 38\nfinish 0 rest abc");
    HAS(response("HTTP/1.1 407 No\r\nContent-Length: 3\r\n\r\nabc", "CONNECT"), "body abc\nend");
}

void Http1FramingTest::h1UntilClose()
{
    SAME(response("HTTP/1.0 200 OK\r\n\r\nall of it"),
         "200 OK v10 close raw 19\nbody all of it\nfinish 0");
    HAS(response("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nxyz"), "body xyz\nfinish 0");
}

void Http1FramingTest::h2Chunked()
{
    HAS(request("POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n"
                "005;a=\"b\"\r\nhello\r\nA \r\n0123456789\r\n000\r\n\r\nGET"),
        "body hello0123456789\nend at 88\nfinish 1 rest GET");
}

void Http1FramingTest::h2Trailers()
{
    HAS(response("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
                 "1\r\nx\r\n0\r\nSum: 1\r\nOther:  2 \r\n\r\n"),
        "body x\nend at 84 Sum=1 Other=2\nfinish 0");
}

void Http1FramingTest::h2ChunkErrors_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("past 2^62") << QByteArray("4000000000000001\r\nx");
    QTest::newRow("past 2^64") << QByteArray("10000000000000005\r\nhello\r\n0\r\n\r\n");
    QTest::newRow("no digits") << QByteArray(";a\r\n");
    QTest::newRow("0x") << QByteArray("0x5\r\nhello\r\n");
    QTest::newRow("negative") << QByteArray("-5\r\nhello\r\n");
    QTest::newRow("blank first") << QByteArray(" 5\r\nhello\r\n");
    QTest::newRow("bare LF") << QByteArray("5\nhello\r\n");
    QTest::newRow("LF in extension") << QByteArray("5;a\nb\r\nhello\r\n");
    QTest::newRow("no end after chunk") << QByteArray("5\r\nhelloX\r\n0\r\n\r\n");
    QTest::newRow("bare LF after chunk") << QByteArray("5\r\nhello\n0\r\n\r\n");
    QTest::newRow("line too long")
        << QByteArray("5;" + QByteArray(limits::chunkLineBytes, 'x') + "\r\nhello\r\n");
}

void Http1FramingTest::h2ChunkErrors()
{
    QFETCH(QByteArray, body);
    const std::string account =
        request("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + body.toStdString());
    HAS(account, "error ");
    HAS(account, "finish 3 rest ");
    QVERIFY2(!has(account, "end at"), account.c_str());
}

void Http1FramingTest::h3Pipelining()
{
    std::string input;
    for (int i = 0; i < 10; ++i)
        input += "PUT /" + std::to_string(i) + " HTTP/1.1\r\nContent-Length: 1\r\n\r\n"
                 + std::to_string(i);
    const std::string account = request(input);
    for (int i = 0; i < 10; ++i)
        HAS(account,
            "PUT /" + std::to_string(i) + " v11 raw 38\n [Content-Length]=[1]\nbody "
                + std::to_string(i) + "\nend at " + std::to_string(39 * (i + 1)));
    // RFC 9112 2.2: an empty line too many between messages belongs to no message.
    HAS(request("\r\nGET /a HTTP/1.1\r\n\r\n\r\n\r\nGET /b HTTP/1.1\r\n\r\n"),
        "GET /a v11 raw 19\nend at 21\nGET /b v11 raw 19\nend at 44\nfinish 0");
}

void Http1FramingTest::h8Ambiguous_data()
{
    QTest::addColumn<QByteArray>("fields");
    QTest::addColumn<QByteArray>("rest");
    QTest::addColumn<int>("bits");
    const QByteArray chunked("1\r\nx\r\n0\r\n\r\n");
    QTest::newRow("CL and TE") << QByteArray("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n")
                               << chunked << ambiguous;
    QTest::newRow("TE and bad CL")
        << QByteArray("Transfer-Encoding: chunked\r\nContent-Length: +1\r\n") << chunked
        << (ambiguous | malformed);
    QTest::newRow("equal CLs") << QByteArray("Content-Length: 1\r\ncontent-length: 1\r\n")
                               << QByteArray("x") << ambiguous;
    QTest::newRow("equal list") << QByteArray("Content-Length: 1, 1\r\n") << QByteArray("x")
                                << ambiguous;
    QTest::newRow("blank before colon")
        << QByteArray("Transfer-Encoding : chunked\r\n") << chunked << (ambiguous | malformed);
    QTest::newRow("folded TE") << QByteArray("Transfer-Encoding:\r\n chunked\r\n") << chunked
                               << (ambiguous | folded);
    QTest::newRow("chunked twice")
        << QByteArray("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") << chunked
        << (ambiguous | malformed);
}

void Http1FramingTest::h8Ambiguous()
{
    QFETCH(QByteArray, fields);
    QFETCH(QByteArray, rest);
    QFETCH(int, bits);
    const std::string account =
        request(("POST / HTTP/1.1\r\n" + fields + "\r\n" + rest).toStdString());
    HAS(account, "POST / v11" + flags(bits) + " ");
    HAS(account, "body x\nend at ");
    HAS(account, "finish 0");
}

void Http1FramingTest::h8Undecidable_data()
{
    QTest::addColumn<QByteArray>("fields");
    QTest::newRow("different CLs") << QByteArray("Content-Length: 1\r\nContent-Length: 2\r\n");
    QTest::newRow("different list") << QByteArray("Content-Length: 1, 2\r\n");
    QTest::newRow("negative CL") << QByteArray("Content-Length: -1\r\n");
    QTest::newRow("signed CL") << QByteArray("Content-Length: +1\r\n");
    QTest::newRow("empty CL") << QByteArray("Content-Length:\r\n");
    QTest::newRow("hex CL") << QByteArray("Content-Length: 0x1\r\n");
    QTest::newRow("huge CL") << QByteArray("Content-Length: 18446744073709551617\r\n");
    QTest::newRow("CL past 2^62") << QByteArray("Content-Length: 4611686018427387905\r\n");
    QTest::newRow("TE not chunked last") << QByteArray("Transfer-Encoding: chunked, gzip\r\n");
    QTest::newRow("TE identity") << QByteArray("Transfer-Encoding: identity\r\n");
    QTest::newRow("TE xchunked") << QByteArray("Transfer-Encoding: xchunked\r\n");
    QTest::newRow("TE quoted") << QByteArray("Transfer-Encoding: \"chunked\"\r\n");
}

void Http1FramingTest::h8Undecidable()
{
    QFETCH(QByteArray, fields);
    const std::string account = request(("POST / HTTP/1.1\r\n" + fields + "\r\nxyz").toStdString());
    HAS(account, "POST / v11 flags ");
    HAS(account, "error ");
    HAS(account, "finish 3 rest xyz");
}

void Http1FramingTest::h16ManyAndLarge()
{
    Http1Parser parser(Http1Parser::Kind::Request);
    const std::string head = "PUT /big HTTP/1.1\r\nContent-Length: 1073741824\r\n\r\n";
    QCOMPARE(parser.next(bytes::asBytes(head)).item, Http1Item::Head);
    const std::vector<std::uint8_t> part(1 << 16, 'x');
    std::uint64_t seen = 0;
    while (parser.insideData()) {
        const auto step = parser.next(part);
        QCOMPARE(step.item, Http1Item::Body);
        QCOMPARE(step.consumed, parser.body().size());
        seen += step.consumed;
    }
    QCOMPARE(seen, std::uint64_t{1} << 30);
    QCOMPARE(parser.next({}).item, Http1Item::End);

    const std::string_view tiny = "GET / HTTP/1.1\r\n\r\n";
    for (int i = 0; i < 100'000; ++i) {
        const auto step = parser.next(bytes::asBytes(tiny));
        QVERIFY(step.item == Http1Item::Head && step.consumed == tiny.size());
        QVERIFY(parser.next({}).item == Http1Item::End && parser.betweenMessages());
    }
}

void Http1FramingTest::skipping()
{
    Http1Parser parser(Http1Parser::Kind::Request);
    const std::string_view head = "PUT / HTTP/1.1\r\nContent-Length: 10\r\n\r\n";
    parser.next(bytes::asBytes(head));
    QVERIFY(parser.skip(4));
    QCOMPARE(parser.next(bytes::asBytes("123456GET")).consumed, std::size_t{6});
    QCOMPARE(parser.next({}).item, Http1Item::End);
    QVERIFY(!parser.skip(1)); // between messages nothing is certain

    parser.reset();
    parser.next(bytes::asBytes(head));
    QVERIFY(parser.skip(10));
    QCOMPARE(parser.next({}).item, Http1Item::End);

    parser.next(bytes::asBytes(head));
    QVERIFY(!parser.skip(11));
    parser.reset();
    QCOMPARE(parser.next(bytes::asBytes("GET / HTTP/1.1\r\n\r\n")).item, Http1Item::Head);
}

QTEST_APPLESS_MAIN(Http1FramingTest)
#include "tst_http1_framing.moc"
