// SPDX-License-Identifier: Apache-2.0
// The accounting of a client's feed: offered = delivered + lost, to the byte, however slow it is,
// and what it is told agrees with what it is charged.
#include "feed_rig.h"

#include <map>
#include <random>

using namespace podglass;
using tests::FeedRig;
using tests::target;
using tests::web;

class TestEventFeed : public QObject
{
    Q_OBJECT

private slots:

    void aFastClientGetsAll()
    {
        FeedRig rig;
        rig.open(1);
        for (int i = 0; i < 500; ++i) {
            rig.head(1);
            rig.body(1, 100);
            rig.takeAll();
        }
        rig.close(1);
        rig.takeAll();
        rig.verifyBalance();
        QCOMPARE(rig.feed.account().offeredEvents, 1002U);
        QCOMPARE(rig.feed.account().lostEvents, 0U);
        QVERIFY(rig.feed.account().offeredBytes >= 50'000U);
    }

    void onlyWhatIsSubscribedIsOffered()
    {
        FeedRig rig;
        rig.open(1, 81);
        rig.head(1);
        rig.open(2);
        rig.takeAll();
        QCOMPARE(rig.feed.account().offeredEvents, 1U);
        rig.feed.unsubscribe(target, web);
        rig.head(2);
        rig.takeAll();
        QCOMPARE(rig.feed.account().offeredEvents, 1U);
        rig.verifyBalance();
    }

    void whateverTheClientDoes_data()
    {
        QTest::addColumn<unsigned>("seed");
        for (unsigned seed = 1; seed <= 30; ++seed)
            QTest::addRow("%u", seed) << seed;
    }

    void whateverTheClientDoes()
    {
        QFETCH(unsigned, seed);
        std::mt19937 random(seed);
        const auto upTo = [&random](std::size_t most) { return random() % (most + 1); };
        FeedRig rig;
        std::map<std::uint64_t, bool> connections; // to whether it has a request under way
        std::uint64_t next = 1;
        for (int step = 0; step < 6000; ++step) {
            if (connections.size() < 5 + seed && upTo(9) == 0) {
                rig.open(next);
                connections[next++] = false;
            } else if (!connections.empty()) {
                auto chosen =
                    std::next(connections.begin(), static_cast<int>(upTo(connections.size() - 1)));
                if (!chosen->second) {
                    rig.head(chosen->first);
                    chosen->second = true;
                } else if (upTo(5) == 0) {
                    rig.close(chosen->first);
                    connections.erase(chosen);
                } else if (upTo(3) == 0) {
                    rig.head(chosen->first);
                } else if (upTo(9) == 0) {
                    rig.gap(chosen->first, upTo(100'000));
                } else {
                    rig.body(chosen->first, upTo(1800));
                }
            }
            if (upTo(1) == 0 && seed % 3 != 0)
                rig.feed.keepUp(); // every third run the io thread stands still
            if (upTo(20) == 0)
                rig.take(upTo(seed % 2 == 0 ? 6000 : 40'000));
        }
        for (const auto& [connection, busy] : connections)
            rig.close(connection);
        rig.takeAll();
        rig.verifyBalance();
        QCOMPARE(rig.feed.account().offeredEvents, rig.ring.written().records);
        QCOMPARE(rig.feed.account().offeredBytes, rig.ring.written().payload);
        QVERIFY(rig.feed.account().lostEvents > 0);
        QVERIFY(rig.feed.account().deliveredEvents > 0);
    }
};

QTEST_APPLESS_MAIN(TestEventFeed)
#include "tst_event_feed.moc"
