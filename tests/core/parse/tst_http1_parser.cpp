// SPDX-License-Identifier: Apache-2.0
#include "core/base/limits.h"
#include "core/parse/http1_parser.h"

#include "tests/support/chunker.h"

#include <QTest>

using namespace podglass;
using parse::Http1Item;
using parse::Http1Parser;

namespace {

// Feeds a parser as a caller does (keeping the unconsumed rest) and writes down what comes out.
class Account
{
public:
    Account(Http1Parser::Kind kind, std::string_view answered)
        : m_parser(kind)
        , m_request(kind == Http1Parser::Kind::Request)
    {
        m_parser.answering(answered);
    }

    std::string run(const tests::Pieces& pieces)
    {
        for (const std::string_view piece : pieces) {
            m_rest += piece;
            while (one()) {}
        }
        flushBody();
        m_text += "finish " + std::to_string(static_cast<int>(m_parser.finish()));
        if (!m_rest.empty())
            m_text += " rest " + m_rest;
        return m_text;
    }

private:
    bool one()
    {
        const Http1Parser::Step step = m_parser.next(bytes::asBytes(m_rest));
        m_covered += step.consumed;
        switch (step.item) {
        case Http1Item::Head:
            head();
            break;
        case Http1Item::Body:
            m_body += bytes::asText(m_parser.body());
            break;
        case Http1Item::End:
            flushBody();
            m_text += "end at " + std::to_string(m_covered);
            for (const flow::HeaderField& field : m_parser.trailers())
                m_text += " " + std::string(field.name) + "=" + std::string(field.value);
            m_text += "\n";
            break;
        case Http1Item::Error:
            flushBody();
            if (!m_failed)
                m_text += "error " + std::string(m_parser.problem()) + "\n";
            m_failed = true;
            break;
        case Http1Item::NeedMore:
            break;
        }
        m_rest.erase(0, step.consumed);
        return step.item != Http1Item::NeedMore && step.item != Http1Item::Error;
    }

    void head()
    {
        const parse::Http1Head& head = m_parser.head();
        if (m_request)
            m_text += std::string(head.method) + " " + std::string(head.target);
        else
            m_text += std::to_string(head.status) + " " + std::string(head.reason);
        m_text += " v" + std::to_string(head.version);
        if (head.flags != 0)
            m_text += " flags " + std::to_string(head.flags);
        if (!head.keepAlive)
            m_text += " close";
        if (head.upgrade)
            m_text += " upgrade";
        if (head.expectContinue)
            m_text += " expects";
        m_text += " raw " + std::to_string(head.raw.size()) + "\n";
        for (const flow::HeaderField& field : head.fields)
            m_text += " [" + std::string(field.name) + "]=[" + std::string(field.value) + "]\n";
    }

    void flushBody()
    {
        if (!m_body.empty())
            m_text += "body " + m_body + "\n";
        m_body.clear();
    }

    Http1Parser m_parser;
    bool m_request;
    bool m_failed = false;
    std::size_t m_covered = 0;
    std::string m_rest;
    std::string m_body;
    std::string m_text;
};

std::string cut(Http1Parser::Kind kind, std::string_view input, std::string_view answered = {})
{
    const tests::ChunkerResult result = tests::everyCut(
        input, [&](const tests::Pieces& pieces) { return Account(kind, answered).run(pieces); });
    return result.difference.empty() ? result.account : "CUT: " + result.difference;
}

std::string request(std::string_view input)
{
    return cut(Http1Parser::Kind::Request, input);
}

std::string response(std::string_view input, std::string_view answered = {})
{
    return cut(Http1Parser::Kind::Response, input, answered);
}

constexpr int ambiguous = 1;
constexpr int malformed = 2;
constexpr int tooLarge = 4;
constexpr int folded = 16;

bool has(const std::string& account, std::string_view part)
{
    return account.find(part) != std::string::npos;
}

std::string flags(int bits)
{
    return " flags " + std::to_string(bits);
}

} // namespace

#define SAME(actual, expected) QCOMPARE(QByteArray::fromStdString(actual), QByteArray(expected))
// Shows the account when a part of it is not there.
#define HAS(account, part) QVERIFY2(has(account, part), (account).c_str())

class Http1ParserTest : public QObject
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
    void h4Expect();
    void h5Interim();
    void h6Upgrade();
    void h8Ambiguous_data();
    void h8Ambiguous();
    void h8Undecidable_data();
    void h8Undecidable();
    void h9OddHeads_data();
    void h9OddHeads();
    void h9NotHttp_data();
    void h9NotHttp();
    void h10Limits();
    void h11Forms();
    void h12KeepAlive();
    void h16ManyAndLarge();
    void skipping();
};

void Http1ParserTest::h1Lengths()
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

void Http1ParserTest::h1NoBodyAnswers()
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

void Http1ParserTest::h1UntilClose()
{
    SAME(response("HTTP/1.0 200 OK\r\n\r\nall of it"),
         "200 OK v10 close raw 19\nbody all of it\nfinish 0");
    HAS(response("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nxyz"), "body xyz\nfinish 0");
}

void Http1ParserTest::h2Chunked()
{
    HAS(request("POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n"
                "005;a=\"b\"\r\nhello\r\nA \r\n0123456789\r\n000\r\n\r\nGET"),
        "body hello0123456789\nend at 88\nfinish 1 rest GET");
}

void Http1ParserTest::h2Trailers()
{
    HAS(response("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
                 "1\r\nx\r\n0\r\nSum: 1\r\nOther:  2 \r\n\r\n"),
        "body x\nend at 84 Sum=1 Other=2\nfinish 0");
}

void Http1ParserTest::h2ChunkErrors_data()
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

void Http1ParserTest::h2ChunkErrors()
{
    QFETCH(QByteArray, body);
    const std::string account =
        request("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + body.toStdString());
    HAS(account, "error ");
    HAS(account, "finish 3 rest ");
    QVERIFY2(!has(account, "end at"), account.c_str());
}

void Http1ParserTest::h3Pipelining()
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

void Http1ParserTest::h4Expect()
{
    HAS(request("PUT / HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\nx"),
        "PUT / v11 expects raw");
    HAS(response("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n"),
        "100 Continue v11 raw 25\nend at 25\n417 No");
}

void Http1ParserTest::h5Interim()
{
    // The answered method counts for the final response, whatever comes before it.
    SAME(response("HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 102 P\r\n\r\n"
                  "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
                  "HEAD"),
         "103 Early Hints v11 raw 37\n [Link]=[a]\nend at 37\n102 P v11 raw 18\nend at 55\n"
         "200 OK v11 raw 38\n [Content-Length]=[9]\nend at 93\nfinish 0");
}

void Http1ParserTest::h6Upgrade()
{
    HAS(request("GET / HTTP/1.1\r\nConnection: Keep-Alive, Upgrade\r\nUpgrade: websocket\r\n\r\n"),
        "GET / v11 upgrade raw");
    HAS(response("HTTP/1.1 101 Switching\r\nContent-Length: 5\r\n\r\n\x81\x01x"),
        "101 Switching v11 upgrade raw 45\n [Content-Length]=[5]\nend at 45\nfinish 0 rest "
        "\x81\x01x");
}

void Http1ParserTest::h8Ambiguous_data()
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

void Http1ParserTest::h8Ambiguous()
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

void Http1ParserTest::h8Undecidable_data()
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

void Http1ParserTest::h8Undecidable()
{
    QFETCH(QByteArray, fields);
    const std::string account = request(("POST / HTTP/1.1\r\n" + fields + "\r\nxyz").toStdString());
    HAS(account, "POST / v11 flags ");
    HAS(account, "error ");
    HAS(account, "finish 3 rest xyz");
}

void Http1ParserTest::h9OddHeads_data()
{
    QTest::addColumn<QByteArray>("head");
    QTest::addColumn<QByteArray>("part");
    QTest::addColumn<int>("bits");
    QTest::newRow("fold") << QByteArray("GET / HTTP/1.1\r\nA: b\r\n\tc\r\nD: e\r\n\r\n")
                          << QByteArray("[A]=[b\r\n\tc]\n [D]=[e]") << folded;
    QTest::newRow("blank before colon")
        << QByteArray("GET / HTTP/1.1\r\nA : b\r\n\r\n") << QByteArray("[A]=[b]") << malformed;
    QTest::newRow("empty name") << QByteArray("GET / HTTP/1.1\r\n: b\r\n\r\n")
                                << QByteArray("[]=[b]") << malformed;
    QTest::newRow("no colon") << QByteArray("GET / HTTP/1.1\r\nAb\r\n\r\n") << QByteArray("[Ab]=[]")
                              << malformed;
    QTest::newRow("blank first line")
        << QByteArray("GET / HTTP/1.1\r\n A: b\r\n\r\n") << QByteArray("[ A]=[b]") << malformed;
    QTest::newRow("NUL") << QByteArray("GET / HTTP/1.1\r\nA: b\0c\r\n\r\n", 26)
                         << QByteArray("[A]=[b\0c]", 9) << malformed;
    QTest::newRow("control") << QByteArray("GET / HTTP/1.1\r\nA: b\x01\r\n\r\n")
                             << QByteArray("[A]=[b\x01]") << malformed;
    QTest::newRow("high bytes") << QByteArray("GET / HTTP/1.1\r\nA: \xc3\xa9\r\n\r\n")
                                << QByteArray("[A]=[\xc3\xa9]") << 0;
    QTest::newRow("tab in value") << QByteArray("GET / HTTP/1.1\r\nA: b\tc\r\n\r\n")
                                  << QByteArray("[A]=[b\tc]") << 0;
    QTest::newRow("bare LF") << QByteArray("GET / HTTP/1.1\nA: b\n\n") << QByteArray("[A]=[b]")
                             << malformed;
    QTest::newRow("one bare LF") << QByteArray("GET / HTTP/1.1\r\nA: b\n\r\n")
                                 << QByteArray("[A]=[b]") << malformed;
    QTest::newRow("bare CR") << QByteArray("GET / HTTP/1.1\r\nA: b\rc\r\n\r\n")
                             << QByteArray("[A]=[b\rc]") << malformed;
    QTest::newRow("bare CR and bare LF") << QByteArray("GET / HTTP/1.1\r\nA: b\rc\nD: e\r\n\r\n")
                                         << QByteArray("[D]=[e]") << malformed;
    QTest::newRow("blank in target")
        << QByteArray("GET /a b HTTP/1.1\r\n\r\n") << QByteArray("GET /a b v11") << malformed;
    QTest::newRow("high byte in target")
        << QByteArray("GET /\xe4 HTTP/1.1\r\n\r\n") << QByteArray("GET /\xe4 v11") << malformed;
}

void Http1ParserTest::h9OddHeads()
{
    QFETCH(QByteArray, head);
    QFETCH(QByteArray, part);
    QFETCH(int, bits);
    const std::string account = request(head.toStdString());
    HAS(account, part.toStdString());
    HAS(account, "end at " + std::to_string(head.size()));
    QCOMPARE(has(account, flags(bits) + " "), bits != 0);
    QCOMPARE(has(account, " flags "), bits != 0);
}

void Http1ParserTest::h9NotHttp_data()
{
    QTest::addColumn<QByteArray>("input");
    QTest::newRow("binary") << QByteArray("\x16\x03\x01");
    QTest::newRow("blank first") << QByteArray(" GET / HTTP/1.1\r\n\r\n");
    QTest::newRow("tab between") << QByteArray("GET\t/ HTTP/1.1\r\n\r\n");
    QTest::newRow("CR first") << QByteArray("\rGET / HTTP/1.1\r\n\r\n");
    QTest::newRow("words") << QByteArray("hello there all\r\n\r\n");
    QTest::newRow("one word") << QByteArray("hello\r\n\r\n");
    QTest::newRow("HTTP/2") << QByteArray("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    QTest::newRow("HTTP/1.11") << QByteArray("GET / HTTP/1.11\r\n\r\n");
    QTest::newRow("HTTP/1") << QByteArray("GET / HTTP/1\r\n\r\n");
}

void Http1ParserTest::h9NotHttp()
{
    QFETCH(QByteArray, input);
    const std::string account = request(input.toStdString());
    HAS(account, "error ");
    HAS(account, "finish 3 rest " + input.toStdString());
    HAS(response("ICY 200 OK\r\n\r\n"), "error not an HTTP response");
    HAS(response("HTTP/1.1 20 OK\r\n\r\n"), "error no three-digit status");
    HAS(response("HTTP/1.1 2000 OK\r\n\r\n"), "error no three-digit status");
}

void Http1ParserTest::h10Limits()
{
    const std::string many(limits::headBytes, 'v');
    const std::string large = request("GET /big HTTP/1.1\r\nA: 1\r\nB: " + many + "\r\n\r\n");
    HAS(large, "GET /big v11" + flags(tooLarge) + " close raw 65536\n [A]=[1]\nerror ");
    // Exactly at the limit is not too large.
    const std::string frame = "GET / HTTP/1.1\r\nB: \r\n\r\n";
    const std::string fits =
        "GET / HTTP/1.1\r\nB: " + std::string(limits::headBytes - frame.size(), 'v') + "\r\n\r\n";
    HAS(request(fits), "GET / v11 raw 65536\n");
    const std::string line = request("GET /" + std::string(limits::requestLineBytes, 'x'));
    HAS(line, flags(tooLarge) + " close raw 16384\nerror ");

    // Too many fields: the first are kept, framing still hears of the last.
    std::string fields = "POST / HTTP/1.1\r\n";
    for (std::size_t i = 0; i < limits::headFields; ++i)
        fields += "A: b\r\n";
    const std::string account = request(fields + "Content-Length: 2\r\n\r\nxy");
    HAS(account, "POST / v11" + flags(tooLarge));
    HAS(account, "body xy\nend at ");
}

void Http1ParserTest::h11Forms()
{
    SAME(request("GET /old\r\n"), "GET /old v9 close raw 10\nend at 10\nfinish 0");
    HAS(request("GET / HTTP/1.0\r\n\r\n"), "GET / v10 close raw 18\nend at 18");
    HAS(request("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), "GET / v10 raw");
    HAS(request("GET / HTTP/1.2\r\n\r\n"), "GET / v11 raw");
    HAS(request("GET http://a.b/c?d HTTP/1.1\r\n\r\n"), "GET http://a.b/c?d v11 raw");
    HAS(request("CONNECT a.b:443 HTTP/1.1\r\n\r\n"), "CONNECT a.b:443 v11 raw");
    HAS(request("OPTIONS * HTTP/1.1\r\n\r\n"), "OPTIONS * v11 raw");
    HAS(request("M-SEARCH * HTTP/1.1\r\n\r\n"), "M-SEARCH * v11 raw");
    HAS(request("get / http/1.1\r\n\r\n"), "get / v11" + flags(malformed));
    HAS(response("HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n"), "200  v11 raw");
    HAS(response("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"), "200  v11" + flags(malformed));
    HAS(response("HTTP/1.1 777 Odd\r\nContent-Length: 0\r\n\r\n"),
        "777 Odd v11" + flags(malformed));
    // RFC 9112 6.1: HTTP/1.0 knows no transfer codings.
    HAS(request("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        "POST / v10" + flags(ambiguous));
}

void Http1ParserTest::h12KeepAlive()
{
    HAS(request("GET / HTTP/1.1\r\nConnection: x, Close\r\n\r\nmore"),
        "GET / v11 close raw 40\n [Connection]=[x, Close]\nend at 40\n");
    HAS(response("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
        "200 OK v11 close raw");
}

void Http1ParserTest::h16ManyAndLarge()
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

void Http1ParserTest::skipping()
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

QTEST_APPLESS_MAIN(Http1ParserTest)
#include "tst_http1_parser.moc"
