// SPDX-License-Identifier: Apache-2.0
#include "core/base/limits.h"
#include "core/parse/protocol.h"
#include "core/parse/tls_hello.h"

#include <QTest>

using namespace podglass;
using parse::TlsHello;

namespace {

std::string number(std::size_t value, int bytes)
{
    std::string out;
    for (int i = bytes - 1; i >= 0; --i)
        out += static_cast<char>(value >> (8 * i) & 0xff);
    return out;
}

std::string counted(const std::string& content, int bytes)
{
    return number(content.size(), bytes) + content;
}

std::string extension(std::size_t type, const std::string& content)
{
    return number(type, 2) + counted(content, 2);
}

// A hello as RFC 8446 4.1.2 draws it, without its record.
std::string hello(const std::string& extensions)
{
    const std::string body = "\x03\x03" + std::string(32, 'r') + counted(std::string(32, 's'), 1)
                             + counted("\x13\x01\x13\x02", 2) + counted(std::string(1, '\0'), 1)
                             + counted(extensions, 2);
    return "\x01" + counted(body, 3);
}

std::string record(const std::string& part)
{
    return "\x16\x03\x01" + counted(part, 2);
}

std::string withName(const std::string& name)
{
    // A GREASE extension first (RFC 8701), ALPN behind.
    return extension(0x0a0a, "") + extension(0, counted(std::string(1, '\0') + counted(name, 2), 2))
           + extension(16, counted(counted("h2", 1), 2));
}

} // namespace

class TlsHelloTest : public QObject
{
    Q_OBJECT

private slots:
    void serverName();
    void everyPrefix();
    void severalRecords();
    void withoutName();
    void tooLarge();
    void damaged();
    void oldHello();
    void notTls();
};

void TlsHelloTest::serverName()
{
    const TlsHello read = parse::readTlsHello(bytes::asBytes(record(hello(withName("shop.test")))));
    QVERIFY(read.state == TlsHello::State::Complete);
    QCOMPARE(QByteArray::fromStdString(read.serverName), QByteArray("shop.test"));
}

void TlsHelloTest::everyPrefix()
{
    const std::string whole = record(hello(withName("shop.test"))) + "more";
    for (std::size_t i = 1; i <= whole.size(); ++i) {
        const auto found =
            parse::detectFromClient(bytes::asBytes(std::string_view(whole).substr(0, i)));
        const bool enough = i >= whole.size() - 4;
        QCOMPARE(found.protocol == flow::Protocol::Tls, enough);
        QCOMPARE(found.protocol == flow::Protocol::Unknown, !enough);
        QCOMPARE(found.serverName == "shop.test", enough);
    }
}

void TlsHelloTest::severalRecords()
{
    const std::string message = hello(withName("a.test"));
    std::string records;
    for (std::size_t i = 0; i < message.size(); i += 7)
        records += record(message.substr(i, 7));
    const TlsHello read = parse::readTlsHello(bytes::asBytes(records));
    QVERIFY(read.state == TlsHello::State::Complete);
    QCOMPARE(QByteArray::fromStdString(read.serverName), QByteArray("a.test"));
}

void TlsHelloTest::withoutName()
{
    const TlsHello read = parse::readTlsHello(
        bytes::asBytes(record(hello(extension(16, counted(counted("h2", 1), 2))))));
    QVERIFY(read.state == TlsHello::State::Complete);
    QVERIFY(read.serverName.empty());
}

void TlsHelloTest::tooLarge()
{
    const std::string message =
        hello(extension(21, std::string(60'000, '\0')) + withName("late.test"));
    std::string records;
    for (std::size_t i = 0; i < message.size(); i += 16'384)
        records += record(message.substr(i, 16'384));
    const std::string_view text = records;
    QVERIFY(parse::readTlsHello(bytes::asBytes(text.substr(0, limits::tlsHelloBytes - 1))).state
            == TlsHello::State::Incomplete);
    const TlsHello read = parse::readTlsHello(bytes::asBytes(text));
    QVERIFY(read.state == TlsHello::State::Complete);
    QVERIFY(read.serverName.empty());
}

void TlsHelloTest::damaged()
{
    // Lengths that do not fit end the search, not the program.
    const std::string whole = record(hello(withName("shop.test")));
    for (std::size_t i = 5; i < whole.size(); ++i) {
        std::string bad = whole;
        bad[i] = '\xff';
        const TlsHello read = parse::readTlsHello(bytes::asBytes(bad));
        QVERIFY(read.serverName.size() <= whole.size());
    }
    QVERIFY(parse::readTlsHello(bytes::asBytes(std::string_view("\x16\x03\x01\x00\x00", 5))).state
            == TlsHello::State::NotTls);
}

void TlsHelloTest::oldHello()
{
    QVERIFY(
        parse::readTlsHello(bytes::asBytes(std::string_view("\x80\x2e\x01\x03\x01\x00", 6))).state
        == TlsHello::State::Complete);
    QVERIFY(
        parse::readTlsHello(bytes::asBytes(std::string_view("\x80\x2e\x01\x07\x01\x00", 6))).state
        == TlsHello::State::NotTls);
}

void TlsHelloTest::notTls()
{
    for (const char* text : {"GET / HTTP/1.1", "\x16\x02\x01", "\x17\x03\x03", "\x16GET"})
        QVERIFY(parse::readTlsHello(bytes::asBytes(text)).state == TlsHello::State::NotTls);
}

QTEST_APPLESS_MAIN(TlsHelloTest)
#include "tst_tls_hello.moc"
