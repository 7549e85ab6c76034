// SPDX-License-Identifier: Apache-2.0
// Cases of TCP that stand in no other test of this folder; tests/README.md lists which case (T1 to
// T32) is where.
#include "tests/support/connection_script.h"

#include <algorithm>
#include <array>

#include <QTest>

using namespace podglass;
using flow::AnomalyKind;
using flow::CloseReason;
using support::ackFlag;
using support::ConnectionScript;
using support::finFlag;
using support::synFlag;
using support::urgFlag;

class TestTcpCases : public QObject
{
    Q_OBJECT

private slots:

    // T1: the three packets of a handshake in every order a capture may show them.
    void handshakeInAnyOrder()
    {
        std::array order{0, 1, 2};
        do {
            ConnectionScript t;
            for (const int step : order) {
                if (step == 0)
                    t.syn();
                else if (step == 1)
                    t.synAck();
                else
                    t.c(0, "");
            }
            t.c(0, "ask");
            t.s(0, "answer");
            QCOMPARE(t.opened(), std::size_t{1});
            QCOMPARE(t.connection().opened.client.port, std::uint16_t{40'000});
            QCOMPARE(t.connection().client().bytes, "ask");
            QCOMPARE(t.connection().server().bytes, "answer");
            QVERIFY(t.connection().client().gaps.empty());
        } while (std::ranges::next_permutation(order).found);
    }

    // T10: the receiver closes its window, is probed for minutes, and opens it again: nothing is
    // lost, nothing is there twice, and the connection is not idle.
    void zeroWindowIsNoLoss()
    {
        ConnectionScript t;
        t.handshake();
        t.c(0, "full");
        t.window = 0;
        t.serverAcknowledges(4);
        for (int i = 0; i < 5; ++i) {
            t.wait(60'000);
            t.window = 65'535;
            t.c(3, ""); // a keep-alive's number
            t.window = 0;
            t.serverAcknowledges(4);
        }
        t.window = 65'535;
        t.serverAcknowledges(4);
        t.c(4, "more");
        QCOMPARE(t.opened(), std::size_t{1});
        QCOMPARE(t.connection().client().bytes, "fullmore");
        QVERIFY(t.connection().client().gaps.empty());
        QVERIFY(!t.connection().closed);
    }

    // T13
    void simultaneousCloseFinishes()
    {
        ConnectionScript t;
        t.handshake();
        t.c(0, "a", ackFlag | finFlag);
        t.s(0, "b", ackFlag | finFlag);
        t.clientAcks = 2;
        t.serverAcks = 2;
        t.c(2, "");
        t.s(2, "");
        QVERIFY(t.connection().closed);
        QCOMPARE(t.connection().end.reason, CloseReason::Finished);
        QCOMPARE(t.connection().client().bytes, "a");
        QCOMPARE(t.connection().server().bytes, "b");
    }

    // T13: a socket connected to itself. One connection, and it is said that the roles are a guess.
    void selfConnectionIsOneConnection()
    {
        ConnectionScript t;
        t.server = t.client;
        t.serverIsn = t.clientIsn;
        t.syn();
        t.synAck();
        t.c(0, "echo");
        QCOMPARE(t.opened(), std::size_t{1});
        QVERIFY(t.connection().opened.roleUnknown);
        QCOMPARE(t.connection().client().bytes + t.connection().server().bytes, "echo");
    }

    // T18
    void urgentDataIsInlineAndNamed()
    {
        ConnectionScript t;
        t.handshake();
        t.c(0, "ab");
        t.c(2, "!cd", ackFlag | urgFlag);
        QCOMPARE(t.connection().client().bytes, "ab!cd");
        QCOMPARE(t.connection().count(AnomalyKind::UrgentData), std::size_t{1});
    }

    // T19: the connection knows its VLANs; a priority tag is no VLAN, so tagged and untagged
    // packets of it are one connection.
    void vlansAreKnown()
    {
        ConnectionScript t;
        auto spec = t.from(t.client, t.server);
        spec.payload = "x";
        t.frame(support::ethernetBytes(support::ipBytes(spec), {{0x88a8, 7}, {0x8100, 1011}}));
        QCOMPARE(t.connection(0).opened.vlans, (std::array<std::uint16_t, 2>{7, 1011}));
        t.client.port = 40'001;
        spec = t.from(t.client, t.server);
        spec.payload = "one ";
        t.frame(support::ethernetBytes(support::ipBytes(spec), {{0x8100, 0xa000}}));
        spec = t.from(t.client, t.server);
        spec.sequence = 4;
        spec.payload = "connection";
        t.frame(support::ethernetBytes(support::ipBytes(spec)));
        QCOMPARE(t.opened(), std::size_t{2});
        QCOMPARE(t.connection(1).opened.vlans, (std::array<std::uint16_t, 2>{}));
        QCOMPARE(t.connection(1).client().bytes, "one connection");
    }

    // T31: what is inside a tunnel is not taken for traffic of its own, and counted as such.
    void tunnelsAreCountedNotOpened()
    {
        ConnectionScript t;
        auto spec = t.from(t.client, t.server);
        spec.payload = "inside";
        const auto inner = support::ipBytes(spec);
        for (const std::uint8_t protocol : {std::uint8_t{4}, std::uint8_t{47}}) {
            support::Ipv4Spec outer;
            outer.protocol = protocol;
            t.frame(support::ethernetBytes(support::ipv4Bytes(t.client, t.server, inner, outer)));
        }
        QCOMPARE(t.opened(), std::size_t{0});
        QCOMPARE(t.tracker.demuxCounters().tunnelled, std::uint64_t{2});
    }
};

QTEST_APPLESS_MAIN(TestTcpCases)
#include "tst_tcp_cases.moc"
