// SPDX-License-Identifier: GPL-3.0-or-later
// The window over a FakeAgent: capture files, and sessions before and after them.
#ifndef Q_MOC_RUN // moc 6.4 cannot read <concepts> of GCC 12
#include "tests/ui/shell/window_rig.h"
#endif

#include <QAction>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QSettings>
#include <QStackedWidget>
#include <QStandardPaths>
#include <QTableView>
#include <QTest>

using namespace podglass;
using namespace podglass::tests;

namespace {

using Rig = WindowRig;

session::Held heldRequest()
{
    session::Held held;
    held.id = 5;
    held.port = 8080;
    held.head = "POST /held HTTP/1.1\r\nHost: a\r\n";
    held.patience = std::chrono::seconds(300);
    return held;
}

} // namespace

class TestWindowFile : public QObject
{
    Q_OBJECT

private slots:

    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("podglass"));
        QCoreApplication::setApplicationName(QStringLiteral("tst_window_file"));
    }

    void init() { QSettings().clear(); }

    void aFileIsNeitherLiveNorStolenFrom()
    {
        Rig rig;
        rig.window.openFile(QStringLiteral("/captures/shop.pcapng"));
        QCOMPARE(rig.part<QWidget>("connectionPill")->property("text").toString(),
                 QStringLiteral("Capture file"));
        QVERIFY(rig.window.windowTitle().startsWith(QStringLiteral("shop.pcapng")));
        QTRY_VERIFY(!rig.part<QWidget>("freezeButton")->isVisible());
        rig.agent.play(200, 1'700'000'000'000);
        QTRY_COMPARE(rig.work.store.requests(), std::uint64_t{200});
        QVERIFY(!rig.part<QWidget>("newRowsPill")->isVisible()); // none of a file is news
        QVERIFY(rig.attach());
        QTRY_VERIFY(rig.part<QWidget>("freezeButton")->isVisible());
        QTRY_VERIFY(rig.part<QWidget>("connectionPill")
                        ->property("text")
                        .toString()
                        .startsWith(QStringLiteral("Live")));
    }

    void aFileThatIsNoneTakesNothingAway()
    {
        Rig rig;
        QVERIFY(rig.attach());
        rig.agent.play(20, 1'700'000'000'000);
        QTRY_COMPARE(rig.work.store.requests(), std::uint64_t{20});
        rig.agent.fileProblem = base::Error{"this is no capture file", "open notes.txt", "choose"};
        rig.window.openFile(QStringLiteral("/captures/notes.txt"));
        auto* notice = rig.part<QWidget>("noticeBar");
        QTRY_VERIFY(notice->isVisible());
        QVERIFY(
            rig.part<QLabel>("noticeTitle")->text().startsWith(QStringLiteral("notes.txt cannot")));
        QCOMPARE(rig.work.store.rows().end() - rig.work.store.rows().first(), 20U);
        QVERIFY(rig.work.attachment.attached());
        rig.agent.fileProblem.reset();
        rig.part<QAction>("stealAction")->trigger();
        QVERIFY(rig.part<QWidget>("guardSheet")->isVisible());
        rig.window.openFile(QStringLiteral("/captures/shop.pcapng"));
        QCOMPARE(rig.work.store.rows().end(), rig.work.store.rows().first());
        QVERIFY(!rig.work.attachment.attached());
        QVERIFY(!rig.part<QWidget>("guardSheet")->isVisible());
    }

    // Counts, losses, charts, held requests, the scope of one connection: all were of the session.
    void nothingOfASessionStaysBehindAFile()
    {
        Rig rig;
        QVERIFY(rig.attach());
        QVERIFY(rig.play(20));
        rig.agent.lose(flow::LossPlace::Kernel, 3, 1'700'000'000'000);
        rig.agent.sample(1'700'000'000'000, 100);
        rig.agent.sample(1'700'000'001'000, 100);
        rig.agent.push(heldRequest());
        auto* counts = rig.part<QLabel>("counts");
        auto* loss = rig.part<QLabel>("loss");
        auto* held = rig.part<QListWidget>("heldList");
        auto* charts = qobject_cast<QStackedWidget*>(rig.part<QLabel>("chartsEmpty")->parent());
        QTRY_COMPARE(held->count(), 1);
        QVERIFY(counts->text().startsWith(QStringLiteral("Requests 20 ")));
        QVERIFY(loss->text().startsWith(QStringLiteral("Lost 3")));
        QCOMPARE(charts->currentIndex(), 1);
        rig.part<QAction>("clearAction")->trigger(); // and is undone no more

        rig.window.openFile(QStringLiteral("/captures/shop.pcapng"));
        QVERIFY2(counts->text().startsWith(QStringLiteral("Requests 0 ")),
                 qPrintable(counts->text()));
        QVERIFY2(counts->text().endsWith(QStringLiteral("Connections 0")),
                 qPrintable(counts->text()));
        QCOMPARE(loss->text(), QStringLiteral("Lost 0"));
        QCOMPARE(held->count(), 0);
        QCOMPARE(charts->currentIndex(), 0);
        QVERIFY(!rig.part<QAction>("undoClearAction")->isEnabled());
        QVERIFY(rig.part<QLabel>("memory")->text().startsWith(QStringLiteral("Memory 0 ")));

        // And the other way: what a connection shows is not mixed with the file's.
        QVERIFY(rig.play(7));
        auto* table = rig.part<QTableView>("exchangeTable");
        QTRY_COMPARE(table->model()->rowCount(), 7);
        QCOMPARE(table->model()->index(0, 0).data().toString(), QStringLiteral("1"));
        QCOMPARE(rig.work.connections.index(0, 0).data().toString(), QStringLiteral("1"));
        QVERIFY(rig.attach());
        QVERIFY2(counts->text().startsWith(QStringLiteral("Requests 0 ")),
                 qPrintable(counts->text()));
        QVERIFY(rig.play(4));
        QTRY_VERIFY(counts->text().startsWith(QStringLiteral("Requests 4 ")));
    }

    // Also of a small file, which comes as a whole with the news that it is read.
    void theFirstRequestOfAFileIsOpened()
    {
        Rig rig;
        rig.window.openFile(QStringLiteral("/captures/shop.pcapng"));
        rig.agent.play(20, 1'700'000'000'000);
        session::FileProgress read;
        read.done = true;
        read.packets = 60;
        rig.agent.push(read);
        auto* table = rig.part<QTableView>("exchangeTable");
        QTRY_VERIFY(table->currentIndex().isValid());
        QCOMPARE(table->currentIndex().row(), 0);
    }

    void whatWasHeldGoesWithItsSession()
    {
        Rig rig;
        QVERIFY(rig.attach());
        rig.agent.push(heldRequest());
        auto* held = rig.part<QListWidget>("heldList");
        QTRY_COMPARE(held->count(), 1);
        rig.window.openAddress(QStringLiteral("ssh://build-4/container/3f21"));
        QCOMPARE(held->count(), 0);
    }
};

QTEST_MAIN(TestWindowFile)
#include "tst_window_file.moc"
