// SPDX-License-Identifier: Apache-2.0
// When a connection begins and ends, and what does not belong to it.
#include "core/base/limits.h"

#include "tests/support/connection_script.h"

#include <QTest>

using namespace podglass;
using flow::AnomalyKind;
using flow::CloseReason;
using flow::GapKind;
using support::ackFlag;
using support::ConnectionScript;
using support::finFlag;
using support::rstFlag;
using support::synFlag;

class TestConnectionRules : public QObject
{
    Q_OBJECT

private slots:

    void handshakeSaysWhoIsTheClient()
    {
        ConnectionScript t;
        t.handshake();
        t.c(0, "GET");
        t.s(0, "200");
        t.tracker.finish();
        QCOMPARE(t.opened(), std::size_t{1});
        QCOMPARE(t.connection().opened.client, t.client);
        QCOMPARE(t.connection().opened.server, t.server);
        QVERIFY(!t.connection().opened.joinedLate);
        QCOMPARE(t.connection().client().bytes, "GET");
        QCOMPARE(t.connection().server().bytes, "200");
        QCOMPARE(t.connection().end.reason, CloseReason::CaptureStopped);
        QCOMPARE(t.connection().violation, std::string());
    }

    void synAckBeforeSyn()
    {
        ConnectionScript t;
        t.synAck();
        t.syn();
        t.s(0, "hello");
        t.c(0, "hi");
        QCOMPARE(t.opened(), std::size_t{1});
        QCOMPARE(t.connection().opened.client, t.client);
        QCOMPARE(t.connection().server().bytes, "hello");
        QCOMPARE(t.connection().client().bytes, "hi");
    }

    void synRepeatedWithAnotherNumber()
    {
        ConnectionScript t;
        t.clientIsn = 77;
        t.syn();
        t.clientIsn = 9'000;
        t.syn();
        t.synAck();
        t.c(0, "data");
        QCOMPARE(t.opened(), std::size_t{1});
        QCOMPARE(t.connection().client().bytes, "data");
        QCOMPARE(t.connection().count(AnomalyKind::DifferentInitialSequence), std::size_t{1});
    }

    void synAloneOpensNothing()
    {
        ConnectionScript t;
        t.syn();
        t.tracker.finish();
        QCOMPARE(t.opened(), std::size_t{0});
    }

    void refusedIsCounted()
    {
        ConnectionScript t;
        t.syn();
        t.s(-1, "", rstFlag | ackFlag);
        QCOMPARE(t.opened(), std::size_t{0});
        QCOMPARE(t.tracker.counters().refused, std::uint64_t{1});
        QCOMPARE(t.tracker.counters().halfOpen, std::size_t{0});
    }

    void synFloodIsBounded()
    {
        ConnectionScript t;
        for (std::uint32_t i = 0; i < 40'000; ++i) {
            t.client = flow::Endpoint::v4(0x0b000000 + i, 1'234);
            t.syn();
        }
        QVERIFY(t.tracker.counters().halfOpen <= limits::halfOpenConnections);
        QCOMPARE(t.tracker.counters().halfOpenEvicted,
                 std::uint64_t{40'000 - limits::halfOpenConnections});
        QCOMPARE(t.opened(), std::size_t{0});
    }

    void joinedLateBeginsAtTheFirstByteSeen()
    {
        ConnectionScript t;
        t.c(5'000, "");
        t.c(5'000, "abc");
        t.s(70'000, "def");
        t.c(5'003, "ghi");
        QCOMPARE(t.opened(), std::size_t{1});
        QVERIFY(t.connection().opened.joinedLate);
        QVERIFY(t.connection().opened.roleUnknown);
        QCOMPARE(t.connection().opened.server, t.server); // the lower port
        QCOMPARE(t.connection().client().bytes, "abcghi");
        QCOMPARE(t.connection().server().bytes, "def");
    }

    void keepAliveOfAnUnknownConnectionOpensNothing()
    {
        ConnectionScript t;
        t.c(5'000, "");
        t.s(5'000, "");
        t.tracker.finish();
        QCOMPARE(t.opened(), std::size_t{0});
    }

    void oneSidedCaptureWorks()
    {
        ConnectionScript t;
        t.syn();
        t.c(0, "");
        t.c(0, "one");
        t.c(3, "two", ackFlag | finFlag);
        t.tracker.finish();
        QCOMPARE(t.opened(), std::size_t{1});
        QCOMPARE(t.connection().client().bytes, "onetwo");
        QVERIFY(t.connection().client().finished);
    }

    void finishedBothWays()
    {
        ConnectionScript t;
        t.handshake();
        t.c(0, "q", ackFlag | finFlag);
        t.s(0, "a", ackFlag | finFlag);
        QVERIFY(t.connection().closed);
        QCOMPARE(t.connection().end.reason, CloseReason::Finished);
        QCOMPARE(t.connection().end.by, flow::Direction::ClientToServer);
        // The last acknowledgement and a repeated FIN belong to it.
        t.c(2, "");
        t.c(0, "q", ackFlag | finFlag);
        t.tracker.finish();
        QCOMPARE(t.opened(), std::size_t{1});
    }

    void halfCloseStaysOpen()
    {
        ConnectionScript t;
        t.handshake();
        t.c(0, "q", ackFlag | finFlag);
        t.wait(300'000);
        t.s(0, "slow");
        t.wait(300'000);
        t.s(4, "answer");
        QVERIFY(!t.connection().closed);
        QCOMPARE(t.connection().server().bytes, "slowanswer");
    }

    void resetEndsAndItsPayloadIsNotData()
    {
        ConnectionScript t;
        t.handshake();
        t.c(0, "data");
        t.c(4, "garbage", rstFlag | ackFlag);
        QVERIFY(t.connection().closed);
        QCOMPARE(t.connection().end.reason, CloseReason::Reset);
        QCOMPARE(t.connection().client().bytes, "data");
        QCOMPARE(t.connection().count(AnomalyKind::ResetWithData), std::size_t{1});
        t.s(0, "late");
        t.tracker.finish();
        QCOMPARE(t.opened(), std::size_t{1});
        QCOMPARE(t.tracker.counters().afterClose, std::uint64_t{1});
    }

    void blindResetIsIgnoredAndNamed()
    {
        ConnectionScript t;
        t.handshake();
        t.c(0, "data");
        t.c(1'000, "", rstFlag);
        QVERIFY(!t.connection().closed);
        QCOMPARE(t.connection().count(AnomalyKind::ResetOutOfWindow), std::size_t{1});
        t.c(4, "more");
        QCOMPARE(t.connection().client().bytes, "datamore");
    }

    void portReuseAfterAMissedEnd()
    {
        ConnectionScript t;
        t.handshake();
        t.c(0, "old");
        t.clientIsn = 7'000'000;
        t.serverIsn = 8'000'000;
        t.handshake();
        t.c(0, "new");
        t.tracker.finish();
        QCOMPARE(t.opened(), std::size_t{2});
        QCOMPARE(t.connection(0).end.reason, CloseReason::Replaced);
        QCOMPARE(t.connection(0).client().bytes, "old");
        QCOMPARE(t.connection(1).client().bytes, "new");
        QVERIFY(!t.connection(1).opened.joinedLate);
    }

    void portReuseRightAfterAProperEnd()
    {
        ConnectionScript t;
        for (int round = 0; round < 3; ++round) {
            t.handshake();
            t.c(0, "q", ackFlag | finFlag);
            t.s(0, "a", ackFlag | finFlag);
            t.clientIsn += 100'000;
            t.serverIsn += 100'000;
        }
        QCOMPARE(t.opened(), std::size_t{3});
        for (std::size_t i = 0; i < 3; ++i)
            QCOMPARE(t.connection(i).end.reason, CloseReason::Finished);
    }

    void synInsideChangesNothing()
    {
        ConnectionScript t;
        t.handshake();
        t.c(0, "data");
        t.c(1'000'000, "evil", synFlag);
        t.s(0, ""); // the challenge acknowledgement
        t.c(4, "more");
        QCOMPARE(t.opened(), std::size_t{1});
        QCOMPARE(t.connection().client().bytes, "datamore");
        QCOMPARE(t.connection().count(AnomalyKind::SynInsideConnection), std::size_t{1});
    }

    void fastOpenDataCountsOnceWhenAccepted()
    {
        ConnectionScript t;
        t.c(-1, "GET /", synFlag);
        auto answer = t.from(t.server, t.client);
        answer.sequence = t.serverIsn;
        answer.acknowledgement = t.clientIsn + 1 + 5;
        answer.flags = synFlag | ackFlag;
        t.packet(answer);
        t.c(5, " HTTP");
        QCOMPARE(t.connection().client().bytes, "GET / HTTP");
    }

    void fastOpenDataIsSentAgainWhenNotAccepted()
    {
        ConnectionScript t;
        t.c(-1, "GET /", synFlag);
        t.synAck();
        t.c(0, "GET /");
        t.c(5, " HTTP");
        QCOMPARE(t.connection().client().bytes, "GET / HTTP");
        QVERIFY(t.connection().client().gaps.empty());
    }

    void simultaneousOpenIsOneConnection()
    {
        ConnectionScript t;
        t.syn();
        auto other = t.from(t.server, t.client);
        other.sequence = t.serverIsn;
        other.flags = synFlag;
        t.packet(other);
        t.synAck();
        t.c(0, "a");
        t.s(0, "b");
        QCOMPARE(t.opened(), std::size_t{1});
        QVERIFY(t.connection().opened.roleUnknown);
        QCOMPARE(t.connection().client().bytes, "a");
        QCOMPARE(t.connection().server().bytes, "b");
    }

    void vlansStayApart()
    {
        ConnectionScript t;
        for (const std::uint16_t vlan : {std::uint16_t{10}, std::uint16_t{20}}) {
            auto spec = t.from(t.client, t.server);
            spec.payload = vlan == 10 ? "ten" : "twenty";
            t.frame(support::ethernetBytes(support::ipBytes(spec), {{0x8100, vlan}}));
        }
        QCOMPARE(t.opened(), std::size_t{2});
        QCOMPARE(t.connection(0).client().bytes, "ten");
        QCOMPARE(t.connection(1).client().bytes, "twenty");
    }

    void idleConnectionIsClosed()
    {
        ConnectionScript t;
        t.handshake();
        const auto other = t.client;
        for (int i = 0; i < 11; ++i) { // a file's clock goes 60 s a packet at most
            t.wait(60'000);
            t.client.port = static_cast<std::uint16_t>(50'000 + i);
            t.syn();
        }
        t.client = other;
        QVERIFY(t.connection().closed);
        QCOMPARE(t.connection().end.reason, CloseReason::Idle);
    }

    // A packet can be there before the first tick; uptime is no idle time.
    void connectionBeforeTheFirstTickStays()
    {
        ConnectionScript t(reassembly::TrackerOptions::live(3));
        t.tracker.setPorts({80});
        t.handshake();
        t.tracker.tick(base::Instant{} + std::chrono::hours(99));
        QVERIFY(!t.connection().closed);
        t.tracker.tick(base::Instant{} + std::chrono::hours(100));
        QCOMPARE(t.connection().end.reason, CloseReason::Idle);
    }

    void onlyPortsOfInterest()
    {
        ConnectionScript t(reassembly::TrackerOptions::live(3));
        t.tracker.setPorts({80});
        t.handshake();
        t.c(0, "yes");
        t.server.port = 81;
        t.handshake();
        t.c(0, "no");
        // Our own request to elsewhere from source port 80 is not the service's.
        t.client.port = 80;
        t.handshake();
        t.c(0, "no");
        QCOMPARE(t.opened(), std::size_t{1});
        QCOMPARE(t.connection().client().bytes, "yes");
        t.tracker.setPorts({});
        QCOMPARE(t.connection().end.reason, CloseReason::CaptureStopped);
    }

    void stolenPortOpensNothingNewAndKeepsTheOld()
    {
        ConnectionScript t(reassembly::TrackerOptions::live(3));
        t.tracker.setPorts({80});
        t.handshake();
        t.tracker.setNewConnections(80, false);
        t.c(0, "old");
        const auto oldClient = t.client;
        t.client.port = 41'000;
        t.handshake();
        t.c(0, "stolen");
        QCOMPARE(t.opened(), std::size_t{1});
        QCOMPARE(t.connection().client().bytes, "old");
        t.tracker.ignore(oldClient, t.server, true);
        QCOMPARE(t.connection().end.reason, CloseReason::TakenOver);
        t.client = oldClient;
        t.c(3, "more");
        QCOMPARE(t.opened(), std::size_t{1});
        t.tracker.ignore(oldClient, t.server, false);
        t.tracker.setNewConnections(80, true);
        t.clientIsn += 5'000'000;
        t.serverIsn += 5'000'000;
        t.c(9, "straggler");
        QCOMPARE(t.opened(), std::size_t{1});
        t.handshake();
        t.c(0, "again");
        QCOMPARE(t.opened(), std::size_t{2});
        QCOMPARE(t.connection(1).client().bytes, "again");
    }
};

QTEST_APPLESS_MAIN(TestConnectionRules)
#include "tst_connection_rules.moc"
