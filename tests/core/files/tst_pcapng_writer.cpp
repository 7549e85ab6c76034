// SPDX-License-Identifier: Apache-2.0
// pcapng as we write it, read back by us and by libpcap; nothing is overwritten or left half.
#include "core/files/pcapng_writer.h"

#include "pcapng_maker.h"

#include <QFileInfo>
#include <QTest>

#include <pcap/pcap.h>

using namespace podglass;
using files::FileSource;
using tests::Bytes;
using tests::frame;
using tests::readAll;
using tests::Seen;

class TestPcapngWriter : public QObject
{
    Q_OBJECT

    tests::Folder m_folder;

private slots:

    void whatWeWriteWeAndOthersRead()
    {
        const std::string name = m_folder.path("ours.pcapng");
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
        const std::string name = m_folder.path("kept.pcapng");
        m_folder.written("kept.pcapng", {1, 2, 3});
        QVERIFY(!files::PcapngWriter::create(name, "Podglass", ""));
        QCOMPARE(QFileInfo(QString::fromStdString(name)).size(), 3);
        const std::string other = m_folder.path("half.pcapng");
        {
            auto writer = files::PcapngWriter::create(other, "Podglass", "");
            QVERIFY(writer);
            QVERIFY(QFileInfo::exists(QString::fromStdString(other + ".part")));
        }
        QVERIFY(!QFileInfo::exists(QString::fromStdString(other)));
        QVERIFY(!QFileInfo::exists(QString::fromStdString(other + ".part")));
    }

    void aLinkLaidThereIsNotFollowed()
    {
        const std::string name = m_folder.path("full.pcapng");
        QVERIFY(QFile::link("/dev/full", QString::fromStdString(name + ".part")));
        const auto refused = files::PcapngWriter::create(name, "Podglass", "");
        QVERIFY(!refused);
        QVERIFY(refused.error().text().find("full.pcapng.part") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestPcapngWriter)
#include "tst_pcapng_writer.moc"
