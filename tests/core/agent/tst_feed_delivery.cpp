// SPDX-License-Identifier: Apache-2.0
// What a client wants delivered (SetDelivery): limits of bodies, a sample, a cap on the rate, what
// may wait. It holds for this client only, and what it leaves out is told.
#include "feed_rig.h"

using namespace podglass;
using tests::FeedRig;
using tests::plenty;
using tests::target;
using tests::web;

class TestFeedDelivery : public QObject
{
    Q_OBJECT

private slots:

    // Two clients, two limits, one encoded frame.
    void bodyLimitsAreEachClientsOwn()
    {
        FeedRig rig;
        agent::EventFeed other;
        other.follow(rig.ring, target);
        other.subscribe(target, web, 100'000);
        rig.feed.subscribe(target, web, 2'500);
        wire::SetDelivery wish;
        wish.bodyLimits = {0, 10}; // the other direction: does not matter here
        rig.wish(wish);
        rig.open(1);
        rig.head(1);
        for (int i = 0; i < 6; ++i)
            rig.body(1, 1000);
        rig.end(1, 6000);
        rig.takeAll();
        QCOMPARE(rig.bodyBytes, 2'500U);
        QCOMPARE(rig.withheld, 3'500U);
        QCOMPARE(rig.feed.account().lostBytes, 0U);
        std::vector<std::uint8_t> out;
        other.fill(out, plenty, {});
        QCOMPARE(other.account().deliveredBytes, rig.feed.account().deliveredBytes + 3'500);
        rig.wish({}); // back to what SetPort said
        rig.head(1);
        rig.body(1, 100);
        rig.end(1, 100);
        rig.takeAll();
        QCOMPARE(rig.withheld, 0U);
        rig.verifyBalance();
    }

    void aSampleOfTheConnections()
    {
        FeedRig rig;
        wire::SetDelivery wish;
        wish.oneConnectionIn = 4;
        rig.wish(wish);
        constexpr std::uint64_t many = 2000;
        for (std::uint64_t connection = 1; connection <= many; ++connection) {
            rig.open(connection);
            rig.head(connection);
            rig.body(connection, 10);
            rig.close(connection);
            rig.takeAll();
        }
        const auto share = rig.share();
        QCOMPARE(share.connections, many);
        const std::uint64_t shown = share.connections - share.connectionsLeftOut;
        QVERIFY2(shown > 420 && shown < 580, qPrintable(QString::number(shown)));
        QCOMPARE(rig.heads, shown);
        QCOMPARE(share.budgetBytes, share.lostBytes);
        QCOMPARE(share.offeredBytes, share.deliveredBytes + share.lostBytes);
        rig.takeAll(); // the last of them are told with what comes next
        QCOMPARE(rig.budgetEvents, share.budgetEvents);
        rig.verifyBalance();
    }

    // The cap holds bodies back before heads, and both are told.
    void aCapOnTheRate()
    {
        FeedRig rig;
        wire::SetDelivery wish;
        wish.bytesPerSecond = 5'000;
        rig.wish(wish);
        rig.open(1);
        for (int i = 0; i < 50; ++i) { // far within a second
            rig.head(1);
            rig.body(1, 1000);
            rig.end(1, 1000);
            rig.takeAll();
        }
        const auto share = rig.share();
        QVERIFY(rig.bodyBytes >= 4'000 && rig.bodyBytes <= 10'000);
        QCOMPARE(rig.heads, 50U);
        QCOMPARE(share.lostBytes, share.budgetBytes);
        QCOMPARE(share.offeredBytes, share.deliveredBytes + share.lostBytes);
        QCOMPARE(share.offeredBytes, rig.ring.written().payload);
        rig.verifyBalance();
    }

    // What a Gap names is not sent, so it uses nothing of what may be sent in a second.
    void gapsDoNotCountAgainstTheCap()
    {
        FeedRig rig;
        wire::SetDelivery wish;
        wish.bytesPerSecond = 5'000;
        rig.wish(wish);
        rig.open(1);
        rig.gap(1, 1'000'000);
        rig.head(1);
        rig.body(1, 1000);
        rig.end(1, 1000);
        rig.takeAll();
        QCOMPARE(rig.bodyBytes, 1000U);
        QCOMPARE(rig.heads, 1U);
        rig.verifyBalance();
    }

    // The other setting: a connection that lost something is over for this client, with a count.
    void aLaggingConnectionIsClosed()
    {
        FeedRig rig;
        wire::SetDelivery wish;
        wish.onLag = wire::OnLag::CloseConnection;
        rig.wish(wish);
        rig.open(1);
        rig.open(2);
        rig.takeAll();
        for (int i = 0; i < 300; ++i) {
            rig.body(1, 500);
            rig.feed.keepUp();
        }
        rig.takeAll();
        QCOMPARE(rig.lagged, 1U);
        const auto before = rig.bodyBytes;
        rig.body(1, 100);
        rig.body(2, 200);
        rig.close(1);
        rig.takeAll();
        QCOMPARE(rig.bodyBytes, before + 200);
        rig.verifyBalance();
        const auto share = rig.share();
        QCOMPARE(share.offeredBytes, rig.feed.account().offeredBytes);
        QCOMPARE(share.deliveredBytes, rig.feed.account().deliveredBytes);
        QCOMPARE(share.lostBytes, rig.feed.account().lostBytes);
    }

    // What may wait is the client's own number when that is smaller than the ring.
    void aClientsOwnBudget()
    {
        FeedRig rig;
        wire::SetDelivery wish;
        wish.lagBytes = 8'000;
        rig.wish(wish);
        rig.open(1);
        for (int i = 0; i < 20; ++i) {
            rig.body(1, 1000);
            rig.feed.keepUp();
        }
        QVERIFY(rig.feed.account().lostBytes >= 12'000U); // the ring of 64 KiB had room for all
        rig.takeAll();
        rig.verifyBalance();
    }
};

QTEST_APPLESS_MAIN(TestFeedDelivery)
#include "tst_feed_delivery.moc"
