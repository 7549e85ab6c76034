// SPDX-License-Identifier: GPL-3.0-or-later
// In the window: asking before stealing, and what is said of the handler and of a lost link.
#ifndef Q_MOC_RUN // moc 6.4 cannot read <concepts> of GCC 12
#include "tests/ui/shell/window_rig.h"
#endif

#include <QAction>
#include <QLabel>
#include <QLineEdit>
#include <QSettings>
#include <QStandardPaths>
#include <QTest>
#include <QWidget>

using namespace podglass;
using Rig = tests::WindowRig;

class TestWindowSteal : public QObject
{
    Q_OBJECT

private slots:

    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("podglass"));
        QCoreApplication::setApplicationName(QStringLiteral("tst_window_steal"));
    }

    void init() { QSettings().clear(); }

    void stealAsksWhenProbesWouldBeTaken()
    {
        Rig rig;
        QVERIFY(rig.attach());
        QVERIFY(rig.play(60));
        rig.part<QLineEdit>("takerAddress")->setText(QStringLiteral("127.0.0.1:8080"));
        rig.part<QAction>("stealAction")->trigger();
        QVERIFY(rig.part<QWidget>("guardSheet")->isVisible());
        // Two ports are watched: first it is asked which one.
        QVERIFY(!rig.part<QWidget>("guardNoProbes")->isVisible());
        QVERIFY(rig.part<QWidget>("guardPort")->isVisible());
        rig.work.attachment.setStealPort(8080);
        QTRY_VERIFY(rig.part<QWidget>("guardNoProbes")->isVisible());
        QCOMPARE(rig.work.attachment.wantedMode(), wire::Mode::Mirror);
        QMetaObject::invokeMethod(rig.part<QWidget>("guardNoProbes"), "click");
        QTRY_COMPARE(rig.work.attachment.mode(), wire::Mode::Steal);
        QVERIFY(rig.agent.taker && rig.agent.taker->port == 8080);
        bool probesStay = false;
        for (const auto& sent : rig.agent.sent)
            if (sent.mode == wire::Mode::Steal) {
                QCOMPARE(sent.port, std::uint16_t{8080});
                probesStay = sent.filter.find("kube-probe") != std::string::npos;
            }
        QVERIFY(probesStay);
        QVERIFY(rig.part<QWidget>("stealBanner")->isVisible());
        rig.part<QAction>("stopAction")->trigger(); // no question on the way out
        QTRY_COMPARE(rig.work.attachment.mode(), wire::Mode::Mirror);
        QVERIFY(!rig.part<QWidget>("stealBanner")->isVisible());
    }

    void aHandlerThatFailsIsTold()
    {
        Rig rig;
        QVERIFY(rig.attach());
        const auto told = [&] {
            for (const auto* label : rig.part<QWidget>("noticeBar")->findChildren<QLabel*>())
                if (label->isVisible() && label->text().contains(QLatin1String("8098 refused")))
                    return true;
            return false;
        };
        const session::Taken good{{7}, true, "", false};
        const session::Taken bad{{8}, false, "127.0.0.1:8098 refused", true};
        const session::Taken callerGone{{9}, false, "the caller went away", false};
        for (const auto& end : {bad, bad, good, bad, callerGone, bad})
            rig.agent.push(end);
        rig.agent.push(session::Break{});
        QTRY_COMPARE(rig.work.store.rows().end(), store::Number{2});
        QVERIFY(!told());
        rig.agent.push(bad); // the third in a row: who went away himself does not count
        QTRY_VERIFY(told());
        rig.agent.push(good);
        QTRY_VERIFY(!told());
    }

    void stealIsNotTakenUpAgainAfterTheLinkWasLost()
    {
        Rig rig;
        QVERIFY(rig.attach());
        rig.work.attachment.setTaker({}, wire::OnTakerFailure::BadGateway);
        rig.work.attachment.setStealPort(8080);
        rig.work.attachment.setMode(wire::Mode::Steal);
        QTRY_COMPARE(rig.work.attachment.mode(), wire::Mode::Steal);
        rig.agent.push(session::StateChanged{session::State::Reconnecting, "in 1 s", {}});
        QTRY_COMPARE(rig.work.attachment.wantedMode(), wire::Mode::Mirror);
        QVERIFY(!rig.part<QWidget>("stealBanner")->isVisible());
    }
};

QTEST_MAIN(TestWindowSteal)
#include "tst_window_steal.moc"
