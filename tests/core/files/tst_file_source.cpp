// SPDX-License-Identifier: Apache-2.0
#include "core/files/file_source.h"

#include "tests/support/packet_builder.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <pcap/pcap.h>

using namespace podglass;
using files::FileSource;

class TestFileSource : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    std::string path(const char* name) { return m_folder.filePath(name).toStdString(); }

    // Three packets, one second and one nanosecond apart.
    std::string writeCapture(const char* name, int link)
    {
        pcap_t* dead =
            pcap_open_dead_with_tstamp_precision(link, 65'535, PCAP_TSTAMP_PRECISION_NANO);
        pcap_dumper_t* dumper = pcap_dump_open(dead, path(name).c_str());
        support::TcpSpec spec;
        spec.source = flow::Endpoint::v4(1, 2);
        spec.destination = flow::Endpoint::v4(3, 4);
        const auto frame = support::ethernetBytes(spec);
        for (int i = 0; i < 3; ++i) {
            pcap_pkthdr header{};
            header.ts.tv_sec = 1'000 + i;
            header.ts.tv_usec = i;
            header.caplen = header.len = static_cast<bpf_u_int32>(frame.size());
            pcap_dump(reinterpret_cast<u_char*>(dumper), &header, frame.data());
        }
        pcap_dump_close(dumper);
        pcap_close(dead);
        return path(name);
    }

private slots:

    void readsWithNanoseconds()
    {
        auto file = FileSource::open(writeCapture("good.pcap", DLT_EN10MB));
        QVERIFY(file);
        for (int i = 0; i < 3; ++i) {
            const auto packet = file->next();
            QVERIFY(packet);
            QVERIFY(packet->has_value());
            QCOMPARE((**packet).at.nanoseconds, std::int64_t{1'000 + i} * 1'000'000'000 + i);
            QCOMPARE((**packet).wireLength, 54U);
        }
        const auto end = file->next();
        QVERIFY(end);
        QVERIFY(!end->has_value());
        QCOMPARE(file->packetsRead(), std::uint64_t{3});
    }

    void cutFileKeepsWhatIsBeforeAndSaysWhere()
    {
        const std::string name = writeCapture("cut.pcap", DLT_EN10MB);
        QFile file(QString::fromStdString(name));
        QVERIFY(file.open(QIODevice::ReadWrite));
        QVERIFY(file.resize(file.size() - 10));
        file.close();
        auto source = FileSource::open(name);
        QVERIFY(source);
        QVERIFY(source->next());
        QVERIFY(source->next());
        const auto broken = source->next();
        QVERIFY(!broken);
        QCOMPARE(source->packetsRead(), std::uint64_t{2});
        const QString text = QString::fromStdString(broken.error().text());
        QVERIFY2(text.contains("cut.pcap") && text.contains("after 2 packets")
                     && text.contains("kept"),
                 qPrintable(text));
    }

    void unknownLinkTypeIsNamed()
    {
        const auto source = FileSource::open(writeCapture("wifi.pcap", DLT_IEEE802_11));
        QVERIFY(!source);
        const QString text = QString::fromStdString(source.error().text());
        QVERIFY2(text.contains("IEEE802_11 (105)") && text.contains("wifi.pcap"), qPrintable(text));
    }

    void notACaptureAndNotThere()
    {
        QFile file(m_folder.filePath("text"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("this is not a capture file, whatever its name says");
        file.close();
        QVERIFY(!FileSource::open(path("text")));
        const auto missing = FileSource::open(path("nowhere.pcap"));
        QVERIFY(!missing);
        QVERIFY(missing.error().text().find("nowhere.pcap") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestFileSource)
#include "tst_file_source.moc"
