// SPDX-License-Identifier: Apache-2.0
// What is missing of a stream: whose loss it is, how long it is waited for, and what may wait.
#include "core/base/limits.h"

#include "pieces.h"
#include "tests/support/connection_script.h"

#include <QTest>

using namespace podglass;
using flow::GapKind;
using support::ConnectionScript;
using tests::Piece;
using tests::randomPieces;
using tests::sample;

class TestHoles : public QObject
{
    Q_OBJECT

private slots:

    // What is missing is reported to the byte, whoever noticed it.
    void gapsSumToWhatIsMissing()
    {
        std::mt19937 random(12);
        for (int round = 0; round < 400; ++round) {
            const std::string text = sample(200 + random() % 600);
            ConnectionScript t;
            t.handshake();
            std::vector<bool> seen(text.size(), false);
            for (const Piece& piece : randomPieces(text.size(), random)) {
                if (random() % 4 == 0)
                    continue;
                t.c(static_cast<std::int64_t>(piece.offset),
                    text.substr(piece.offset, piece.length));
                for (std::size_t i = piece.offset; i < piece.offset + piece.length; ++i)
                    seen[i] = true;
            }
            if (round % 2 == 0) {
                t.serverAcknowledges(static_cast<std::uint32_t>(text.size()));
                std::fill(seen.begin(), seen.end(), false);
            }
            t.tracker.finish();
            const auto& stream = t.connection().client();
            std::string rebuilt = stream.bytes;
            std::uint64_t missing = 0;
            for (const auto& gap : stream.gaps) {
                rebuilt.insert(gap.offset, gap.length, '?');
                missing += gap.length;
                if (round % 2 == 0)
                    QCOMPARE(gap.kind, GapKind::Capture);
                else
                    QCOMPARE(gap.kind, GapKind::Network);
            }
            for (std::size_t i = 0; i < rebuilt.size(); ++i)
                QVERIFY(rebuilt[i] == '?' || rebuilt[i] == text[i]);
            QCOMPARE(stream.position, stream.bytes.size() + missing);
            if (round % 2 == 0 && !(text.size() == stream.position + 1))
                QCOMPARE(stream.position, text.size());
            if (round % 2 == 1)
                QCOMPARE(std::count(seen.begin(), seen.end(), true),
                         static_cast<std::ptrdiff_t>(stream.bytes.size()));
            QCOMPARE(t.connection().violation, std::string());
        }
    }

    // T6: acknowledged and never seen: the capture missed it, and says so while it goes on.
    void acknowledgedHoleIsCaptureLoss()
    {
        ConnectionScript t;
        t.handshake();
        t.c(0, "0123");
        t.c(8, "89");
        t.serverAcknowledges(10);
        QVERIFY(t.connection().client().gaps.empty()); // captures may swap packets
        t.wait(60);
        t.s(0, "x");
        const auto& stream = t.connection().client();
        QCOMPARE(stream.gaps.size(), std::size_t{1});
        QCOMPARE(stream.gaps[0].offset, std::uint64_t{4});
        QCOMPARE(stream.gaps[0].length, std::uint64_t{4});
        QCOMPARE(stream.gaps[0].kind, GapKind::Capture);
        QCOMPARE(stream.bytes, "012389");
    }

    void acknowledgementBeforeItsDataIsNoLoss()
    {
        ConnectionScript t;
        t.handshake();
        t.serverAcknowledges(4);
        t.c(0, "0123");
        t.wait(60);
        t.c(4, "4567");
        t.tracker.finish();
        QVERIFY(t.connection().client().gaps.empty());
        QCOMPARE(t.connection().client().bytes, "01234567");
    }

    // A receiver that waits has not read it either: late retransmissions heal without a mark.
    void unacknowledgedHoleWaitsForTheRetransmission()
    {
        ConnectionScript t;
        t.handshake();
        t.c(0, "0123");
        t.serverAcknowledges(4);
        t.c(8, "89");
        for (int i = 0; i < 20; ++i) {
            t.wait(500);
            t.s(0, "");
        }
        QVERIFY(t.connection().client().gaps.empty());
        t.c(4, "4567");
        QCOMPARE(t.connection().client().bytes, "0123456789");
    }

    void oneSidedHoleIsGivenUpAfterTwoSeconds()
    {
        ConnectionScript t;
        t.syn();
        t.c(0, "0123");
        t.c(8, "89");
        t.wait(2'100);
        t.c(10, "AB");
        const auto& stream = t.connection().client();
        QCOMPARE(stream.gaps.size(), std::size_t{1});
        QCOMPARE(stream.gaps[0].kind, GapKind::Network);
        QCOMPARE(stream.bytes, "012389AB");
    }

    // Somebody who guesses sequence numbers cannot make holes.
    void blindAcknowledgementIsNotBelieved()
    {
        ConnectionScript t;
        t.handshake();
        t.c(0, "0123");
        t.serverAcks = 1'000'000;
        t.s(500'000'000, "");
        t.wait(100);
        t.serverAcks = 4;
        t.s(0, "");
        t.c(4, "4567");
        t.tracker.finish();
        QCOMPARE(t.connection().client().bytes, "01234567");
        QVERIFY(t.connection().client().gaps.empty());
    }

    // T7
    void limitPerDirectionIsHeld()
    {
        ConnectionScript t;
        t.handshake();
        const std::string block = sample(1'000);
        std::int64_t offset = 10;
        for (int i = 0; i < 1'000; ++i) {
            t.c(offset, block);
            offset += static_cast<std::int64_t>(block.size());
            QVERIFY(t.tracker.counters().outOfOrderBytes <= limits::outOfOrderBytesPerDirection);
            // The receiver's window is 64 KiB; it lets more in as it goes.
            t.window = 65'535;
            t.serverAcks = static_cast<std::uint32_t>(0);
        }
        t.tracker.finish();
        QCOMPARE(t.tracker.counters().outOfOrderBytes, std::size_t{0});
    }

    void limitDeclaresTheOldestHoleLost()
    {
        ConnectionScript t;
        t.syn(); // one side only, so no window is known
        t.c(0, "x");
        const std::string block = sample(10'000);
        for (int i = 0; i < 40; ++i)
            t.c(100 + i * 10'000, block);
        const auto& stream = t.connection().client();
        QCOMPARE(stream.gaps.size(), std::size_t{1});
        QCOMPARE(stream.gaps[0].kind, GapKind::Limit);
        QCOMPARE(stream.gaps[0].length, std::uint64_t{99});
        QCOMPARE(stream.bytes.size(), std::size_t{400'001});
    }

    void totalLimitIsHeld()
    {
        ConnectionScript t;
        const std::string block = sample(60'000);
        for (std::uint16_t i = 0; i < 400; ++i) {
            t.client.port = static_cast<std::uint16_t>(10'000 + i);
            t.syn();
            t.c(0, "x");
            t.c(5, block);
            QVERIFY(t.tracker.counters().outOfOrderBytes <= limits::outOfOrderBytesTotal);
        }
        QCOMPARE(t.connection(0).client().gaps.size(), std::size_t{1});
        QVERIFY(t.connection(399).client().gaps.empty());
    }

    // T27
    void snapshotLengthLeavesATruncatedGap()
    {
        ConnectionScript t;
        t.handshake();
        auto spec = t.from(t.client, t.server);
        spec.sequence = t.clientIsn + 1;
        spec.acknowledgement = t.serverIsn + 1;
        spec.payload = sample(100);
        const auto frame = support::ethernetBytes(spec);
        auto packet = support::packetOf(frame, t.at);
        packet.bytes = packet.bytes.first(frame.size() - 60);
        t.tracker.onPacket(packet);
        t.c(100, "rest");
        const auto& stream = t.connection().client();
        QCOMPARE(stream.bytes, sample(100).substr(0, 40) + "rest");
        QCOMPARE(stream.gaps.size(), std::size_t{1});
        QCOMPARE(stream.gaps[0].kind, GapKind::Truncated);
        QCOMPARE(stream.gaps[0].offset, std::uint64_t{40});
        QCOMPARE(stream.gaps[0].length, std::uint64_t{60});
    }
};

QTEST_APPLESS_MAIN(TestHoles)
#include "tst_holes.moc"
