// SPDX-License-Identifier: Apache-2.0
// pcapng as it may come: several sections, interfaces and clocks, both byte orders, every kind of
// packet block, compressed, damaged.
#include "pcapng_maker.h"
#include "tests/support/deflated.h"

#include <zstd.h>

#include <QTest>

using namespace podglass;
using files::FileSource;
using tests::Bytes;
using tests::frame;
using tests::PcapngMaker;
using tests::readAll;
using tests::Seen;
namespace pcapng = files::pcapng;

class TestPcapng : public QObject
{
    Q_OBJECT

    tests::Folder m_folder;

private slots:

    void sectionsInterfacesAndClocks_data()
    {
        QTest::addColumn<bool>("big");
        QTest::newRow("little endian") << false;
        QTest::newRow("big endian") << true;
    }

    void sectionsInterfacesAndClocks()
    {
        QFETCH(bool, big);
        PcapngMaker maker;
        maker.big = big;
        maker.section().interface(1).interface(113, {9}).interface(1, {0x80 | 10});
        maker.packet(0, 1'000'001, frame);
        maker.packet(1, 2'000'000'003, frame);
        maker.packet(2, 3 * 1024 + 512, frame);
        maker.put(std::uint32_t{7}).end(0x0bad); // a block that nobody knows
        maker.section().interface(276, {3});
        maker.packet(0, 4'005, frame);
        const Seen seen = readAll(m_folder.written("many.pcapng", maker.file));
        QCOMPARE(seen.error, std::string());
        QCOMPARE(seen.times,
                 (std::vector<std::int64_t>{
                     1'000'001'000, 2'000'000'003, 3'500'000'000, 4'005'000'000}));
        QCOMPARE(seen.interfaces, (std::vector<std::uint32_t>{0, 1, 2, 3}));
        QCOMPARE(seen.bytes.at(3), frame);
    }

    void simpleAndObsoletePackets()
    {
        PcapngMaker maker;
        maker.section().interface(1, {}, 5);
        maker.packet(0, 5'000'000, frame);
        maker.put(std::uint32_t{7}).data(bytes::ByteView(frame).first(5)).end(pcapng::simplePacket);
        maker.put(std::uint16_t{0}).put(std::uint16_t{0xffff}); // interface, drops not known
        maker.put(std::uint32_t{0}).put(std::uint32_t{6'000'000});
        maker.put(std::uint32_t{7}).put(std::uint32_t{9}).data(frame).end(pcapng::oldPacket);
        const Seen seen = readAll(m_folder.written("kinds.pcapng", maker.file));
        QCOMPARE(seen.error, std::string());
        QCOMPARE(seen.times,
                 (std::vector<std::int64_t>{5'000'000'000, 5'000'000'000, 6'000'000'000}));
        QCOMPARE(seen.bytes.at(1).size(), std::size_t{5});
        QCOMPARE(seen.wireLengths, (std::vector<std::uint32_t>{7, 7, 9}));
    }

    void extremeClocks()
    {
        PcapngMaker maker;
        const std::uint8_t picoseconds = 12;
        Bytes offset;
        bytes::appendNumber<std::endian::little>(offset, std::uint64_t{100});
        maker.section();
        maker.put(std::uint16_t{1}).put(std::uint16_t{0}).put(std::uint32_t{0});
        maker.option(pcapng::timeResolution, bytes::ByteView(&picoseconds, 1));
        maker.option(pcapng::timeOffset, offset).end(pcapng::interfaceDescription);
        maker.interface(1, {0});
        maker.packet(0, 5'000, frame);
        maker.packet(1, ~std::uint64_t{0}, frame); // seconds: nothing can hold that
        const Seen seen = readAll(m_folder.written("clocks.pcapng", maker.file));
        QCOMPARE(
            seen.times,
            (std::vector<std::int64_t>{100'000'000'005, std::numeric_limits<std::int64_t>::max()}));
    }

    void compressed_data()
    {
        QTest::addColumn<QString>("how");
        for (const char* how : {"gzip", "gzip-members", "zstd", "zstd-frames"})
            QTest::newRow(how) << how;
    }

    void compressed()
    {
        QFETCH(QString, how);
        PcapngMaker maker;
        maker.section().interface(1);
        for (unsigned i = 0; i < 50'000; ++i) // more than any buffer on the way
            maker.packet(0, i, frame);
        const Bytes packed = pack(maker.file, how);
        const Seen seen = readAll(m_folder.written("packed", packed));
        QCOMPARE(seen.error, std::string());
        QCOMPARE(seen.times.size(), std::size_t{50'000});
        QCOMPARE(seen.times.back(), std::int64_t{49'999'000});
        // Cut anywhere it is an error, behind what came before.
        const Seen cut = readAll(m_folder.written(
            "cut", Bytes(packed.begin(), packed.begin() + static_cast<long>(packed.size() / 2))));
        QVERIFY(!cut.error.empty());
        QVERIFY(!cut.times.empty() && cut.times.size() < 50'000U);
    }

    // Every truncation gives the packets before it and says where; no other damage does more.
    void everyTruncation()
    {
        PcapngMaker maker;
        maker.section().interface(1);
        std::vector<std::size_t> ends{maker.file.size()};
        for (unsigned i = 0; i < 3; ++i) {
            maker.packet(0, i, frame);
            ends.push_back(maker.file.size());
        }
        for (std::size_t length = 0; length < maker.file.size(); ++length) {
            const Seen seen = readAll(m_folder.written(
                "cut.pcapng",
                Bytes(maker.file.begin(), maker.file.begin() + static_cast<long>(length))));
            const auto whole = static_cast<std::size_t>(
                std::ranges::count_if(ends, [&](std::size_t end) { return end <= length; }));
            QCOMPARE(seen.times.size(), whole == 0 ? 0 : whole - 1);
            const bool clean = std::ranges::find(ends, length) != ends.end()
                               || length == ends.front() - 20; // behind the section header
            QCOMPARE(seen.error.empty(), clean);
        }
    }

    void lies_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("words");
        const auto row = [](const char* name, const PcapngMaker& maker, const char* words) {
            QTest::newRow(name) << QByteArray(reinterpret_cast<const char*>(maker.file.data()),
                                              static_cast<qsizetype>(maker.file.size()))
                                << QString(words);
        };
        PcapngMaker huge;
        huge.section().interface(1).packet(0, 1, frame);
        huge.put(std::uint32_t{6}).put(std::uint32_t{0xfffffffc});
        huge.file.insert(huge.file.end(), huge.body.begin(), huge.body.end());
        row("a block of 4 GiB", huge, "claims 4294967292 bytes");
        PcapngMaker longer;
        longer.section().interface(1).packet(0, 1, frame);
        longer.put(std::uint32_t{0}).put(std::uint64_t{0}).put(std::uint32_t{100});
        longer.put(std::uint32_t{100}).data(frame).end(pcapng::enhancedPacket);
        row("a packet longer than its block", longer, "longer than its block");
        PcapngMaker stranger;
        stranger.section().interface(1).packet(0, 1, frame).packet(5, 1, frame);
        row("an interface that is not there", stranger, "names interface 5");
        PcapngMaker clock;
        clock.section().interface(1).packet(0, 1, frame).interface(1, {127});
        row("a clock that no clock is", clock, "resolution");
    }

    void lies()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, words);
        const Seen seen = readAll(m_folder.written("lie", Bytes(bytes.begin(), bytes.end())));
        QCOMPARE(seen.times.size(), std::size_t{1}); // what was before is kept
        QVERIFY2(seen.error.find(words.toStdString()) != std::string::npos, seen.error.c_str());
        QVERIFY(seen.error.find("after 1 packets") != std::string::npos);
    }

    void unknownLinkTypes()
    {
        PcapngMaker only;
        only.section().interface(105).packet(0, 1, frame);
        const Seen refused = readAll(m_folder.written("wifi.pcapng", only.file));
        QVERIFY2(refused.error.find("IEEE802_11 (105)") != std::string::npos,
                 refused.error.c_str());
        PcapngMaker mixed;
        mixed.section().interface(105).interface(1).packet(0, 1, frame).packet(1, 2, frame);
        auto source = FileSource::open(m_folder.written("mixed.pcapng", mixed.file));
        QVERIFY(source);
        QVERIFY(source->next() && !source->next()->has_value());
        QCOMPARE(source->packetsNotDecoded(), std::uint64_t{1});
    }

private:
    static Bytes pack(const Bytes& plain, const QString& how)
    {
        const std::size_t half = how.contains('-') ? plain.size() / 2 : plain.size();
        Bytes packed;
        for (std::size_t from = 0; from < plain.size(); from += half) {
            const std::size_t size = std::min(half, plain.size() - from);
            const std::string piece(bytes::asText(bytes::ByteView(plain).subspan(from, size)));
            std::string part;
            if (how.startsWith("gzip")) {
                part = tests::deflated(piece, 31);
            } else {
                part.resize(ZSTD_compressBound(size));
                part.resize(ZSTD_compress(part.data(), part.size(), piece.data(), size, 3));
            }
            packed.insert(packed.end(), part.begin(), part.end());
        }
        return packed;
    }
};

QTEST_APPLESS_MAIN(TestPcapng)
#include "tst_pcapng.moc"
