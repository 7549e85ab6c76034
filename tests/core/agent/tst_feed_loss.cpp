// SPDX-License-Identifier: Apache-2.0
// A client or the io thread that falls behind: bodies go before heads, and every loss is told where
// it was, counted once and to the byte.
#include "feed_rig.h"

using namespace podglass;
using tests::FeedRig;
using tests::target;
using tests::web;

class TestFeedLoss : public QObject
{
    Q_OBJECT

private slots:

    // The io thread keeps up, the client does not: what is lost is known by connection.
    void aClientThatTakesNothing()
    {
        FeedRig rig;
        rig.open(1);
        rig.head(1);
        for (int i = 0; i < 400; ++i) {
            rig.body(1, 1000);
            rig.feed.keepUp();
        }
        QVERIFY(rig.feed.account().lostEvents > 300U);
        rig.takeAll();
        QCOMPARE(rig.unattributed, 0U);
        QVERIFY(rig.lossy.contains({1}));
        QCOMPARE(rig.heads, 1U); // bodies went first
        QCOMPARE(rig.told.deliveredBytes, rig.feed.account().deliveredBytes);
        rig.body(1, 10);
        rig.head(1);
        rig.takeAll();
        QCOMPARE(rig.heads, 2U);
        rig.verifyBalance();
        QCOMPARE(rig.feed.account().offeredEvents, 404U);
        QCOMPARE(rig.feed.account().offeredEvents, rig.ring.written().records);
        QCOMPARE(rig.feed.account().offeredBytes, rig.ring.written().payload);
    }

    // Heads before bodies: of many exchanges every head and end arrives, of the bodies what fits.
    void headsComeBeforeBodies()
    {
        FeedRig rig;
        rig.open(1);
        for (int i = 0; i < 500; ++i) {
            rig.head(1);
            rig.body(1, 1500);
            rig.end(1, 1500);
            rig.feed.keepUp();
        }
        rig.takeAll();
        QCOMPARE(rig.heads, 500U);
        QVERIFY(rig.feed.account().lostBytes > 500'000U);
        QCOMPARE(rig.halfMessages, 0U);
        rig.verifyBalance();
        QCOMPARE(rig.feed.account().offeredBytes, rig.ring.written().payload);
    }

    // F16: short of memory, a client that takes nothing holds hardly any of the ring.
    void aSqueezedFeedHoldsLittle()
    {
        channel::Ring ring(std::size_t{4} << 20, std::size_t{64} * 1024);
        agent::EventWriter writer(ring);
        agent::EventFeed feed;
        feed.follow(ring, target);
        feed.subscribe(target, web);
        flow::ConnectionOpened opened;
        opened.server.port = web;
        writer.onEvent({target, {1}, {}, opened});
        const std::vector<std::uint8_t> filler(10'000, 'x');
        const auto lag = [&feed] { return feed.lag({}).bytes; };
        for (int i = 0; i < 100; ++i) {
            writer.onEvent({target, {1}, {}, flow::StreamData{{}, 0, filler}});
            feed.keepUp();
        }
        QVERIFY(lag() >= 1'000'000U);
        feed.squeeze(true);
        feed.keepUp();
        QVERIFY(lag() <= limits::ringChunkBytes);
        QVERIFY(feed.account().lostBytes >= 700'000U);
        for (int i = 0; i < 6; ++i)
            ring.releaseIdle();
        QVERIFY(ring.memory() <= 2 * limits::ringChunkBytes);
    }

    // The io thread itself stood still, and the writer overtook it.
    void anOverrunIsCountedToTheByte()
    {
        FeedRig rig;
        rig.open(1);
        rig.takeAll();
        rig.head(1);
        for (int i = 0; i < 500; ++i)
            rig.body(1, 1000);
        rig.close(1);
        rig.takeAll();
        QVERIFY(rig.unattributed > 400U);
        rig.verifyBalance();
        QCOMPARE(rig.feed.account().offeredEvents, rig.ring.written().records);
        QCOMPARE(rig.feed.account().offeredBytes, rig.ring.written().payload);
    }

    // Bytes that the capture missed are missing for the client too when their Gap is shed.
    void gapsThatAreShedCountTheirBytes()
    {
        FeedRig rig;
        rig.open(1);
        rig.takeAll();
        constexpr std::uint64_t missed = 65'000;
        std::uint64_t sent = 0;
        const std::size_t many = limits::savedHeadBytes / 32; // more than is saved beside the ring
        for (std::size_t i = 0; i < many; ++i) {
            rig.body(1, 100);
            rig.gap(1, missed);
            sent += 100 + missed;
            rig.feed.keepUp();
        }
        rig.takeAll();
        QCOMPARE(rig.unattributed, 0U);
        QVERIFY(rig.told.lostBytes > missed);
        QCOMPARE(rig.told.deliveredBytes + rig.told.lostBytes, sent);
        rig.verifyBalance();
    }

    // Likewise when the writer overtook the io thread.
    void gapsThatAreOverwrittenCountTheirBytes()
    {
        FeedRig rig;
        rig.open(1);
        rig.takeAll();
        constexpr std::uint64_t missed = std::uint64_t{5}
                                         << 30; // one number of 32 bits is too small
        for (int i = 0; i < 500; ++i) {
            rig.body(1, 1000);
            rig.gap(1, missed);
        }
        rig.takeAll();
        QVERIFY(rig.unattributed > 400U);
        QCOMPARE(rig.told.deliveredBytes + rig.told.lostBytes, 500 * (1000 + missed));
        rig.verifyBalance();
    }

    // The record met right behind an overrun has no room: it is lost too, and counted once.
    void anOverrunWithoutRoom()
    {
        FeedRig rig;
        rig.open(1);
        rig.takeAll();
        for (int i = 0; i < 500; ++i)
            rig.body(1, 1000);
        for (std::size_t most = 0; most < 2000; most += 50)
            rig.take(most);
        for (int i = 0; i < 500; ++i) {
            rig.body(1, 1000);
            if (i % 100 == 99)
                rig.take(200);
        }
        rig.close(1);
        rig.takeAll();
        rig.verifyBalance();
        QCOMPARE(rig.feed.account().offeredEvents, rig.ring.written().records);
        QCOMPARE(rig.feed.account().offeredBytes, rig.ring.written().payload);
    }

    void aConnectionThatCameAndWentInTheLoss()
    {
        FeedRig rig;
        rig.open(1);
        rig.head(1);
        rig.open(2);
        rig.head(2);
        rig.close(2);
        rig.open(3);
        for (int i = 0; i < 100; ++i) {
            rig.body(1, 1000);
            rig.feed.keepUp();
        }
        rig.close(1);
        rig.close(3);
        rig.takeAll();
        rig.verifyBalance();
        QCOMPARE(rig.feed.account().offeredEvents, rig.ring.written().records);
    }

    // More connections lose something than the ledger keeps apart: the sums stay right.
    void moreConnectionsThanTheLedgerKeeps()
    {
        FeedRig rig;
        const std::uint64_t many = limits::losingConnections + 500;
        for (std::uint64_t connection = 1; connection <= many; ++connection)
            rig.open(connection);
        rig.takeAll();
        const std::uint64_t before = rig.feed.account().lostEvents;
        for (std::uint64_t connection = 1; connection <= many; ++connection) {
            rig.head(connection);
            rig.body(connection, 300);
            rig.feed.keepUp();
        }
        QVERIFY(rig.feed.account().lostEvents > before);
        for (std::uint64_t connection = 1; connection <= many; ++connection) {
            rig.close(connection);
            rig.feed.keepUp();
        }
        rig.takeAll();
        QVERIFY(rig.unattributed > 0);
        QCOMPARE(rig.feed.account().offeredEvents, rig.ring.written().records);
        QCOMPARE(rig.feed.account().offeredEvents,
                 rig.feed.account().deliveredEvents + rig.feed.account().lostEvents);
        QCOMPARE(rig.told.lostEvents, rig.feed.account().lostEvents);
        QCOMPARE(rig.told.lostBytes, rig.feed.account().lostBytes);
    }

    // Its opening is owed until its next message, but its end is overwritten unread: the opening is
    // told all the same, not owed for ever.
    void theEndOfAConnectionIsOverwritten()
    {
        FeedRig rig;
        rig.open(1);
        for (int i = 0; i < 100; ++i) {
            rig.open(2);
            rig.close(2);
            rig.feed.keepUp();
        }
        for (int i = 0; i < 40; ++i) {
            rig.body(3, 1000);
            rig.feed.keepUp();
        }
        rig.close(1);
        for (int i = 0; i < 500; ++i)
            rig.body(3, 1000);
        rig.takeAll();
        rig.verifyBalance();
    }
};

QTEST_APPLESS_MAIN(TestFeedLoss)
#include "tst_feed_loss.moc"
