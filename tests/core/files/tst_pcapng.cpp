// SPDX-License-Identifier: Apache-2.0
// pcapng as it may come: several sections, interfaces and clocks, both byte orders, every kind of
// packet block, compressed, damaged; and what we write, read back by us and by libpcap.
#include "core/bytes/cursor.h"
#include "core/files/file_source.h"
#include "core/files/pcapng_format.h"
#include "core/files/pcapng_writer.h"

#include "tests/support/packet_builder.h"

#include <zlib.h>
#include <zstd.h>

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <pcap/pcap.h>

using namespace podglass;
using files::FileSource;
namespace pcapng = files::pcapng;

namespace {

using Bytes = std::vector<std::uint8_t>;

// Blocks in either byte order.
struct Maker
{
    template <typename T>
    Maker& put(T value)
    {
        if (big)
            bytes::appendNumber<std::endian::big>(body, value);
        else
            bytes::appendNumber<std::endian::little>(body, value);
        return *this;
    }

    Maker& data(bytes::ByteView raw)
    {
        body.insert(body.end(), raw.begin(), raw.end());
        while (body.size() % 4 != 0)
            body.push_back(0);
        return *this;
    }

    Maker& option(std::uint16_t code, bytes::ByteView value)
    {
        return put(code).put(static_cast<std::uint16_t>(value.size())).data(value);
    }

    Maker& end(std::uint32_t type)
    {
        Bytes inner;
        inner.swap(body);
        const auto length = static_cast<std::uint32_t>(inner.size() + 12);
        put(type).put(length);
        body.insert(body.end(), inner.begin(), inner.end());
        put(length);
        file.insert(file.end(), body.begin(), body.end());
        body.clear();
        return *this;
    }

    Maker& section()
    {
        return put(pcapng::byteOrderMagic)
            .put(std::uint16_t{1})
            .put(std::uint16_t{0})
            .put(pcapng::unknownSectionLength)
            .end(pcapng::sectionHeader);
    }

    Maker& interface(std::uint16_t link, Bytes resolution = {}, std::uint32_t snap = 0)
    {
        put(link).put(std::uint16_t{0}).put(snap);
        if (!resolution.empty())
            option(pcapng::timeResolution, resolution);
        return end(pcapng::interfaceDescription);
    }

    Maker& packet(std::uint32_t number, std::uint64_t stamp, bytes::ByteView raw)
    {
        put(number)
            .put(static_cast<std::uint32_t>(stamp >> 32))
            .put(static_cast<std::uint32_t>(stamp));
        const auto length = static_cast<std::uint32_t>(raw.size());
        return put(length).put(length).data(raw).end(pcapng::enhancedPacket);
    }

    bool big = false;
    Bytes body;
    Bytes file;
};

const Bytes frame{1, 2, 3, 4, 5, 6, 7};

} // namespace

class TestPcapng : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    std::string path(const char* name) { return m_folder.filePath(name).toStdString(); }

    std::string written(const char* name, const Bytes& bytes)
    {
        QFile file(m_folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly))
            return {};
        file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<qint64>(bytes.size()));
        return path(name);
    }

    struct Seen
    {
        std::vector<std::int64_t> times;
        std::vector<std::uint32_t> interfaces;
        std::vector<std::string> comments;
        std::vector<std::uint32_t> wireLengths;
        std::vector<Bytes> bytes;
        std::string error;
    };

    static Seen readAll(const std::string& name)
    {
        Seen seen;
        auto source = FileSource::open(name);
        if (!source) {
            seen.error = source.error().text();
            return seen;
        }
        while (true) {
            const auto packet = source->next();
            if (!packet) {
                seen.error = packet.error().text();
                return seen;
            }
            if (!packet->has_value())
                return seen;
            const files::FilePacket& got = **packet;
            seen.times.push_back(got.at.nanoseconds);
            seen.interfaces.push_back(got.interface);
            seen.comments.push_back(got.comment);
            seen.wireLengths.push_back(got.wireLength);
            seen.bytes.emplace_back(got.bytes.begin(), got.bytes.end());
        }
    }

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
        Maker maker;
        maker.big = big;
        maker.section().interface(1).interface(113, {9}).interface(1, {0x80 | 10});
        maker.packet(0, 1'000'001, frame);
        maker.packet(1, 2'000'000'003, frame);
        maker.packet(2, 3 * 1024 + 512, frame);
        maker.put(std::uint32_t{7}).end(0x0bad); // a block that nobody knows
        maker.section().interface(276, {3});
        maker.packet(0, 4'005, frame);
        const Seen seen = readAll(written("many.pcapng", maker.file));
        QCOMPARE(seen.error, std::string());
        QCOMPARE(seen.times,
                 (std::vector<std::int64_t>{
                     1'000'001'000, 2'000'000'003, 3'500'000'000, 4'005'000'000}));
        QCOMPARE(seen.interfaces, (std::vector<std::uint32_t>{0, 1, 2, 3}));
        QCOMPARE(seen.bytes.at(3), frame);
    }

    void simpleAndObsoletePackets()
    {
        Maker maker;
        maker.section().interface(1, {}, 5);
        maker.packet(0, 5'000'000, frame);
        maker.put(std::uint32_t{7}).data(bytes::ByteView(frame).first(5)).end(pcapng::simplePacket);
        maker.put(std::uint16_t{0}).put(std::uint16_t{0xffff}); // interface, drops not known
        maker.put(std::uint32_t{0}).put(std::uint32_t{6'000'000});
        maker.put(std::uint32_t{7}).put(std::uint32_t{9}).data(frame).end(pcapng::oldPacket);
        const Seen seen = readAll(written("kinds.pcapng", maker.file));
        QCOMPARE(seen.error, std::string());
        QCOMPARE(seen.times,
                 (std::vector<std::int64_t>{5'000'000'000, 5'000'000'000, 6'000'000'000}));
        QCOMPARE(seen.bytes.at(1).size(), std::size_t{5});
        QCOMPARE(seen.wireLengths, (std::vector<std::uint32_t>{7, 7, 9}));
    }

    void extremeClocks()
    {
        Maker maker;
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
        const Seen seen = readAll(written("clocks.pcapng", maker.file));
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
        Maker maker;
        maker.section().interface(1);
        for (unsigned i = 0; i < 50'000; ++i) // more than any buffer on the way
            maker.packet(0, i, frame);
        const Bytes packed = pack(maker.file, how);
        const Seen seen = readAll(written("packed", packed));
        QCOMPARE(seen.error, std::string());
        QCOMPARE(seen.times.size(), std::size_t{50'000});
        QCOMPARE(seen.times.back(), std::int64_t{49'999'000});
        // Cut anywhere it is an error, behind what came before.
        const Seen cut = readAll(written(
            "cut", Bytes(packed.begin(), packed.begin() + static_cast<long>(packed.size() / 2))));
        QVERIFY(!cut.error.empty());
        QVERIFY(!cut.times.empty() && cut.times.size() < 50'000U);
    }

    // Every truncation gives the packets before it and says where; no other damage does more.
    void everyTruncation()
    {
        Maker maker;
        maker.section().interface(1);
        std::vector<std::size_t> ends{maker.file.size()};
        for (unsigned i = 0; i < 3; ++i) {
            maker.packet(0, i, frame);
            ends.push_back(maker.file.size());
        }
        for (std::size_t length = 0; length < maker.file.size(); ++length) {
            const Seen seen = readAll(
                written("cut.pcapng",
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
        const auto row = [](const char* name, const Maker& maker, const char* words) {
            QTest::newRow(name) << QByteArray(reinterpret_cast<const char*>(maker.file.data()),
                                              static_cast<qsizetype>(maker.file.size()))
                                << QString(words);
        };
        Maker huge;
        huge.section().interface(1).packet(0, 1, frame);
        huge.put(std::uint32_t{6}).put(std::uint32_t{0xfffffffc});
        huge.file.insert(huge.file.end(), huge.body.begin(), huge.body.end());
        row("a block of 4 GiB", huge, "claims 4294967292 bytes");
        Maker longer;
        longer.section().interface(1).packet(0, 1, frame);
        longer.put(std::uint32_t{0}).put(std::uint64_t{0}).put(std::uint32_t{100});
        longer.put(std::uint32_t{100}).data(frame).end(pcapng::enhancedPacket);
        row("a packet longer than its block", longer, "longer than its block");
        Maker stranger;
        stranger.section().interface(1).packet(0, 1, frame).packet(5, 1, frame);
        row("an interface that is not there", stranger, "names interface 5");
        Maker clock;
        clock.section().interface(1).packet(0, 1, frame).interface(1, {127});
        row("a clock that no clock is", clock, "resolution");
    }

    void lies()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, words);
        const Seen seen = readAll(written("lie", Bytes(bytes.begin(), bytes.end())));
        QCOMPARE(seen.times.size(), std::size_t{1}); // what was before is kept
        QVERIFY2(seen.error.find(words.toStdString()) != std::string::npos, seen.error.c_str());
        QVERIFY(seen.error.find("after 1 packets") != std::string::npos);
    }

    void unknownLinkTypes()
    {
        Maker only;
        only.section().interface(105).packet(0, 1, frame);
        const Seen refused = readAll(written("wifi.pcapng", only.file));
        QVERIFY2(refused.error.find("IEEE802_11 (105)") != std::string::npos,
                 refused.error.c_str());
        Maker mixed;
        mixed.section().interface(105).interface(1).packet(0, 1, frame).packet(1, 2, frame);
        auto source = FileSource::open(written("mixed.pcapng", mixed.file));
        QVERIFY(source);
        QVERIFY(source->next() && !source->next()->has_value());
        QCOMPARE(source->packetsNotDecoded(), std::uint64_t{1});
    }

    void whatWeWriteWeAndOthersRead()
    {
        const std::string name = path("ours.pcapng");
        auto writer = files::PcapngWriter::create(name, "Podglass", "two interfaces");
        QVERIFY(writer);
        QVERIFY(writer->addInterface(capture::LinkType::Ethernet, "eth0"));
        QVERIFY(writer->addInterface(capture::LinkType::Ethernet, "lo"));
        for (unsigned i = 0; i < 3; ++i) {
            capture::Packet packet;
            packet.at = {1'700'000'000'123'456'789 + i};
            packet.bytes = frame;
            packet.wireLength = 100;
            packet.interface = i % 2;
            QVERIFY(writer->write(packet, i == 1 ? "5 packets were lost before this one" : ""));
        }
        QVERIFY(writer->statistics(0, {1'700'000'001'000'000'000}, 3, 5));
        QVERIFY(!QFileInfo::exists(QString::fromStdString(name)));
        QVERIFY(writer->finish());
        QVERIFY(QFileInfo::exists(QString::fromStdString(name)));
        QVERIFY(!QFileInfo::exists(QString::fromStdString(name + ".part")));

        const Seen seen = readAll(name);
        QCOMPARE(seen.error, std::string());
        QCOMPARE(seen.times.at(2), std::int64_t{1'700'000'000'123'456'791});
        QCOMPARE(seen.comments.at(1), std::string("5 packets were lost before this one"));
        QCOMPARE(seen.interfaces, (std::vector<std::uint32_t>{0, 1, 0}));
        auto source = FileSource::open(name);
        QCOMPARE(source->comment(), std::string("two interfaces"));
        QCOMPARE(source->interfaces().at(0).name, std::string("eth0"));

        char problem[PCAP_ERRBUF_SIZE] = "";
        pcap_t* theirs = pcap_open_offline_with_tstamp_precision(
            name.c_str(), PCAP_TSTAMP_PRECISION_NANO, problem);
        QVERIFY2(theirs != nullptr, problem);
        pcap_pkthdr* header = nullptr;
        const u_char* bytes = nullptr;
        int count = 0;
        while (pcap_next_ex(theirs, &header, &bytes) == 1) {
            QCOMPARE(header->ts.tv_usec, 123'456'789 + count++);
            QCOMPARE(header->caplen, 7U);
            QCOMPARE(header->len, 100U);
        }
        pcap_close(theirs);
        QCOMPARE(count, 3);
    }

    void nothingIsOverwrittenAndNothingHalfIsLeft()
    {
        const std::string name = path("kept.pcapng");
        written("kept.pcapng", {1, 2, 3});
        QVERIFY(!files::PcapngWriter::create(name, "Podglass", ""));
        QCOMPARE(QFileInfo(QString::fromStdString(name)).size(), 3);
        const std::string other = path("half.pcapng");
        {
            auto writer = files::PcapngWriter::create(other, "Podglass", "");
            QVERIFY(writer);
            QVERIFY(QFileInfo::exists(QString::fromStdString(other + ".part")));
        }
        QVERIFY(!QFileInfo::exists(QString::fromStdString(other)));
        QVERIFY(!QFileInfo::exists(QString::fromStdString(other + ".part")));
    }

    // /dev/full is a disk without room.
    void aFullDiskIsNamed()
    {
        const std::string name = path("full.pcapng");
        QVERIFY(QFile::link("/dev/full", QString::fromStdString(name + ".part")));
        const auto refused = files::PcapngWriter::create(name, "Podglass", "");
        QVERIFY(!refused); // a link that somebody laid there is not followed
        QVERIFY(refused.error().text().find("full.pcapng.part") != std::string::npos);
    }

private:
    static Bytes pack(const Bytes& plain, const QString& how)
    {
        const std::size_t half = how.contains('-') ? plain.size() / 2 : plain.size();
        Bytes packed;
        for (std::size_t from = 0; from < plain.size(); from += half) {
            const std::size_t size = std::min(half, plain.size() - from);
            Bytes part(how.startsWith("gzip") ? compressBound(size) + 64
                                              : ZSTD_compressBound(size));
            if (how.startsWith("gzip")) {
                z_stream stream{};
                deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
                stream.next_in = const_cast<Bytef*>(plain.data() + from);
                stream.avail_in = static_cast<uInt>(size);
                stream.next_out = part.data();
                stream.avail_out = static_cast<uInt>(part.size());
                deflate(&stream, Z_FINISH);
                part.resize(stream.total_out);
                deflateEnd(&stream);
            } else {
                part.resize(ZSTD_compress(part.data(), part.size(), plain.data() + from, size, 3));
            }
            packed.insert(packed.end(), part.begin(), part.end());
        }
        return packed;
    }
};

QTEST_APPLESS_MAIN(TestPcapng)
#include "tst_pcapng.moc"
