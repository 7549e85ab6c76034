// SPDX-License-Identifier: GPL-3.0-or-later
// Several targets in one window.
#ifndef Q_MOC_RUN // moc 6.4 cannot read <concepts> of GCC 12
#include "tests/ui/shell/window_rig.h"
#include "ui/connect/target_picker.h"
#endif

#include <QAction>
#include <QSettings>
#include <QStandardPaths>
#include <QTableView>
#include <QTest>
#include <QToolButton>

using namespace podglass;
using Rig = tests::WindowRig;

class TestBeside : public QObject
{
    Q_OBJECT

private slots:

    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("podglass"));
        QCoreApplication::setApplicationName(QStringLiteral("tst_beside"));
    }

    void init() { QSettings().clear(); }

    void anotherTargetIsFollowedBeside()
    {
        Rig rig;
        QVERIFY(rig.attach());
        auto* table = rig.part<QTableView>("exchangeTable");
        const int column = static_cast<int>(store::Column::Target);
        QVERIFY(table->isColumnHidden(column));
        rig.part<QAction>("besideAction")->trigger();
        rig.window.findChild<connect::TargetPicker*>()->attachWanted(
            QStringLiteral("netns:shop"), 0, false);
        QTRY_COMPARE(rig.agent.sent.back().target, base::TargetId{2});
        QCOMPARE(rig.agent.sent.back().port, std::uint16_t{9090});
        QCOMPARE(rig.agent.sent.back().mode, wire::Mode::Mirror);
        QTRY_VERIFY(!table->isColumnHidden(column));
        QCOMPARE(rig.work.attachment.target().target, base::TargetId{1});
        QVERIFY(rig.part<QToolButton>("targetButton")->text().endsWith(QStringLiteral(" +1")));
        QVERIFY(rig.play(3));
        QTRY_VERIFY(table->isVisible()); // the picker is gone
        QCOMPARE(rig.work.exchanges.text(1, store::Column::Target), QStringLiteral("checkout"));
        // Capture off means all of them.
        rig.part<QAction>("captureAction")->trigger();
        QTRY_COMPARE(rig.agent.sent.back().target, base::TargetId{2});
        QCOMPARE(rig.agent.sent.back().mode, wire::Mode::Off);
        // The same one twice is refused, and the first stays what it is.
        QVERIFY(!rig.work.attachment.attachBeside(QStringLiteral("netns:shop")).isEmpty());
        QVERIFY(
            !rig.work.attachment.attachBeside(rig.work.attachment.target().spec.c_str()).isEmpty());
        rig.work.attachment.detachBeside("netns:shop");
        QCOMPARE(rig.agent.detached.back(), base::TargetId{2});
        QVERIFY(!rig.part<QToolButton>("targetButton")->text().contains(QLatin1Char('+')));
    }
};

QTEST_MAIN(TestBeside)
#include "tst_beside.moc"
