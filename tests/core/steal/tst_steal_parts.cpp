// SPDX-License-Identifier: Apache-2.0
// The parts of the proxy that need no network.
#include "core/http2/upgrade.h"
#include "core/steal/lane.h"
#include "core/steal/nft_rules.h"
#include "core/steal/nft_socket.h"
#include "core/steal/protocol_guess.h"
#include "core/steal/taken_exchange.h"

#include <QTest>

using namespace podglass;
using bytes::asBytes;
using steal::Guess;
using steal::Lane;

class TestStealParts : public QObject
{
    Q_OBJECT

private slots:

    void guess_data()
    {
        QTest::addColumn<QByteArray>("start");
        QTest::addColumn<int>("guess");
        const auto row = [](const QByteArray& start, Guess guess) {
            QTest::newRow(start.toPercentEncoding().constData())
                << start << static_cast<int>(guess);
        };
        row("GET / HTTP/1.1\r\n", Guess::Http);
        row("PATCH ", Guess::Http);
        row("\r\nGET ", Guess::Http);
        row("PROPFIND /", Guess::MaybeHttp);
        row("user bob", Guess::MaybeHttp);
        row("GE", Guess::Unsure);
        row("\r", Guess::Unsure);
        row("\r\n", Guess::Unsure);
        row(QByteArray(33, 'A'), Guess::SomethingElse);
        row(QByteArray(32, 'A'), Guess::Unsure);
        row("PING\r\n", Guess::SomethingElse);
        row(QByteArray("\x16\x03\x01", 3), Guess::SomethingElse);
        row(" GET", Guess::SomethingElse);
        row("*1\r\n$4\r\nPING\r\n", Guess::SomethingElse);
    }

    void guess()
    {
        QFETCH(QByteArray, start);
        QFETCH(int, guess);
        QCOMPARE(static_cast<int>(steal::guessProtocol(asBytes(start.toStdString()))), guess);
    }

    void laneKeepsWhatMayBeSentAgain()
    {
        Lane lane(10);
        QCOMPARE(lane.append(asBytes("0123456789ab")), std::size_t{10});
        QVERIFY(lane.due().empty());
        lane.clear(6);
        QCOMPARE(bytes::asText(lane.due()), std::string_view("012345"));
        QCOMPARE(bytes::asText(lane.unread()), std::string_view("6789"));
        lane.went(4, true);
        QCOMPARE(bytes::asText(lane.due()), std::string_view("45"));
        QCOMPARE(lane.room(), std::size_t{0});
        QVERIFY(lane.keeps());
        lane.sendAgain();
        QCOMPARE(bytes::asText(lane.due()), std::string_view("012345"));
        lane.went(2, true);
        lane.went(1, false);
        QVERIFY(!lane.keeps());
        QCOMPARE(bytes::asText(lane.due()), std::string_view("345"));
        QCOMPARE(lane.room(), std::size_t{3});
        lane.dropUnread();
        QCOMPARE(bytes::asText(lane.due()), std::string_view("345"));
        QVERIFY(lane.unread().empty());
        lane.clear(100); // no more than there is
        lane.went(3, false);
        QVERIFY(lane.empty());
    }

    void whatIsLentIsCopiedOnlyAsFarAsItIsLeft()
    {
        Lane lane(10);
        std::string room = "01234567";
        lane.lend(asBytes(room));
        QCOMPARE(lane.room(), std::size_t{2});
        lane.clear(6);
        QCOMPARE(lane.due().data(), asBytes(room).data()); // where it was
        lane.went(4, false);
        QVERIFY(lane.isLent());
        QCOMPARE(bytes::asText(lane.due()), std::string_view("45"));
        QCOMPARE(bytes::asText(lane.unread()), std::string_view("67"));
        lane.settle();
        QVERIFY(!lane.isLent());
        room.assign(room.size(), 'x'); // for the next read
        QCOMPARE(bytes::asText(lane.due()), std::string_view("45"));
        QCOMPARE(bytes::asText(lane.unread()), std::string_view("67"));
        room = "89ab";
        lane.lend(asBytes(room)); // behind what is there: not lent
        QVERIFY(!lane.isLent());
        room.assign(room.size(), 'x');
        QCOMPARE(bytes::asText(lane.unread()), std::string_view("6789ab"));
        lane.clear(6);
        lane.went(8, false);
        QVERIFY(lane.empty());
        room = "cdef";
        lane.lend(asBytes(room));
        lane.clear(2);
        lane.dropUnread();
        room.assign(room.size(), 'x');
        QCOMPARE(bytes::asText(lane.due()), std::string_view("cd"));
        lane.went(2, false);
        QCOMPARE(lane.room(), std::size_t{10});
    }

    void badGatewayIsWholeAndPlain()
    {
        const steal::TakerFailed failed{wire::StealFailure::Refused,
                                        "refused\r\nSet-Cookie: x\x1b[31m" + std::string(999, 'x')};
        const std::string got = steal::badGateway(failed, "GET");
        const std::size_t body = got.find("\r\n\r\n") + 4;
        QVERIFY(got.find("Content-Length: " + std::to_string(got.size() - body) + "\r\n")
                != std::string::npos);
        QVERIFY(got.size() < 1024);
        QVERIFY(got.find('\x1b') == std::string::npos);
        QVERIFY(got.find("\r\nSet-Cookie") == std::string::npos);
        const std::string head = steal::badGateway(failed, "HEAD");
        QCOMPARE(head, got.substr(0, body));
    }

    void batchIsWellFormed()
    {
        steal::NftBatch batch(5);
        steal::addTable(batch, "podglass_80_x", "comment", true);
        steal::addNatChain(batch, "podglass_80_x", steal::preroutingChain);
        steal::addRedirect(batch, "podglass_80_x", steal::preroutingChain, {80, 4000, true, false});
        batch.finish();
        QCOMPARE(batch.bytes().size() % 4, std::size_t{0});
        QCOMPARE(batch.messages(), std::size_t{3});
        QCOMPARE(batch.what(6), std::string_view("make a table that ends with its owner"));
        QCOMPARE(batch.what(7), std::string_view("make nat chain prerouting"));
        QCOMPARE(batch.what(5), std::string_view("nf_tables transaction"));
        QCOMPARE(batch.nextSequence(), std::uint32_t{10});
    }

    void attributesFromTheKernelAreChecked()
    {
        // Lengths below a header and past the end stop the walk.
        for (const std::array<std::uint8_t, 8>& bad :
             {std::array<std::uint8_t, 8>{3, 0, 1, 0, 1, 2, 3, 4},
              std::array<std::uint8_t, 8>{9, 0, 1, 0, 1, 2, 3, 4},
              std::array<std::uint8_t, 8>{0, 0, 0, 0, 0, 0, 0, 0}}) {
            int seen = 0;
            steal::forEachAttribute(bad, [&](std::uint16_t, bytes::ByteView) { ++seen; });
            QCOMPARE(seen, 0);
        }
        const std::array<std::uint8_t, 6> last{6, 0, 7, 0x80, 1, 2}; // unpadded at the end
        std::size_t length = 0;
        steal::forEachAttribute(last, [&](std::uint16_t type, bytes::ByteView value) {
            QCOMPARE(type, std::uint16_t{7});
            length = value.size();
        });
        QCOMPARE(length, std::size_t{2});
        QCOMPARE(steal::commentOf(std::array<std::uint8_t, 3>{0, 200, 'x'}), std::string("x"));
        QCOMPARE(steal::commentOf(std::array<std::uint8_t, 1>{0}), std::string());
    }

    void upgradeToHttp2IsReadAsItIsWritten()
    {
        QVERIFY(http2::namesH2c("h2c"));
        QVERIFY(http2::namesH2c("websocket, h2c "));
        QVERIFY(!http2::namesH2c("h2"));
        QVERIFY(!http2::namesH2c("h2cx,xh2c"));
        QVERIFY(!http2::namesH2c(""));
        // SETTINGS_MAX_CONCURRENT_STREAMS 100, INITIAL_WINDOW_SIZE 65,535.
        const std::vector<std::uint8_t> two{0, 3, 0, 0, 0, 100, 0, 4, 0, 0, 255, 255};
        QVERIFY(http2::readSettings("AAMAAABkAAQAAP__") == std::optional(two));
        QVERIFY(http2::readSettings("") == std::optional(std::vector<std::uint8_t>()));
        QVERIFY(!http2::readSettings("AAMAAABkAAQAAP=="));
        QVERIFY(!http2::readSettings("AAMAAABkAAQAAP//")); // base64, not base64url
        QVERIFY(!http2::readSettings("AAMA"));             // half a setting
        QVERIFY(!http2::readSettings(std::string(1'024, 'A')));
    }
};

QTEST_APPLESS_MAIN(TestStealParts)

#include "tst_steal_parts.moc"
