// SPDX-License-Identifier: Apache-2.0
// Whose certificate ends TLS at a stolen port, and when.
#include "core/base/limits.h"

#include "tests/core/agent/port_rig.h"

#include <QTest>

using namespace podglass;
using namespace podglass::test;
using Rig = PortRig;

class TestPortTls : public QObject
{
    Q_OBJECT

private slots:

    void aCertificateIsInForceWhileItsOwnerSteals()
    {
        Rig rig;
        QVERIFY(!rig.stealWith(anna, "shop", "its key").refused);
        QCOMPARE(rig.ended(), std::string("shop"));
        // An edited filter says nothing of it.
        QVERIFY(!rig.set(anna, Mode::Steal, "path is /c", 2).refused);
        QCOMPARE(rig.ended(), std::string("shop"));
        rig.stealWith(bert, "", "");
        rig.set(anna, Mode::Mirror);
        QCOMPARE(rig.ended(), std::string());
        rig.set(anna, Mode::Steal, "path is /a");
        QCOMPARE(rig.ended(), std::string()); // it was forgotten
        rig.stealWith(anna, "shop", "its key");
        rig.ports.clientLeft(anna);
        QCOMPARE(rig.ended(), std::string());
    }

    void aCertificateThatCannotBeUsedRefusesTheSteal()
    {
        Rig rig;
        rig.set(anna, Mode::Mirror);
        const wire::PortState state = rig.stealWith(anna, "shop", "another key");
        QVERIFY(state.refused);
        QVERIFY2(state.message.find("not its key") != std::string::npos, state.message.c_str());
        QVERIFY(state.mode == Mode::Mirror);
        QVERIFY(rig.redirects.empty());
        // And leaves the one that is in force.
        rig.stealWith(anna, "shop", "its key");
        QVERIFY(rig.stealWith(anna, "other", "another key").refused);
        QCOMPARE(rig.ended(), std::string("shop"));
        QVERIFY(rig.stealWith(anna, std::string(limits::pemBytes + 1, 'x'), "its key").refused);
    }

    void twoClientsEndTlsByOneCertificateOnly()
    {
        Rig rig;
        rig.stealWith(anna, "shop", "its key");
        const wire::PortState state = rig.stealWith(bert, "other", "its key");
        QVERIFY(state.refused);
        QVERIFY2(state.message.find("another certificate") != std::string::npos,
                 state.message.c_str());
        QVERIFY(!rig.stealWith(bert, "shop", "its key").refused);
        rig.ports.clientLeft(anna);
        QCOMPARE(rig.ended(), std::string("shop")); // by bert's
    }

    void whatBecameOfTlsIsToldWhenItChanges()
    {
        Rig rig;
        rig.stealWith(anna, "shop", "its key");
        rig.ports.tick();
        rig.ports.tick();
        QCOMPARE(rig.services.toldTls.size(), std::size_t(1));
        rig.redirects.back()->tlsCounts = {3, 2, 1, 0, "why"};
        rig.ports.tick();
        QCOMPARE(rig.services.toldTls.size(), std::size_t(2));
        const auto& [client, told] = rig.services.toldTls.back();
        QCOMPARE(client, anna);
        QCOMPARE(told.certificate, std::string("shop"));
        QCOMPARE(told.untouched, 2U);
        QCOMPARE(told.problem, std::string("why"));
    }

    void onlyWhoStealsMayEndOldConnections()
    {
        Rig rig;
        rig.set(anna, Mode::Mirror);
        const auto refused = rig.ports.endOld(anna, {1, {7}, web});
        QVERIFY(!refused);
        QVERIFY(refused.error().what.find("do not steal") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestPortTls)
#include "tst_port_tls.moc"
