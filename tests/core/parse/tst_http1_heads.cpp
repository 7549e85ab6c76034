// SPDX-License-Identifier: Apache-2.0
// What heads of HTTP/1 say, odd, large and broken ones among them.
#include "core/base/limits.h"

#include "http1_account.h"

using namespace podglass;
using namespace podglass::tests;

class Http1HeadsTest : public QObject
{
    Q_OBJECT

private slots:
    void h4Expect();
    void h5Interim();
    void h6Upgrade();
    void h9OddHeads_data();
    void h9OddHeads();
    void h9NotHttp_data();
    void h9NotHttp();
    void h10Limits();
    void h11Forms();
    void h12KeepAlive();
};

void Http1HeadsTest::h4Expect()
{
    HAS(request("PUT / HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\nx"),
        "PUT / v11 expects raw");
    HAS(response("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n"),
        "100 Continue v11 raw 25\nend at 25\n417 No");
}

void Http1HeadsTest::h5Interim()
{
    // The answered method counts for the final response, whatever comes before it.
    SAME(response("HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 102 P\r\n\r\n"
                  "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
                  "HEAD"),
         "103 Early Hints v11 raw 37\n [Link]=[a]\nend at 37\n102 P v11 raw 18\nend at 55\n"
         "200 OK v11 raw 38\n [Content-Length]=[9]\nend at 93\nfinish 0");
}

void Http1HeadsTest::h6Upgrade()
{
    HAS(request("GET / HTTP/1.1\r\nConnection: Keep-Alive, Upgrade\r\nUpgrade: websocket\r\n\r\n"),
        "GET / v11 upgrade raw");
    HAS(response("HTTP/1.1 101 Switching\r\nContent-Length: 5\r\n\r\n\x81\x01x"),
        "101 Switching v11 upgrade raw 45\n [Content-Length]=[5]\nend at 45\nfinish 0 rest "
        "\x81\x01x");
}

void Http1HeadsTest::h9OddHeads_data()
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

void Http1HeadsTest::h9OddHeads()
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

void Http1HeadsTest::h9NotHttp_data()
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

void Http1HeadsTest::h9NotHttp()
{
    QFETCH(QByteArray, input);
    const std::string account = request(input.toStdString());
    HAS(account, "error ");
    HAS(account, "finish 3 rest " + input.toStdString());
    HAS(response("ICY 200 OK\r\n\r\n"), "error not an HTTP response");
    HAS(response("HTTP/1.1 20 OK\r\n\r\n"), "error no three-digit status");
    HAS(response("HTTP/1.1 2000 OK\r\n\r\n"), "error no three-digit status");
}

void Http1HeadsTest::h10Limits()
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

void Http1HeadsTest::h11Forms()
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

void Http1HeadsTest::h12KeepAlive()
{
    HAS(request("GET / HTTP/1.1\r\nConnection: x, Close\r\n\r\nmore"),
        "GET / v11 close raw 40\n [Connection]=[x, Close]\nend at 40\n");
    HAS(response("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
        "200 OK v11 close raw");
}

QTEST_APPLESS_MAIN(Http1HeadsTest)
#include "tst_http1_heads.moc"
