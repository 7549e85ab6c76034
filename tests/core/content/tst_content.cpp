// SPDX-License-Identifier: Apache-2.0
// Views of content: codings, messages of permessage-deflate, protocol buffers, event streams. What
// is decoded here was made by the libraries' encoders, or by hand from the letter of the RFC.
#include "core/content/decoder.h"
#include "core/content/inflate_messages.h"
#include "core/content/protobuf.h"
#include "core/content/server_events.h"

#include "tests/support/deflated.h"

#include <zstd.h>

#include <QTest>

using namespace podglass;
using content::Decoder;
using tests::deflated;

namespace {

std::string zstd(const std::string& text)
{
    std::string out(ZSTD_compressBound(text.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
    return out;
}

// "hello, brotli" as brotli -q 11 writes it.
const std::string brotli("\x0b\x06\x80hello, brotli\x03", 17);

std::string decoded(const std::string& body,
                    const std::string& encoding,
                    std::string& stopped,
                    bool whole = true,
                    content::DecodeLimits limits = {})
{
    Decoder decoder(bytes::asBytes(body), encoding, whole, limits);
    while (decoder.work(1000)) {}
    stopped = decoder.stopped();
    return std::string(bytes::asText(decoder.bytes()));
}

const std::string text = [] {
    std::string long_;
    for (int i = 0; i < 5000; ++i)
        long_ += "line " + std::to_string(i * 7919 % 10007) + "\n";
    return long_;
}();

// One side that compresses messages with a window that goes on (RFC 7692 7.2.1).
class MessageDeflater
{
public:
    MessageDeflater() { deflateInit2(&m_stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY); }

    MessageDeflater(const MessageDeflater&) = delete;
    MessageDeflater& operator=(const MessageDeflater&) = delete;

    ~MessageDeflater() { deflateEnd(&m_stream); }

    std::string message(const std::string& plain)
    {
        std::string out(plain.size() + 128, '\0');
        m_stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
        m_stream.avail_in = static_cast<uInt>(plain.size());
        m_stream.next_out = reinterpret_cast<Bytef*>(out.data());
        m_stream.avail_out = static_cast<uInt>(out.size());
        deflate(&m_stream, Z_SYNC_FLUSH);
        out.resize(out.size() - m_stream.avail_out);
        return out.substr(0, out.size() - 4); // the tail is not sent
    }

private:
    z_stream m_stream{};
};

} // namespace

class ContentTest : public QObject
{
    Q_OBJECT

private slots:
    void codings_data();
    void codings();
    void severalMembers();
    void nested();
    void tooManyLayers();
    void wrongLabel();
    void unknownCoding();
    void truncated();
    void stillComing();
    void bombIsStopped_data();
    void bombIsStopped();
    void limitOfBytes();
    void bytesBehindTheEnd();
    void messagesWithContextTakeover();
    void messagesWithout();
    void missedMessageEndsTakeover();
    void agreement();
    void protobufFields();
    void protobufOfRandomBytes();
    void protobufDepth();
    void eventsAtEveryCut();
    void commentsAndIds();
};

void ContentTest::codings_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("encoding");
    QTest::addColumn<QByteArray>("plain");
    const auto row = [](const char* name,
                        const std::string& body,
                        const char* encoding,
                        const std::string& plain) {
        QTest::newRow(name) << QByteArray::fromStdString(body) << QByteArray(encoding)
                            << QByteArray::fromStdString(plain);
    };
    row("gzip", deflated(text, 31), "gzip", text);
    row("x-gzip", deflated(text, 31), "X-Gzip", text);
    row("deflate", deflated(text, 15), "deflate", text);
    row("raw deflate", deflated(text, -15), "deflate", text);
    row("zstd", zstd(text), "zstd", text);
    row("brotli", brotli, "br", "hello, brotli");
    row("identity beside", deflated(text, 31), "identity, gzip", text);
}

// H15
void ContentTest::codings()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, encoding);
    QFETCH(QByteArray, plain);
    std::string stopped;
    QCOMPARE(
        QByteArray::fromStdString(decoded(body.toStdString(), encoding.toStdString(), stopped)),
        plain);
    QCOMPARE(stopped, std::string());
}

void ContentTest::severalMembers()
{
    std::string stopped;
    QCOMPARE(decoded(deflated("one ", 31) + deflated("two", 31), "gzip", stopped),
             std::string("one two"));
    QCOMPARE(decoded(zstd("one ") + zstd("two"), "zstd", stopped), std::string("one two"));
    QCOMPARE(stopped, std::string());
}

// H15: the last coding named was put on last.
void ContentTest::nested()
{
    std::string stopped;
    QCOMPARE(decoded(zstd(deflated(text, 31)), "gzip, zstd", stopped), text);
    QCOMPARE(stopped, std::string());
}

void ContentTest::tooManyLayers()
{
    Decoder decoder(bytes::asBytes("x"), "gzip, gzip, gzip", true);
    QVERIFY(!decoder.wanted());
    QCOMPARE(decoder.stopped(), std::string("more than 2 layers of content coding"));
}

// H15
void ContentTest::wrongLabel()
{
    for (const char* coding : {"gzip", "zstd", "br"}) {
        std::string stopped;
        QCOMPARE(decoded("{\"plain\":true}", coding, stopped), std::string());
        QVERIFY2(stopped.starts_with("this is no " + std::string(coding)), stopped.c_str());
    }
}

void ContentTest::unknownCoding()
{
    Decoder decoder(bytes::asBytes("x"), "gzip, compress", true);
    QVERIFY(!decoder.wanted());
    QCOMPARE(decoder.stopped(), std::string("the content coding \"compress\" is not known here"));
}

// H15
void ContentTest::truncated()
{
    const std::string whole = deflated(text, 31);
    std::string stopped;
    const std::string part = decoded(whole.substr(0, whole.size() / 2), "gzip", stopped);
    QVERIFY(!part.empty());
    QVERIFY(text.starts_with(part));
    QCOMPARE(stopped, std::string("gzip ends before its end"));
}

void ContentTest::stillComing()
{
    const std::string whole = deflated(text, 31);
    std::string stopped;
    const std::string part = decoded(whole.substr(0, whole.size() / 2), "gzip", stopped, false);
    QVERIFY(text.starts_with(part));
    QCOMPARE(stopped, std::string());
}

void ContentTest::bombIsStopped_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("encoding");
    const std::string zeros(std::size_t{48} << 20, '\0');
    QTest::newRow("gzip") << QByteArray::fromStdString(deflated(zeros, 31)) << QByteArray("gzip");
    QTest::newRow("zstd") << QByteArray::fromStdString(zstd(zeros)) << QByteArray("zstd");
    QTest::newRow("gzip in gzip") << QByteArray::fromStdString(deflated(deflated(zeros, 31), 31))
                                  << QByteArray("gzip, gzip");
}

// H15: 200 times its size and no more than that is ever held.
void ContentTest::bombIsStopped()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, encoding);
    std::string stopped;
    const std::string out = decoded(body.toStdString(), encoding.toStdString(), stopped);
    QVERIFY2(stopped.find("bomb") != std::string::npos, stopped.c_str());
    QVERIFY(out.size() < std::size_t{24} << 20);
}

void ContentTest::limitOfBytes()
{
    content::DecodeLimits limits;
    limits.bytes = 20'000;
    std::string stopped;
    QCOMPARE(decoded(deflated(text, 31), "gzip", stopped, true, limits).size(),
             std::size_t{20'000});
    QVERIFY2(stopped.starts_with("stopped at the limit"), stopped.c_str());
}

void ContentTest::bytesBehindTheEnd()
{
    std::string stopped;
    QCOMPARE(decoded(deflated(text, 31) + "tail", "gzip", stopped), text);
    QCOMPARE(stopped, std::string("4 bytes behind the end of gzip are left out"));
}

// W1
void ContentTest::messagesWithContextTakeover()
{
    MessageDeflater deflater;
    content::MessageInflater inflater(true);
    for (int i = 0; i < 20; ++i) {
        const std::string plain = "{\"price\":" + std::to_string(i) + ",\"symbol\":\"PGLS\"}";
        std::string out;
        QVERIFY(inflater.inflate(bytes::asBytes(deflater.message(plain)), 1000, out));
        QCOMPARE(out, plain);
    }
}

// W1
void ContentTest::messagesWithout()
{
    content::MessageInflater inflater(false);
    for (int i = 0; i < 3; ++i) {
        MessageDeflater deflater;
        std::string out;
        QVERIFY(inflater.inflate(bytes::asBytes(deflater.message("hello")), 1000, out));
        QCOMPARE(out, std::string("hello"));
    }
    std::string out;
    QVERIFY(!inflater.inflate(bytes::asBytes("\xff\xff\xff"), 1000, out));
    MessageDeflater deflater;
    QVERIFY(inflater.inflate(bytes::asBytes(deflater.message("again")), 1000, out));
}

void ContentTest::missedMessageEndsTakeover()
{
    MessageDeflater deflater;
    content::MessageInflater inflater(true);
    std::string out;
    QVERIFY(inflater.inflate(bytes::asBytes(deflater.message("one")), 1000, out));
    inflater.lose();
    QVERIFY(!inflater.inflate(bytes::asBytes(deflater.message("three")), 1000, out));
    QVERIFY(inflater.lost());
}

void ContentTest::agreement()
{
    const auto plain =
        content::readDeflateAgreement("permessage-deflate; server_max_window_bits=12");
    QVERIFY(plain.agreed && plain.clientTakeover && plain.serverTakeover);
    const auto one =
        content::readDeflateAgreement("x, permessage-deflate; server_no_context_takeover, y");
    QVERIFY(one.agreed && one.clientTakeover && !one.serverTakeover);
    QVERIFY(!content::readDeflateAgreement("").agreed);
}

// P10
void ContentTest::protobufFields()
{
    using namespace std::string_literals;
    const std::string message = "\x0a\x04qa-7"s + "\x10\x96\x01"s + "\x1a\x05\x08\x01\x12\x01x"s
                                + "\x25\x00\x00\x80\x3f"s + "\x2a\x02\xff\xfe"s;
    const auto shown = content::protobufText(bytes::asBytes(message));
    QVERIFY(shown.has_value());
    QCOMPARE(*shown,
             std::string("1: \"qa-7\"\n"
                         "2: 150   varint\n"
                         "3 {   message, 5 bytes\n"
                         "  1: 1   varint\n"
                         "  2: \"x\"\n"
                         "}\n"
                         "4: 1   fixed32, 1065353216\n"
                         "5: fffe   bytes, 2\n"));
    QCOMPARE(content::protobufLine(bytes::asBytes(message), 200),
             std::string("1: \"qa-7\"  2: 150  3 { 1: 1  2: \"x\" }  4: 1  5: fffe"));
    QCOMPARE(content::protobufText({}).value_or("none"), std::string());
}

void ContentTest::protobufOfRandomBytes()
{
    QVERIFY(!content::protobufText(bytes::asBytes("hello, this is text")).has_value());
    QVERIFY(!content::protobufText(bytes::asBytes("\x0a\xff\xff\xff\xff\x0f")).has_value());
    QVERIFY(!content::protobufText(bytes::asBytes("\x08")).has_value());
    QVERIFY(
        !content::protobufText(bytes::asBytes("\x0b\x08\x01")).has_value()); // group without end
}

// Nesting beyond the limit is shown as bytes and costs no stack.
void ContentTest::protobufDepth()
{
    std::string message("\x08\x01", 2);
    for (int i = 0; i < 60; ++i)
        message = std::string("\x12") + static_cast<char>(message.size()) + message;
    QVERIFY(content::protobufText(bytes::asBytes(message)).has_value());
    const std::string groups(100'000, '\x0b');
    QVERIFY(!content::protobufText(bytes::asBytes(groups)).has_value());
}

void ContentTest::eventsAtEveryCut()
{
    const std::string stream = "\xef\xbb\xbf"
                               "data: one\n\nevent: tick\r\ndata: two\r\ndata: lines\r\n\r\n"
                               "retry: 10\rdata\r\rdata: cut";
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        content::ServerEvents events;
        std::string account;
        const auto found = [&](const content::ServerEvent& event) {
            account += event.type + "|" + event.data + ";";
        };
        events.feed(bytes::asBytes(std::string_view(stream).substr(0, cut)), found);
        events.feed(bytes::asBytes(std::string_view(stream).substr(cut)), found);
        QCOMPARE(account, std::string("|one;tick|two\nlines;|;"));
    }
}

void ContentTest::commentsAndIds()
{
    content::ServerEvents events;
    std::vector<content::ServerEvent> all;
    events.feed(bytes::asBytes(": hello\n\nid: 7\ndata: {}\n\n"),
                [&](const content::ServerEvent& event) { all.push_back(event); });
    QCOMPARE(all.size(), std::size_t{2});
    QVERIFY(all[0].comment);
    QCOMPARE(all[0].data, std::string("hello"));
    QCOMPARE(all[1].id, std::string("7"));
    QCOMPARE(all[1].end, std::uint64_t{25});
}

QTEST_APPLESS_MAIN(ContentTest)
#include "tst_content.moc"
