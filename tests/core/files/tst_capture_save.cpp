// SPDX-License-Identifier: Apache-2.0
// Capture files made on a thread of their own: of another capture byte for byte, whatever was
// spoken in it, holes and conflicts included; of kept events; cancelled; and onto a full disk
// (F10).
#include "core/export/connection_report.h"
#include "core/export/report_json.h"
#include "core/files/capture_save.h"
#include "core/files/file_source.h"
#include "core/wire/codec.h"

#include "tests/support/capture_play.h"
#include "tests/support/golden_captures.h"
#include "tests/support/traffic.h"

#include <sched.h>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/mount.h>
#include <unistd.h>

using namespace podglass;

namespace {

const QString golden = QStringLiteral(PODGLASS_GOLDEN);

// Each connection with the digests of its streams, its gaps, its messages.
QStringList reports(const QString& path)
{
    QStringList lines;
    exporting::ConnectionReporter reporter(
        {{}, [&](const exporting::ConnectionReport& report) {
             exporting::ConnectionReport told = report;
             std::erase_if(told.anomalies, [](const std::string& name) {
                 return name != "gap" && name != "overlap"; // the cut into packets is not kept
             });
             told.closed.reason = {}; // behind a hole at the end nothing follows
             std::string line;
             exporting::appendJson(line, told, 0, true);
             lines << QString::fromStdString(line);
         }});
    tests::playCapture(path.toStdString(), reporter, true);
    lines.sort(); // connections that end at once end in any order
    return lines;
}

files::SaveState ended(const files::CaptureSave& save)
{
    files::SaveState state;
    for (int i = 0; i < 600 && !state.finished; ++i) {
        QTest::qWait(5);
        state = save.state();
    }
    return state;
}

} // namespace

class TestCaptureSave : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    QString path(const QString& name) const { return m_folder.filePath(name); }

private slots:

    void anotherCaptureByteForByte_data()
    {
        QTest::addColumn<QString>("capture");
        for (const QString& capture : tests::goldenCaptures(golden))
            QTest::newRow(qPrintable(capture)) << golden + '/' + capture;
    }

    void anotherCaptureByteForByte()
    {
        QFETCH(QString, capture);
        const QString made = path(QStringLiteral("made.pcapng"));
        const files::CaptureSave save(capture.toStdString(), made.toStdString(), "test");
        const files::SaveState state = ended(save);
        QVERIFY2(state.written, state.error.text().c_str());
        QVERIFY(state.figures.connections > 0);
        QCOMPARE(reports(made), reports(capture));
    }

    void keptEvents()
    {
        std::vector<std::uint8_t> frames;
        tests::Traffic traffic([&](const flow::Event& event) { wire::encode(event, frames); });
        traffic.open(1, 0);
        traffic.request({.path = "/kept"});
        traffic.response({.fields = {{"Content-Length", "2"}}});
        traffic.tell(1, 9, flow::ConnectionClosed{});
        const QString made = path(QStringLiteral("events.pcapng"));
        const files::CaptureSave save(
            std::vector<bytes::Slice>{bytes::Slice::copyOf(frames)}, made.toStdString(), "test");
        const files::SaveState state = ended(save);
        QVERIFY(state.written && state.error.what.empty());
        QCOMPARE(state.figures.connections, std::uint64_t{1});
        const QString read = reports(made).join(QLatin1Char('\n'));
        QVERIFY2(read.contains(QStringLiteral("\"uri\":\"/kept\"")), qPrintable(read));
        QVERIFY2(read.contains(QStringLiteral("\"status\":200,\"body_len\":2")), qPrintable(read));
    }

    void whatCannotBeReadOrWrittenIsNamed()
    {
        const files::CaptureSave nowhere(
            (golden + "/http/nginx-curl/input.pcap").toStdString(),
            path(QStringLiteral("no/such/folder/x.pcapng")).toStdString(),
            "test");
        const files::SaveState unwritten = ended(nowhere);
        QVERIFY(unwritten.finished && !unwritten.written);
        QVERIFY(unwritten.error.text().find("x.pcapng") != std::string::npos);
        const QString made = path(QStringLiteral("nothing.pcapng"));
        const files::CaptureSave nothing(
            path(QStringLiteral("not-there.pcap")).toStdString(), made.toStdString(), "test");
        const files::SaveState unread = ended(nothing);
        QVERIFY(unread.finished && !unread.written);
        QVERIFY(unread.error.text().find("not-there.pcap") != std::string::npos);
        QVERIFY(!QFile::exists(made));
        QVERIFY(!QFile::exists(made + ".part"));
    }

    void cancelledLeavesNothing()
    {
        const QString made = path(QStringLiteral("cancelled.pcapng"));
        QFile old(made);
        QVERIFY(old.open(QIODevice::WriteOnly) && old.write("old") == 3);
        old.close();
        {
            files::CaptureSave save(
                (golden + "/http/nginx-curl/input.pcap").toStdString(), made.toStdString(), "test");
            save.cancel();
            const files::SaveState state = ended(save);
            if (state.written)
                QSKIP("it was done before it was told");
            QVERIFY(state.cancelled);
        }
        QVERIFY(!QFile::exists(made + ".part"));
        QVERIFY(old.open(QIODevice::ReadOnly));
        QCOMPARE(old.readAll(), QByteArray("old"));
    }

    // F10. Last, since the program stays in its own mount namespace.
    void onAFullDisk()
    {
        if (::geteuid() != 0 || ::unshare(CLONE_NEWNS) != 0)
            QSKIP("needs root, for a file system of its own");
        QVERIFY(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0);
        const QString small = path(QStringLiteral("small"));
        QVERIFY(QDir().mkpath(small));
        if (::mount("tmpfs", qPrintable(small), "tmpfs", 0, "size=64k") != 0)
            QSKIP("no file system can be mounted here");
        {
            std::vector<std::uint8_t> frames;
            tests::Traffic traffic([&](const flow::Event& event) { wire::encode(event, frames); });
            traffic.open(1, 0);
            for (std::uint64_t i = 1; i < 40; ++i)
                traffic.request({.exchange = i, .body = std::string(30'000, 'x')});
            const files::CaptureSave save(std::vector<bytes::Slice>{bytes::Slice::copyOf(frames)},
                                          (small + "/full.pcapng").toStdString(),
                                          "test");
            const files::SaveState state = ended(save);
            QVERIFY(state.finished && !state.written);
            QCOMPARE(state.error.what, base::systemError(ENOSPC, {}).what);
            QVERIFY(state.error.where.ends_with("full.pcapng.part"));
        }
        QVERIFY(QDir(small).isEmpty());
        QVERIFY(::umount2(qPrintable(small), MNT_DETACH) == 0);
    }
};

QTEST_GUILESS_MAIN(TestCaptureSave)
#include "tst_capture_save.moc"
