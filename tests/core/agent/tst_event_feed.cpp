// SPDX-License-Identifier: Apache-2.0
// The accounting of a client's feed: offered = delivered + lost, to the byte, however slow it is,
// and what it is told agrees with what it is charged.
#ifndef Q_MOC_RUN // moc 6.4 cannot read <concepts> as this order of headers brings it in
#include "core/agent/event_feed.h"
#include "core/agent/event_writer.h"
#include "core/wire/codec.h"
#endif

#include <map>
#include <random>
#include <set>

#include <QTest>

using namespace podglass;

namespace {

constexpr base::TargetId target{1};
constexpr std::uint16_t web = 80;
constexpr std::size_t ringBytes = 64 * 1024;
constexpr std::size_t chunkBytes = 4 * 1024;
constexpr std::size_t plenty = 1 << 20;

// A writer's side, one client's feed, and what the client made of the frames.
struct Rig
{
    Rig()
    {
        feed.follow(ring, target);
        feed.subscribe(target, web, 1 << 30);
    }

    template <typename Body>
    void write(std::uint64_t connection, Body body)
    {
        writer.onEvent({target, {connection}, {}, std::move(body)});
    }

    void open(std::uint64_t connection, std::uint16_t port = web)
    {
        flow::ConnectionOpened opened;
        opened.server.port = port;
        write(connection, opened);
    }

    void head(std::uint64_t connection)
    {
        flow::RequestHead head;
        head.exchange = {++exchange};
        head.method = "GET";
        head.target = "/";
        write(connection, head);
    }

    void body(std::uint64_t connection, std::size_t size)
    {
        flow::BodyData data;
        data.exchange = {exchange};
        data.offset = offset;
        data.data = bytes::ByteView(filler.data(), size);
        offset += size;
        write(connection, data);
    }

    void end(std::uint64_t connection, std::uint64_t length)
    {
        flow::MessageEnd end;
        end.exchange = {exchange};
        end.bodyBytes = length;
        write(connection, end);
        offset = 0;
    }

    void gap(std::uint64_t connection, std::uint64_t length)
    {
        flow::Gap gap;
        gap.length = length;
        write(connection, gap);
    }

    void wish(wire::SetDelivery wanted)
    {
        wanted.target = target;
        wanted.port = web;
        QVERIFY(feed.setDelivery(wanted));
    }

    // The last word on the port.
    wire::DeliveryState share()
    {
        const auto states = feed.deliveries();
        return states.empty() ? wire::DeliveryState{} : states.front();
    }

    void close(std::uint64_t connection) { write(connection, flow::ConnectionClosed{}); }

    // The client takes up to `most` bytes.
    std::size_t take(std::size_t most)
    {
        std::vector<std::uint8_t> out;
        feed.fill(out, most, {});
        withinBounds = withinBounds && out.size() <= most;
        wire::FrameWalk walk(out);
        while (const auto frame = walk.next()) {
            flow::EventBatch batch;
            understood = understood && wire::decodeEvent(*frame, batch);
            for (const flow::Event& event : batch.events)
                receive(event);
        }
        return out.size();
    }

    void takeAll()
    {
        while (take(plenty) > 0) {}
    }

    void receive(const flow::Event& event)
    {
        if (const auto* lost = std::get_if<flow::Lost>(&event.body)) {
            told.lostEvents += lost->events;
            told.lostBytes += lost->bytes;
            budgetEvents += lost->place == flow::LossPlace::Budget ? lost->events : 0;
            if (event.connection)
                lossy.insert(event.connection);
            else
                unattributed += lost->events;
            // Without its head nothing of a message may come.
            if (event.connection && lost->messages > 0)
                inPieces.insert(event.connection);
            return;
        }
        ++told.deliveredEvents;
        told.deliveredBytes += agent::accountedBytes(event);
        if (std::holds_alternative<flow::RequestHead>(event.body))
            ++heads;
        if (const auto* end = std::get_if<flow::MessageEnd>(&event.body))
            withheld = end->bodyBytesWithheld;
        if (const auto* closed = std::get_if<flow::ConnectionClosed>(&event.body))
            lagged += closed->reason == flow::CloseReason::Lagged ? 1U : 0U;
        if (std::holds_alternative<flow::BodyData>(event.body))
            bodyBytes += flow::payloadBytes(event);
        // After the loss of a head a connection goes on with a message's beginning or its end.
        if (flow::beginsMessage(event)
            || std::holds_alternative<flow::ConnectionClosed>(event.body))
            inPieces.erase(event.connection);
        halfMessages += inPieces.contains(event.connection) ? 1U : 0U;
    }

    // Everything was taken: nothing is owed any more.
    void verifyBalance() const
    {
        const agent::Account& account = feed.account();
        QVERIFY(withinBounds);
        QVERIFY(understood);
        QCOMPARE(account.offeredEvents, account.deliveredEvents + account.lostEvents);
        QCOMPARE(account.offeredBytes, account.deliveredBytes + account.lostBytes);
        QCOMPARE(told.deliveredEvents, account.deliveredEvents);
        QCOMPARE(told.deliveredBytes, account.deliveredBytes);
        QCOMPARE(told.lostEvents, account.lostEvents);
        QCOMPARE(told.lostBytes, account.lostBytes);
        QCOMPARE(halfMessages, 0U);
    }

    channel::Ring ring{ringBytes, chunkBytes};
    agent::EventWriter writer{ring};
    agent::EventFeed feed;
    std::vector<std::uint8_t> filler = std::vector<std::uint8_t>(chunkBytes / 2, 'x');
    std::uint64_t exchange = 0;
    std::uint64_t offset = 0;
    agent::Account told;
    std::set<base::ConnectionId> inPieces;
    std::set<base::ConnectionId> lossy;
    std::uint64_t heads = 0;
    std::uint64_t bodyBytes = 0;
    std::uint64_t withheld = 0;
    std::uint64_t lagged = 0;
    std::uint64_t budgetEvents = 0;
    std::uint64_t unattributed = 0;
    std::uint64_t halfMessages = 0;
    bool withinBounds = true;
    bool understood = true;
};

} // namespace

class TestEventFeed : public QObject
{
    Q_OBJECT

private slots:

    void aFastClientGetsAll()
    {
        Rig rig;
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
        Rig rig;
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

    // The io thread keeps up, the client does not: what is lost is known by connection.
    void aClientThatTakesNothing()
    {
        Rig rig;
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
        Rig rig;
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

    // The other setting: a connection that lost something is over for this client, with a count.
    void aLaggingConnectionIsClosed()
    {
        Rig rig;
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
        Rig rig;
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

    // F16: short of memory, a client that takes nothing holds hardly any of the ring.
    void aSqueezedFeedHoldsLittle()
    {
        channel::Ring ring(std::size_t{4} << 20, 64 * 1024);
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

    // Two clients, two limits, one encoded frame.
    void bodyLimitsAreEachClientsOwn()
    {
        Rig rig;
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
        Rig rig;
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
        Rig rig;
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

    // The io thread itself stood still, and the writer overtook it.
    void anOverrunIsCountedToTheByte()
    {
        Rig rig;
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
        Rig rig;
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
        Rig rig;
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

    // What a Gap names is not sent, so it uses nothing of what may be sent in a second.
    void gapsDoNotCountAgainstTheCap()
    {
        Rig rig;
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

    // The record met right behind an overrun has no room: it is lost too, and counted once.
    void anOverrunWithoutRoom()
    {
        Rig rig;
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
        Rig rig;
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
        Rig rig;
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
        Rig rig;
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
        Rig rig;
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
