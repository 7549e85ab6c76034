// SPDX-License-Identifier: GPL-3.0-or-later
// In the window: what is shown as HAR, what passed as a capture.
#ifndef Q_MOC_RUN // moc 6.4 cannot read <concepts> of GCC 12
#include "core/files/file_source.h"

#include "tests/ui/shell/window_rig.h"
#endif

#include <QAction>
#include <QComboBox>
#include <QDialog>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QSettings>
#include <QStandardPaths>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

using namespace podglass;
using Rig = tests::WindowRig;

class TestWindowExport : public QObject
{
    Q_OBJECT

private slots:

    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("podglass"));
        QCoreApplication::setApplicationName(QStringLiteral("tst_window_export"));
    }

    void init() { QSettings().clear(); }

    void whatIsShownBecomesAHarFile()
    {
        Rig rig;
        QVERIFY(rig.attach());
        QVERIFY(rig.play(40));
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("shown.har"));
        rig.window.exportHar(path, shell::ExportScope::All, true);
        QTRY_VERIFY(QFile::exists(path));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QJsonObject log = QJsonDocument::fromJson(file.readAll())["log"].toObject();
        QCOMPARE(log["entries"].toArray().size(), 40);
        QTRY_VERIFY(
            rig.part<QLabel>("noticeTitle")->text().contains(QStringLiteral("40 requests")));
        // Only one of them, replacing the file; and where nothing can be written, it is said.
        rig.part<QTableView>("exchangeTable")->selectRow(3);
        rig.window.exportHar(path, shell::ExportScope::Selected, true);
        QTRY_VERIFY(rig.part<QLabel>("noticeTitle")->text().startsWith(QStringLiteral("1 ")));
        rig.window.exportHar(
            folder.filePath(QStringLiteral("no/x.har")), shell::ExportScope::All, true);
        QVERIFY(rig.part<QLabel>("noticeTitle")
                    ->text()
                    .startsWith(QStringLiteral("x.har is not saved: No such file")));
    }

    void theExportDialogSaysWhatThereIs()
    {
        Rig rig;
        QVERIFY(rig.attach());
        QVERIFY(rig.play(40));
        rig.work.store.mark(rig.work.store.rows().first(), true);
        rig.work.feed.publish();
        rig.part<QAction>("exportAction")->trigger();
        auto* dialog = qobject_cast<shell::ExportDialog*>(rig.part<QDialog>("exportDialog"));
        QVERIFY(dialog != nullptr);
        auto* scope = dialog->findChild<QComboBox*>(QStringLiteral("exportScope"));
        QCOMPARE(scope->currentText(), QStringLiteral("Shown in the list (40)"));
        QVERIFY(scope->findText(QStringLiteral("Marked (1)")) >= 0);
        QVERIFY(scope->findText(QStringLiteral("All (40)")) >= 0);
        QVERIFY(dialog->masked()); // unless somebody wants otherwise
        dialog->reject();
    }

    void whatPassedBecomesACapture()
    {
        Rig rig;
        QVERIFY(rig.attach());
        QVERIFY(rig.play(40));
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("live.pcapng"));
        rig.window.saveCapture(path);
        QTRY_VERIFY(QFile::exists(path));
        QTRY_COMPARE(rig.part<QLabel>("noticeTitle")->text(),
                     QStringLiteral("Saved as live.pcapng"));
        auto source = files::FileSource::open(path.toStdString());
        QVERIFY(source);
        std::size_t packets = 0;
        while (true) {
            const auto packet = source->next();
            QVERIFY(packet);
            if (!packet->has_value())
                break;
            ++packets;
        }
        QVERIFY(packets >= 80);
        // What was cleared is not saved, once it cannot be brought back.
        rig.part<QAction>("clearAction")->trigger();
        rig.part<QAction>("clearAction")->trigger(); // the first one is then final
        QVERIFY(rig.work.store.events().bytes() < std::size_t{8} << 10);
    }
};

QTEST_MAIN(TestWindowExport)
#include "tst_window_export.moc"
