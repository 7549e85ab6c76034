// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef Q_MOC_RUN // moc 6.4 cannot read <concepts> of GCC 12
#include "tests/ui/shell/window_rig.h"

#include <memory>
#endif

#include <QAccessible>
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSettings>
#include <QSpinBox>
#include <QStandardPaths>
#include <QTableView>
#include <QTest>

using namespace podglass;
using Rig = tests::WindowRig;

class TestMainWindow : public QObject
{
    Q_OBJECT

private slots:

    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("podglass"));
        QCoreApplication::setApplicationName(QStringLiteral("tst_main_window"));
    }

    void init() { QSettings().clear(); }

    void everyFocusableWidgetHasAName()
    {
        Rig rig;
        QVERIFY(rig.attach());
        QVERIFY(rig.play(20));
        rig.part<QTableView>("exchangeTable")->selectRow(3);
        for (const char* dock : {"showCharts", "showConnections", "showEvents"})
            rig.part<QAction>(dock)->trigger();
        QStringList nameless;
        for (QWidget* widget : rig.window.findChildren<QWidget*>()) {
            if (widget->focusPolicy() == Qt::NoFocus || widget->isWindow())
                continue;
            // Parts of a control speak by their control; what is hidden does not speak.
            if (widget->focusProxy() != nullptr || !widget->isVisible()
                || widget->objectName().startsWith(QLatin1String("qt_")))
                continue;
            QAccessibleInterface* spoken = QAccessible::queryAccessibleInterface(widget);
            if (spoken != nullptr && spoken->text(QAccessible::Name).isEmpty())
                nameless << QStringLiteral("%1 '%2' in %3")
                                .arg(QLatin1String(widget->metaObject()->className()),
                                     widget->objectName(),
                                     widget->parentWidget()->objectName());
        }
        QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(QLatin1Char('\n'))));
    }

    void attachingMirrorsAndNothingElse()
    {
        Rig rig;
        QVERIFY(rig.attach());
        QCOMPARE(rig.agent.sent.size(), std::size_t{2}); // one a port
        for (const auto& sent : rig.agent.sent)
            QCOMPARE(sent.mode, wire::Mode::Mirror);
    }

    void rulesInForceAreReadCopiedAndAskedAgain()
    {
        Rig rig;
        rig.part<QAction>("rulesAction")->trigger();
        auto* text = rig.part<QPlainTextEdit>("rulesText");
        QVERIFY(text->toPlainText().isEmpty()); // nothing is attached
        QCOMPARE(rig.agent.rulesAsked, 0);
        QVERIFY(rig.attach());
        rig.part<QPushButton>("showRules")->click();
        QTRY_VERIFY(text->toPlainText().contains(QLatin1String("table inet podglass_8080_1")));
        QVERIFY(text->toPlainText().contains(QLatin1String("ip nat KUBE-SERVICES: 3 rules")));
        QVERIFY(text->toPlainText().contains(QLatin1String("- a note")));
        QVERIFY(text->isReadOnly());
        rig.part<QPushButton>("rulesCopy")->click();
        QCOMPARE(QGuiApplication::clipboard()->text(), text->toPlainText());
        // What is in force changes: it is asked again without being told to.
        rig.agent.rulesInForce.clear();
        rig.work.attachment.setMode(wire::Mode::Off);
        QTRY_VERIFY(text->toPlainText().contains(QLatin1String("none: it redirects nothing")));
    }

    void attachingAgainAfterABreakKeepsOff()
    {
        Rig rig;
        QVERIFY(rig.attach());
        rig.part<QAction>("captureAction")->trigger();
        QTRY_COMPARE(rig.work.attachment.mode(), wire::Mode::Off);
        const std::size_t before = rig.agent.sent.size();
        rig.agent.attachAgain("container:3f21"); // as the session does it after a break
        rig.agent.push(session::StateChanged{session::State::Live, "again", {}});
        QTRY_VERIFY(rig.part<QWidget>("connectionPill")
                        ->property("text")
                        .toString()
                        .startsWith(QStringLiteral("Live")));
        QCOMPARE(rig.work.attachment.wantedMode(), wire::Mode::Off);
        QCOMPARE(rig.agent.sent.size(), before);
    }

    void onlyThisConnectionIsARestrictionThatCanBeRemoved()
    {
        Rig rig;
        QVERIFY(rig.attach());
        QVERIFY(rig.play(200));
        rig.part<QTableView>("exchangeTable")->selectRow(3);
        rig.part<QWidget>("detailConnection");
        QMetaObject::invokeMethod(rig.part<QWidget>("detailConnection"), "click");
        QTRY_VERIFY(rig.work.view.shownRequests() < 200);
        QVERIFY(rig.work.view.shownRequests() > 0);
        const auto wanted = rig.work.store.rows().at(rig.work.view.at(0))->connection;
        for (std::size_t i = 0; i < rig.work.view.size(); ++i)
            QCOMPARE(rig.work.store.rows().at(rig.work.view.at(i))->connection, wanted);
        QVERIFY(rig.part<QWidget>("filterScope")->isVisible());
        QMetaObject::invokeMethod(rig.part<QWidget>("filterScope"), "click");
        QTRY_COMPARE(rig.work.view.shownRequests(), std::uint64_t{200});
        QVERIFY(!rig.part<QWidget>("filterScope")->isVisible());
    }

    void aFailureLeavesWhatIsShown()
    {
        Rig rig;
        QVERIFY(rig.attach());
        QVERIFY(rig.play(50));
        session::StateChanged failed{session::State::Failed, {}, {}};
        failed.error = {"the agent was killed", "agent on build-3", "connect again"};
        rig.agent.push(failed);
        QTRY_VERIFY(rig.part<QWidget>("noticeBar")->isVisible());
        QCOMPARE(rig.part<QLabel>("noticeTitle")->text(), QStringLiteral("The agent was killed"));
        QVERIFY(rig.part<QWidget>("exchangeTable")->isVisible());
        QCOMPARE(rig.work.view.shownRequests(), std::uint64_t{50});
        QMetaObject::invokeMethod(rig.part<QWidget>("noticeAction"), "click");
        QTRY_COMPARE(rig.work.attachment.mode(), wire::Mode::Mirror);
        QCOMPARE(rig.work.store.requests(), std::uint64_t{50});
    }

    // F16: what an agent that is short of memory says; the target is followed as before.
    void lackOfMemoryIsSaidInWords()
    {
        Rig rig;
        QVERIFY(rig.attach());
        wire::Failure notice;
        notice.lasting = false;
        notice.what = "mirroring is paused: the agent is short of memory\n54 of 64 MiB are in use";
        notice.where = "memory limit of the agent";
        notice.advice = "raise the limit";
        rig.agent.push(notice);
        QTRY_VERIFY(rig.part<QWidget>("noticeBar")->isVisible());
        QCOMPARE(rig.part<QLabel>("noticeTitle")->text(),
                 QStringLiteral("Mirroring is paused: the agent is short of memory"));
        QVERIFY(rig.part<QLabel>("noticeText")->text().contains(QStringLiteral("54 of 64 MiB")));
        QVERIFY(!rig.part<QWidget>("noticeAction")->isVisible());
        QCOMPARE(rig.work.attachment.mode(), wire::Mode::Mirror);
    }

    // The road to the agent is fine, and nothing will come: "Live" would be untrue.
    void aTargetThatIsGoneIsNotLive()
    {
        Rig rig;
        QVERIFY(rig.attach());
        const auto pill = [&rig] {
            return rig.part<QWidget>("connectionPill")->property("text").toString();
        };
        QTRY_VERIFY(pill().startsWith(QStringLiteral("Live")));
        wire::Failure other;
        other.target = {2};
        other.what = "another one's last process ended";
        rig.agent.push(other);
        wire::Failure gone;
        gone.target = {1};
        gone.what = "the target's last process ended";
        rig.agent.push(gone);
        QTRY_COMPARE(pill(), QStringLiteral("Target gone"));
        rig.agent.attachAgain("container:3f21");
        QTRY_VERIFY(pill().startsWith(QStringLiteral("Live")));
    }

    void viewOnlyIsSaidWhereItIsLive()
    {
        Rig rig;
        QVERIFY(rig.attach());
        const auto pill = [&rig] {
            return rig.part<QWidget>("connectionPill")->property("text").toString();
        };
        rig.work.attachment.attach(QStringLiteral("container:3f21"), 8080, true);
        QTRY_VERIFY(pill().startsWith(QStringLiteral("View only")));
        rig.work.attachment.attach(QStringLiteral("container:3f21"), 8080, false);
        QTRY_VERIFY(pill().startsWith(QStringLiteral("Live")));
    }

    void whatIsLeftOutByChoiceIsSaid()
    {
        Rig rig;
        QVERIFY(rig.attach());
        QVERIFY(rig.agent.deliveries.empty()); // everything is delivered unasked
        auto* line = rig.part<QLabel>("delivery");
        QVERIFY(!line->isVisible());
        rig.part<QAction>("deliveryAction")->trigger();
        auto* dialog = rig.part<QDialog>("deliveryDialog");
        QVERIFY(dialog != nullptr);
        dialog->findChild<QSpinBox*>(QStringLiteral("deliverySample"))->setValue(10);
        dialog->findChild<QSpinBox*>(QStringLiteral("deliveryRequest"))->setValue(64);
        dialog->findChild<QSpinBox*>(QStringLiteral("deliveryResponse"))->setValue(64);
        dialog->accept();
        QCOMPARE(rig.agent.deliveries.size(), std::size_t{2}); // both ports
        QCOMPARE(rig.agent.deliveries[0].port, std::uint16_t{8080});
        QCOMPARE(rig.agent.deliveries[1].port, std::uint16_t{9090});
        QCOMPARE(rig.agent.deliveries[0].target.value, std::uint64_t{1});
        QCOMPARE(rig.agent.deliveries[0].oneConnectionIn, std::uint32_t{10});
        QCOMPARE(rig.agent.deliveries[0].bodyLimits[1], std::uint64_t{65'536});
        const QString inForce =
            QStringLiteral("Sampling 1 in 10 connections, bodies cut at 64 KiB");
        QTRY_COMPARE(line->text(), inForce);
        QVERIFY(line->isVisible());
        rig.agent.lose(flow::LossPlace::Budget, 3, 1'700'000'000'000);
        QTRY_COMPARE(line->text(), inForce + QStringLiteral(": 2.7 kB left out"));
        QCOMPARE(rig.part<QLabel>("loss")->text(), QStringLiteral("Lost 0"));
        // A port that is switched on later has the same; a wish taken back is said too.
        rig.work.attachment.setMode(wire::Mode::Off);
        rig.work.attachment.setMode(wire::Mode::Mirror);
        QCOMPARE(rig.agent.deliveries.size(), std::size_t{4});
        rig.work.attachment.setDelivery({});
        QCOMPARE(rig.agent.deliveries.back().oneConnectionIn, std::uint32_t{0});
        QTRY_COMPARE(line->text(), QStringLiteral("2.7 kB left out"));
    }

    void aLongStatusIsNotCut()
    {
        Rig rig;
        QVERIFY(rig.attach());
        QVERIFY(rig.play(3));
        rig.agent.call(16, 9); // UNAUTHENTICATED
        QTRY_COMPARE(rig.work.store.requests(), std::uint64_t{4});
        auto* table = rig.part<QTableView>("exchangeTable");
        QFont bold = table->font();
        bold.setWeight(QFont::DemiBold);
        QTRY_VERIFY(table->columnWidth(static_cast<int>(store::Column::Status))
                    >= QFontMetrics(bold).horizontalAdvance(QStringLiteral("UNAUTHENTICATED"))
                           + 16);
    }

    // Qt makes a row current when a list without one gets the focus.
    void focusAloneOpensNoRequest()
    {
        Rig rig;
        QVERIFY(rig.attach());
        QVERIFY(rig.play(20));
        auto* table = rig.part<QTableView>("exchangeTable");
        rig.part<QLineEdit>("viewFilter")->setFocus();
        table->setFocus();
        QFocusEvent focus(QEvent::FocusIn);
        QCoreApplication::sendEvent(table, &focus);
        QVERIFY(!table->currentIndex().isValid());
        QTest::keyClick(table, Qt::Key_Down);
        QCOMPARE(table->currentIndex().row(), 0);
    }

    void followsTheTailUntilTheUserLooksElsewhere()
    {
        Rig rig;
        QVERIFY(rig.attach());
        QVERIFY(rig.play(200));
        auto* table = rig.part<QTableView>("exchangeTable");
        QScrollBar* bar = table->verticalScrollBar();
        QTRY_COMPARE(bar->value(), bar->maximum());
        bar->setValue(10);
        QVERIFY(rig.play(37));
        QTRY_VERIFY(rig.part<QWidget>("newRowsPill")->isVisible());
        QCOMPARE(bar->value(), 10);
        QTest::keyClick(table, Qt::Key_End);
        QTRY_COMPARE(bar->value(), bar->maximum());
        QVERIFY(!rig.part<QWidget>("newRowsPill")->isVisible());
    }

    void theViewFilterHidesAndBringsBack()
    {
        Rig rig;
        QVERIFY(rig.attach());
        QVERIFY(rig.play(200));
        auto* field = rig.part<QLineEdit>("viewFilter");
        field->setText(QStringLiteral("method is POST"));
        QTest::keyClick(field, Qt::Key_Return);
        QTRY_VERIFY(rig.work.view.shownRequests() < 200);
        QVERIFY(rig.work.view.shownRequests() > 0);
        field->setText(QStringLiteral("method is is is"));
        QTest::keyClick(field, Qt::Key_Return);
        QVERIFY(rig.work.view.shownRequests() > 0); // the last good one stays
        QTest::keyClick(field, Qt::Key_Escape);
        QTest::keyClick(field, Qt::Key_Escape);
        QTRY_COMPARE(rig.work.view.shownRequests(), std::uint64_t{200});
    }

    void lossIsAlwaysSaid()
    {
        Rig rig;
        QVERIFY(rig.attach());
        QVERIFY(rig.part<QLabel>("loss")->text().contains(QStringLiteral("Lost 0")));
        rig.agent.lose(flow::LossPlace::Agent, 214, 1'700'000'000'000);
        QTRY_COMPARE(rig.part<QLabel>("loss")->text(), QStringLiteral("Lost 214 (agent 214)"));
    }

    void bothThemesAreWholeWithoutRestart()
    {
        Rig rig;
        rig.theme.setChoice(theme::Choice::Dark);
        QCOMPARE(theme::schemeOf(rig.window.palette()), theme::Scheme::Dark);
        rig.theme.setChoice(theme::Choice::Light);
        QCOMPARE(theme::schemeOf(rig.window.palette()), theme::Scheme::Light);
    }
};

QTEST_MAIN(TestMainWindow)
#include "tst_main_window.moc"
