// SPDX-License-Identifier: Apache-2.0
// WebSockets after their 101 (case W1): frames split, masked, long, compressed, odd.
#include "tests/support/connection_play.h"

#include <QTest>

using namespace podglass;
using namespace podglass::tests;

namespace {

const std::string request = "GET /ws HTTP/1.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n";
const std::string response = "HTTP/1.1 101 Ok\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n";
const std::string opening =
    "protocol http/1\n> #1 GET /ws Upgrade=websocket Connection=upgrade\n> #1 complete 0\n"
    "< #1 101 Ok Upgrade=websocket Connection=upgrade\n< #1 complete 0\nprotocol websocket\n";

// `first`: the first byte (FIN, RSV, opcode).
std::string plain(unsigned first, const std::string& payload)
{
    std::string frame(1, static_cast<char>(first));
    if (payload.size() < 126) {
        frame += static_cast<char>(payload.size());
    } else {
        frame += '\x7e';
        frame += static_cast<char>(payload.size() >> 8);
        frame += static_cast<char>(payload.size() & 0xff);
    }
    return frame + payload;
}

std::string masked(unsigned first, const std::string& payload)
{
    const std::string mask = "\x11\x22\x33\x44";
    const std::string frame = plain(first, payload);
    const std::size_t headBytes = frame.size() - payload.size();
    std::string out = frame.substr(0, headBytes) + mask;
    out[1] = static_cast<char>(out[1] | '\x80');
    for (std::size_t i = 0; i < payload.size(); ++i)
        out += static_cast<char>(payload[i] ^ mask[i % 4]);
    return out;
}

std::string account(const Script& frames, const Setting& setting = {})
{
    Script script{c(request), s(response)};
    script.insert(script.end(), frames.begin(), frames.end());
    const std::string all = between(played(script, setting));
    return all.substr(0, opening.size()) == opening ? all.substr(opening.size()) : all;
}

std::string at(std::size_t base, std::size_t offset)
{
    return " @" + std::to_string(base + offset) + " ";
}

} // namespace

#define SAME(actual, expected)                                                                     \
    QCOMPARE(QByteArray::fromStdString(actual), QByteArray::fromStdString(expected))

class WebSocketTest : public QObject
{
    Q_OBJECT

private slots:
    void w1Masked();
    void w1BothWays();
    void w1LongFrame();
    void w1Fragments();
    void w1Close();
    void w1Odd();
    void w1ReservedOpcode();
    void w1GapInPayload();
    void w1GapOverFrames();
    void w1RawStreamIsKept();
};

void WebSocketTest::w1Masked()
{
    const std::size_t base = request.size();
    SAME(account({c(masked(0x81, "hello") + masked(0xc2, "zip"))}),
         ">"
         " raw"
             + at(base, 0) + "\\x81\\x85\\x11\"3D\n> #1 text" + at(base, 6) + "5 flags=6\n> raw"
             + at(base, 6) + "hello\\xc2\\x83\\x11\"3D\n> #1 binary" + at(base, 17)
             + "3 flags=7\n> raw" + at(base, 17) + "zip\n");
}

void WebSocketTest::w1BothWays()
{
    const std::size_t base = response.size();
    SAME(account({s(plain(0x81, "a")), s(plain(0x89, "") + plain(0x8a, "p"))}),
         "< raw" + at(base, 0) + "\\x81\\x01\n< #1 text" + at(base, 2) + "1 flags=2\n< raw"
             + at(base, 2) + "a\\x89\\x00\n< #1 ping" + at(base, 5) + "0 flags=2\n< raw"
             + at(base, 5) + "\\x8a\\x01\n< #1 pong" + at(base, 7) + "1 flags=2\n< raw"
             + at(base, 7) + "p\n");
}

void WebSocketTest::w1LongFrame()
{
    const std::string payload(10'000, 'x');
    const std::string text = account({c(masked(0x82, payload))});
    const std::size_t at8 = request.size() + 8;
    QVERIFY2(text.find("binary @" + std::to_string(at8) + " 10000 flags=6\n> raw @"
                       + std::to_string(at8) + " 10000 bytes ")
                 != std::string::npos,
             text.c_str());
    // The digest of what was sent before it was masked.
    base::Sha256 digest;
    digest.update(bytes::asBytes(payload));
    QVERIFY(text.find(base::hex(digest.finish()).substr(0, 16)) != std::string::npos);
}

void WebSocketTest::w1Fragments()
{
    const std::size_t base = response.size();
    SAME(account({s(plain(0x01, "a") + plain(0x80, "b"))}),
         "< raw" + at(base, 0) + "\\x01\\x01\n< #1 text" + at(base, 2) + "1\n< raw" + at(base, 2)
             + "a\\x80\\x01\n< #1 continuation" + at(base, 5) + "1 flags=2\n< raw" + at(base, 5)
             + "b\n");
}

void WebSocketTest::w1Close()
{
    const std::size_t base = request.size();
    SAME(account({c(masked(0x88, "\x03\xe9gone")), s(plain(0x88, ""))}),
         "> raw" + at(base, 0) + "\\x88\\x86\\x11\"3D\\x03\\xe9gone\n> #1 close" + at(base, 6)
             + "6 flags=6 code=1001\n< raw" + at(response.size(), 0) + "\\x88\\x00\n< #1 close"
             + at(response.size(), 2) + "0 flags=2\n");
}

void WebSocketTest::w1Odd()
{
    // A ping that is too long and reserved bits: read as they are, said once.
    const std::string text =
        account({s(plain(0x89, std::string(200, 'p')) + plain(0xb1, "x") + plain(0x81, "y"))});
    QCOMPARE(QByteArray::fromStdString(text).count("anomaly 12"), 1);
    QVERIFY2(text.find("ping @") != std::string::npos, text.c_str());
    QCOMPARE(QByteArray::fromStdString(text).count(" text @"), 2);
}

void WebSocketTest::w1ReservedOpcode()
{
    const std::size_t base = response.size();
    SAME(account({s(plain(0x83, "?") + plain(0x81, "y"))}),
         "< raw" + at(base, 0) + "\\x83\\x01\n< anomaly 12\n< raw" + at(base, 2)
             + "?\\x81\\x01y\n");
}

void WebSocketTest::w1GapInPayload()
{
    const std::size_t base = request.size();
    const std::string frame = masked(0x81, "0123456789");
    SAME(account({c(frame.substr(0, 9)), gapOf(up, 3), c(frame.substr(12) + masked(0x81, "z"))}),
         "> raw" + at(base, 0) + "\\x81\\x8a\\x11\"3D\n> #1 text" + at(base, 6)
             + "10 flags=6\n> raw" + at(base, 6) + "012\n> gap" + at(base, 9) + "3\n> raw"
             + at(base, 12) + "6789\\x81\\x81\\x11\"3D\n> #1 text" + at(base, 22)
             + "1 flags=6\n> raw" + at(base, 22) + "z\n");
}

void WebSocketTest::w1GapOverFrames()
{
    const std::size_t base = response.size();
    SAME(account({s(plain(0x81, "a")), gapOf(down, 3), s(plain(0x81, "b"))}),
         "< raw" + at(base, 0) + "\\x81\\x01\n< #1 text" + at(base, 2) + "1 flags=2\n< raw"
             + at(base, 2) + "a\n< gap" + at(base, 3) + "3\n< raw" + at(base, 6) + "\\x81\\x01b\n");
}

void WebSocketTest::w1RawStreamIsKept()
{
    // Where the stream is asked for as it is on the wire, nothing is unmasked into it.
    Setting setting;
    setting.options.alsoStreams = true;
    const std::string frame = masked(0x81, "hello");
    const std::string text =
        play({c(request), s(response), c(frame)}, setting, {request, response, frame});
    QVERIFY2(text.find("hello") == std::string::npos, text.c_str());
    QVERIFY(text.find(" text @") != std::string::npos);
}

QTEST_APPLESS_MAIN(WebSocketTest)
#include "tst_websocket.moc"
