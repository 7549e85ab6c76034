// SPDX-License-Identifier: Apache-2.0
// Bytes in order, holes, and the properties that hold whatever order segments come in.
#include "core/base/limits.h"

#include "tests/support/connection_script.h"

#include <numeric>
#include <random>

#include <QTest>

using namespace podglass;
using flow::AnomalyKind;
using flow::GapKind;
using support::ackFlag;
using support::ConnectionScript;
using support::finFlag;

namespace {

std::string sample(std::size_t length)
{
    std::string text(length, ' ');
    for (std::size_t i = 0; i < length; ++i)
        text[i] = static_cast<char>('a' + (i * 7 + i / 26) % 26);
    return text;
}

struct Piece
{
    std::size_t offset;
    std::size_t length;
};

// Cuts [0, length) at random and repeats some pieces with other cuts.
std::vector<Piece> randomPieces(std::size_t length, std::mt19937& random)
{
    std::vector<Piece> pieces;
    for (std::size_t at = 0; at < length;) {
        const std::size_t step = std::min<std::size_t>(length - at, 1 + random() % 40);
        pieces.push_back({at, step});
        at += step;
    }
    for (std::size_t i = random() % 20; i > 0; --i) {
        const std::size_t at = random() % length;
        pieces.push_back({at, std::min<std::size_t>(length - at, 1 + random() % 60)});
    }
    std::shuffle(pieces.begin(), pieces.end(), random);
    return pieces;
}

} // namespace

class TestStreams : public QObject
{
    Q_OBJECT

private slots:

    // T5, T8: any permutation and duplication gives the same bytes; across the wrap, too.
    void anyOrderGivesTheSameBytes()
    {
        std::mt19937 random(11);
        for (int round = 0; round < 400; ++round) {
            const std::string text = sample(1 + random() % 600);
            ConnectionScript t;
            t.clientIsn = round % 2 == 0 ? 1'000 : static_cast<std::uint32_t>(-(random() % 700));
            t.handshake();
            for (const Piece& piece : randomPieces(text.size(), random))
                t.c(static_cast<std::int64_t>(piece.offset),
                    text.substr(piece.offset, piece.length));
            t.c(static_cast<std::int64_t>(text.size()), "", ackFlag | finFlag);
            QCOMPARE(t.connection().client().bytes, text);
            QVERIFY(t.connection().client().finished);
            QVERIFY(t.connection().client().gaps.empty());
            QVERIFY(t.connection().conflicts.empty());
            QCOMPARE(t.connection().violation, std::string());
            QCOMPARE(t.tracker.counters().outOfOrderBytes, std::size_t{0});
        }
    }

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

    void inOrderDataIsAViewIntoThePacket()
    {
        struct Watcher : reassembly::StreamSink
        {
            bytes::ByteView seen;

            void
            data(flow::Direction, std::uint64_t, bytes::ByteView data, base::Timestamp) override
            {
                seen = data;
            }

            void gap(const flow::Gap&, base::Timestamp) override {}

            void anomaly(const flow::Anomaly&, base::Timestamp) override {}

            void finished(flow::Direction, base::Timestamp) override {}

            void closed(const flow::ConnectionClosed&, base::Timestamp) override {}
        };

        reassembly::Shared shared{reassembly::History(1'000), {}};
        reassembly::Reassembler reassembler(shared, flow::Direction::ClientToServer);
        Watcher watcher;
        const std::string text = "in place";
        demux::Segment segment;
        segment.flags = ackFlag;
        segment.payload = bytes::asBytes(text);
        reassembler.segment(segment, watcher, {});
        QCOMPARE(static_cast<const void*>(watcher.seen.data()),
                 static_cast<const void*>(text.data()));
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

    // T3, T4
    void retransmissionIsNamedOnce()
    {
        ConnectionScript t;
        t.handshake();
        t.c(0, "0123");
        t.c(4, "4567");
        t.wait(200);
        t.c(0, "01234567");
        QCOMPARE(t.connection().client().bytes, "01234567");
        QCOMPARE(t.connection().count(AnomalyKind::Retransmission), std::size_t{1});
        QVERIFY(t.connection().conflicts.empty());
        t.c(0, "01xx4567");
        QCOMPARE(t.connection().conflicts.size(), std::size_t{1});
        QCOMPARE(t.connection().conflicts[0].offset, std::uint64_t{2});
        QCOMPARE(t.connection().conflicts[0].kept, "23");
        QCOMPARE(t.connection().conflicts[0].dropped, "xx");
    }

    // T21
    void samePacketTwiceIsNoRetransmission()
    {
        ConnectionScript t;
        t.handshake();
        for (int i = 0; i < 100; ++i) {
            auto spec = t.from(t.client, t.server);
            spec.sequence = t.clientIsn + 1 + static_cast<std::uint32_t>(i * 4);
            spec.acknowledgement = t.serverIsn + 1;
            spec.payload = "abcd";
            t.packet(spec);
            t.packet(spec);
        }
        QCOMPARE(t.connection().count(AnomalyKind::Retransmission), std::size_t{0});
        QCOMPARE(t.tracker.counters().duplicates, std::uint64_t{100});
        QCOMPARE(t.connection().client().bytes.size(), std::size_t{400});
    }

    // T9
    void zeroWindowProbeByteCountsOnce()
    {
        ConnectionScript t;
        t.handshake();
        t.window = 4;
        t.s(0, ""); // does not shrink what was granted
        t.c(0, "0123");
        t.window = 0;
        t.serverAcknowledges(4);
        t.c(4, "4");
        t.window = 65'535;
        t.serverAcknowledges(4);
        t.c(4, "4567");
        QCOMPARE(t.connection().client().bytes, "01234567");
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

    // T25: a wrong checksum alone is not enough; an acknowledgement shows it was offload.
    void wrongChecksumThatWasAcknowledgedIsData()
    {
        ConnectionScript t;
        t.handshake();
        auto spec = t.from(t.client, t.server);
        spec.sequence = t.clientIsn + 1;
        spec.acknowledgement = t.serverIsn + 1;
        spec.payload = "data";
        spec.checksumError = 0x1234;
        t.packet(spec);
        QCOMPARE(t.connection().client().bytes, "");
        t.serverAcknowledges(4);
        QCOMPARE(t.connection().client().bytes, "data");
        QCOMPARE(t.connection().count(AnomalyKind::BadChecksum), std::size_t{1});
    }

    void wrongChecksumIsTrustedLive()
    {
        ConnectionScript t(reassembly::TrackerOptions::live(1));
        t.tracker.setPorts({80});
        t.handshake();
        auto spec = t.from(t.client, t.server);
        spec.sequence = t.clientIsn + 1;
        spec.acknowledgement = t.serverIsn + 1;
        spec.payload = "data";
        spec.checksumError = 0x1234;
        t.packet(spec);
        QCOMPARE(t.connection().client().bytes, "data");
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

    // T30
    void timesThatRunBackwardsDoNotMatter()
    {
        ConnectionScript t;
        t.handshake();
        const auto start = t.at;
        t.c(0, "01");
        t.at.nanoseconds += std::int64_t{10'000'000'000} * 1'000'000;
        t.c(2, "23");
        t.at = start;
        t.c(4, "45");
        t.tracker.finish();
        QCOMPARE(t.connection().client().bytes, "012345");
    }

    // Offsets stay right beyond 4 GiB of one stream.
    void offsetsAreSixtyFourBitsWide()
    {
        reassembly::Shared shared{reassembly::History(0), {}};
        support::StreamRecorder recorder;
        const auto sink = recorder.open({1}, {}, {});
        reassembly::Reassembler reassembler(shared, flow::Direction::ClientToServer);
        const std::vector<std::uint8_t> block(1 << 20, 'x');
        demux::Segment segment;
        segment.flags = ackFlag;
        std::uint64_t total = 0;

        struct Counter : support::RecordingSink
        {
            using RecordingSink::RecordingSink;
            std::uint64_t end = 0;

            void data(flow::Direction,
                      std::uint64_t offset,
                      bytes::ByteView data,
                      base::Timestamp) override
            {
                if (offset != end)
                    end = UINT64_MAX / 2;
                end += data.size();
            }
        } counter(std::make_shared<support::RecordedConnection>());

        for (int i = 0; i < 5'000; ++i) {
            segment.sequence = static_cast<std::uint32_t>(total);
            segment.payload = block;
            reassembler.segment(segment, counter, {});
            total += block.size();
        }
        QCOMPARE(counter.end, total);
        QVERIFY(total > (std::uint64_t{1} << 32));
    }
};

QTEST_APPLESS_MAIN(TestStreams)
#include "tst_streams.moc"
