// SPDX-License-Identifier: Apache-2.0
// Bytes in order, each once, whatever order segments come in and however often.
#include "pieces.h"
#include "tests/support/connection_script.h"

#include <QTest>

using namespace podglass;
using flow::AnomalyKind;
using support::ackFlag;
using support::ConnectionScript;
using support::finFlag;
using tests::Piece;
using tests::randomPieces;
using tests::sample;

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
