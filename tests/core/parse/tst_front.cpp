// SPDX-License-Identifier: Apache-2.0
// What comes before and around messages: PROXY headers, hellos of TLS, tunnels, HTTP/2 joined in
// mid-stream, gRPC-Web.
#include "core/base/limits.h"
#include "core/parse/proxy_header.h"
#include "core/parse/tls_watch.h"

#include "tests/support/connection_play.h"

#include <QTest>

using namespace podglass;
using namespace podglass::tests;
using State = parse::ProxyHeaderRead::State;

namespace {

const std::string request = "GET /a HTTP/1.1\r\nHost: shop\r\n\r\n";
const std::string response = "HTTP/1.1 204 No Content\r\n\r\n";

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

std::string extension(std::uint16_t type, const std::string& content)
{
    return number(type, 2) + block(content, 2);
}

std::string record(std::uint8_t type, const std::string& message)
{
    return std::string("\x16\x03\x01", 3)
           + block(std::string(1, static_cast<char>(type)) + block(message, 3), 2);
}

std::string clientHello(const std::string& name)
{
    const std::string extensions =
        (name.empty() ? std::string()
                      : extension(0, block(std::string(1, '\0') + block(name, 2), 2)))
        + extension(16, block(block("h2", 1) + block("http/1.1", 1), 2))
        + extension(43, block(std::string("\x0a\x0a\x03\x04\x03\x03", 6), 1));
    return record(1,
                  std::string("\x03\x03", 2) + std::string(32, 'r') + block("", 1)
                      + block("\x13\x01", 2) + block(std::string(1, '\0'), 1)
                      + block(extensions, 2));
}

std::string serverHello()
{
    const std::string extensions = extension(43, std::string("\x03\x04", 2));
    return record(2,
                  std::string("\x03\x03", 2) + std::string(32, 'r') + block("", 1)
                      + std::string("\x13\x01\x00", 3) + block(extensions, 2));
}

std::string binaryHeader(char command, char family, const std::string& addresses)
{
    return std::string("\r\n\r\n\0\r\nQUIT\n", 12) + command + family + block(addresses, 2);
}

const std::string v4Addresses("\xc0\x00\x02\x01\xc0\x00\x02\x02\xdc\x04\x01\xbb", 12);

} // namespace

class FrontTest : public QObject
{
    Q_OBJECT

private slots:
    void proxyTextIsTakenOff();
    void proxyBinaryIsTakenOff();
    void proxyOfItself();
    void notQuiteAProxyHeader_data();
    void notQuiteAProxyHeader();
    void proxyInFrontOfTls();
    void tlsTellsBothHellos();
    void tlsIsNeverReadAsText();
    void serverHelloThatIsNone();
    void tunnelMayCarryTls();
    void tunnelOfPlainBytes();
};

// W3
void FrontTest::proxyTextIsTakenOff()
{
    const std::string account =
        between(played({c("PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n" + request), s(response)}));
    QCOMPARE(account,
             std::string("proxy v1 192.0.2.1:56324 -> 192.0.2.2:443 42\n"
                         "> raw @0 PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\\x0d\\x0a\n"
                         "protocol http/1\n"
                         "> #1 GET /a Host=shop\n"
                         "> #1 complete 0\n"
                         "< #1 204 No Content\n"
                         "< #1 complete 0\n"));
    QVERIFY(between(played({c("PROXY TCP6 2001:db8::1 ::1 1 2\r\n" + request), s(response)}))
                .starts_with("proxy v1 [2001:db8::1]:1 -> [::1]:2 32\n"));
}

// W3
void FrontTest::proxyBinaryIsTakenOff()
{
    const std::string header = binaryHeader('\x21', '\x11', v4Addresses + "\x04\0\x01x");
    const std::string account = between(played({c(header + request), s(response)}));
    QVERIFY2(account.starts_with("proxy v2 192.0.2.1:56324 -> 192.0.2.2:443 "), account.c_str());
    QVERIFY2(account.find("> #1 GET /a Host=shop\n") != std::string::npos, account.c_str());
}

// W3: a health check of the proxy names nobody.
void FrontTest::proxyOfItself()
{
    QVERIFY(between(played({c(binaryHeader('\x20', '\0', "") + request), s(response)}))
                .starts_with("proxy v2 unknown 16\n"));
    QVERIFY(between(played({c("PROXY UNKNOWN ff ff\r\n" + request), s(response)}))
                .starts_with("proxy v1 unknown 21\n"));
}

void FrontTest::notQuiteAProxyHeader_data()
{
    QTest::addColumn<QByteArray>("start");
    QTest::newRow("address") << QByteArray("PROXY TCP4 192.0.2.300 192.0.2.2 1 2\r\n");
    QTest::newRow("port") << QByteArray("PROXY TCP4 192.0.2.3 192.0.2.2 1 70000\r\n");
    QTest::newRow("family") << QByteArray("PROXY UDP4 192.0.2.3 192.0.2.2 1 2\r\n");
    QTest::newRow("more") << QByteArray("PROXY TCP4 192.0.2.3 192.0.2.2 1 2 3\r\n");
    QTest::newRow("bare line feed") << QByteArray("PROXY TCP4 192.0.2.3 192.0.2.2 1 2\n");
    QTest::newRow("too long") << QByteArray("PROXY UNKNOWN ") + QByteArray(200, 'x') + "\r\n";
    const auto bytes = [](const std::string& text) {
        return QByteArray(text.data(), static_cast<qsizetype>(text.size()));
    };
    QTest::newRow("version 3") << bytes(binaryHeader('\x31', '\x11', v4Addresses));
    QTest::newRow("command 2") << bytes(binaryHeader('\x22', '\x11', v4Addresses));
    QTest::newRow("short addresses") << bytes(binaryHeader('\x21', '\x11', "abc"));
    QTest::newRow("too many notes") << bytes(
        binaryHeader('\x21', '\x11', v4Addresses + std::string(limits::proxyHeaderBytes, 'n')));
}

// W3: what is no header to the letter is the stream itself, never half of it.
void FrontTest::notQuiteAProxyHeader()
{
    QFETCH(QByteArray, start);
    const std::string text = start.toStdString();
    QVERIFY(parse::readProxyHeader(bytes::asBytes(text)).state == State::None);
    const std::string account = between(played({c(text), s("x")}));
    QVERIFY2(account.find("proxy") == std::string::npos, account.c_str());
    QVERIFY2(account.find("> raw @0") != std::string::npos, account.c_str());
}

void FrontTest::proxyInFrontOfTls()
{
    const std::string account =
        between(played({c("PROXY TCP4 192.0.2.1 192.0.2.2 1 443\r\n" + clientHello("shop.test"))}));
    QVERIFY2(account.find("protocol tls shop.test\n") != std::string::npos, account.c_str());
    QVERIFY2(account.find("> hello 772 shop.test alpn=h2,http/1.1\n") != std::string::npos,
             account.c_str());
}

// W2
void FrontTest::tlsTellsBothHellos()
{
    const std::string account =
        between(played({c(clientHello("shop.test")), s(serverHello() + "secret"), c("data")}));
    QVERIFY2(account.starts_with("protocol tls shop.test\n"), account.c_str());
    QVERIFY2(account.find("> hello 772 shop.test alpn=h2,http/1.1\n") != std::string::npos,
             account.c_str());
    QVERIFY2(account.find("< hello 772  alpn=\n") != std::string::npos, account.c_str());
}

// W2
void FrontTest::tlsIsNeverReadAsText()
{
    const std::string account =
        between(played({c(clientHello("") + request), s(serverHello() + response)}));
    QVERIFY2(account.find("#1") == std::string::npos, account.c_str());
}

void FrontTest::serverHelloThatIsNone()
{
    const std::string account =
        between(played({c(clientHello("shop.test")), s("HTTP/1.1 400 Bad Request\r\n\r\n")}));
    QVERIFY2(account.find("< hello") == std::string::npos, account.c_str());
    QVERIFY2(account.find("< raw @0 HTTP/1.1 400") != std::string::npos, account.c_str());
}

// W4
void FrontTest::tunnelMayCarryTls()
{
    const std::string account =
        between(played({c("CONNECT shop.test:443 HTTP/1.1\r\nHost: shop.test:443\r\n\r\n"),
                        s("HTTP/1.1 200 OK\r\n\r\n"),
                        c(clientHello("shop.test")),
                        s(serverHello())}));
    QVERIFY2(account.find("protocol raw\n") != std::string::npos, account.c_str());
    QVERIFY2(account.find("> hello 772 shop.test") != std::string::npos, account.c_str());
    QVERIFY2(account.find("< hello 772") != std::string::npos, account.c_str());
}

// W4
void FrontTest::tunnelOfPlainBytes()
{
    const std::string account =
        between(played({c("CONNECT shop.test:25 HTTP/1.1\r\nHost: shop.test:25\r\n\r\n"),
                        s("HTTP/1.1 200 OK\r\n\r\n220 mail ready\r\n"),
                        c(request)}));
    QVERIFY2(account.find("#2") == std::string::npos, account.c_str());
    QVERIFY2(account.find("220 mail ready") != std::string::npos, account.c_str());
}

// P12, T14

QTEST_APPLESS_MAIN(FrontTest)
#include "tst_front.moc"
