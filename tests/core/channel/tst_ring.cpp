// SPDX-License-Identifier: Apache-2.0
#include "core/channel/ring.h"

#include <cstring>
#include <thread>

#include <QTest>

#include <poll.h>

using namespace podglass;

namespace {

channel::RecordInfo info(std::uint64_t number)
{
    channel::RecordInfo info;
    info.connection = {number};
    info.payload = 3;
    info.beginsMessage = number % 2 == 0;
    info.at = static_cast<std::int64_t>(number);
    return info;
}

// A record whose every byte tells its number, so that a torn or reused byte is seen.
std::vector<std::uint8_t> record(std::uint64_t number, std::size_t size)
{
    return std::vector<std::uint8_t>(size, static_cast<std::uint8_t>(number * 37));
}

bool whole(const channel::Ring::Cursor::Record& got)
{
    const auto expected = static_cast<std::uint8_t>(got.info.connection.value * 37);
    return std::ranges::all_of(got.bytes, [&](std::uint8_t byte) { return byte == expected; });
}

} // namespace

class TestRing : public QObject
{
    Q_OBJECT

private slots:

    void everyCursorReadsEverything()
    {
        channel::Ring ring(4096, 1024);
        channel::Ring::Cursor a(ring);
        channel::Ring::Cursor b(ring);
        for (std::uint64_t i = 1; i <= 5; ++i)
            QVERIFY(ring.append(info(i), record(i, 10)));
        channel::Ring::Cursor late(ring);
        for (std::uint64_t i = 1; i <= 5; ++i) {
            QCOMPARE(a.next()->info.connection.value, i);
            QCOMPARE(b.next()->info.connection.value, i);
        }
        QVERIFY(!a.next());
        QVERIFY(!late.next());
        QCOMPARE(a.lag().records, 0U);
    }

    void recordInTwoPartsIsOne()
    {
        channel::Ring ring(4096, 1024);
        channel::Ring::Cursor cursor(ring);
        const std::vector<std::uint8_t> head{1, 2, 3};
        const std::vector<std::uint8_t> rest{4, 5};
        QVERIFY(ring.append(info(1), head, rest));
        QVERIFY(ring.append(info(2), record(2, 7)));
        const auto got = cursor.next();
        QVERIFY(got && std::ranges::equal(got->bytes, std::vector<std::uint8_t>{1, 2, 3, 4, 5}));
        QCOMPARE(cursor.next()->bytes.size(), 7U);
        QCOMPARE(ring.written().bytes, 12U);
    }

    // One wake-up for a batch, and one for each chunk of it: the reader is needed then.
    void aBatchWakesOnce()
    {
        channel::Ring ring(64 * 1024, 4 * 1024);
        const auto rung = [&ring] {
            pollfd wait{ring.wakeFd(), POLLIN, 0};
            return ::poll(&wait, 1, 0) == 1;
        };
        ring.arm();
        {
            const channel::Ring::Batch empty(ring);
        }
        QVERIFY(!rung());
        {
            const channel::Ring::Batch batch(ring);
            ring.append(info(1), record(1, 10));
            QVERIFY(!rung());
        }
        QVERIFY(rung());
        ring.arm();
        ring.append(info(2), record(2, 10));
        QVERIFY(rung()); // alone
        ring.arm();
        const channel::Ring::Batch large(ring);
        ring.append(info(3), record(3, 3000));
        QVERIFY(!rung());
        ring.append(info(4), record(4, 3000)); // a new chunk: the one before is full
        QVERIFY(rung());
    }

    void refusesARecordLargerThanAChunk()
    {
        channel::Ring ring(4096, 1024);
        QVERIFY(!ring.append(info(1), record(1, 1024)));
        QVERIFY(!ring.append(info(1), record(1, 512), record(1, 512)));
        QCOMPARE(ring.written().records, 0U);
    }

    // offered = delivered + lost, in records, messages and bytes.
    void overrunIsCountedExactly()
    {
        channel::Ring ring(4096, 1024);
        channel::Ring::Cursor cursor(ring);
        for (std::uint64_t i = 1; i <= 1000; ++i)
            ring.append(info(i), record(i, 100));
        channel::Totals delivered;
        while (const auto got = cursor.next()) {
            QVERIFY(whole(*got));
            ++delivered.records;
            delivered.messages += got->info.beginsMessage ? 1U : 0U;
            delivered.payload += got->info.payload;
            delivered.bytes += got->bytes.size();
        }
        const auto lost = cursor.takeOverrun();
        QVERIFY(lost.has_value());
        QVERIFY(lost->records > 900);
        QCOMPARE(ring.written() - *lost, delivered);
        QVERIFY(!cursor.takeOverrun());
    }

    void lagIsTheAgeOfTheOldestUnread()
    {
        channel::Ring ring(4096, 1024);
        channel::Ring::Cursor cursor(ring);
        QCOMPARE(cursor.lagNanoseconds(100), 0LL);
        ring.append(info(10), record(10, 8));
        ring.append(info(30), record(30, 8));
        QCOMPARE(cursor.lagNanoseconds(100), 90);
        cursor.next();
        QCOMPARE(cursor.lagNanoseconds(100), 70);
        QCOMPARE(cursor.lag().bytes, 8U);
    }

    // Nobody lags: two chunks carry everything, however much is written.
    void aRingThatIsFollowedStaysSmall()
    {
        channel::Ring ring(64 * 4096, 4096);
        channel::Ring::Cursor cursor(ring);
        for (std::uint64_t i = 1; i <= 5000; ++i) {
            ring.append(info(i), record(i, 500));
            QVERIFY(whole(*cursor.next()));
        }
        QVERIFY(!cursor.takeOverrun());
        QVERIFY(ring.memory() <= std::size_t{3 * 4096});
    }

    // Somebody lags: the ring grows to its size, and gives the memory back when all was read.
    void whatNobodyNeedsIsGivenBack()
    {
        channel::Ring ring(16 * 4096, 4096);
        channel::Ring::Cursor fast(ring);
        channel::Ring::Cursor slow(ring);
        constexpr std::uint64_t count = 90; // 15 of 16 chunks
        for (std::uint64_t i = 1; i <= count; ++i) {
            ring.append(info(i), record(i, 500));
            QVERIFY(fast.next());
        }
        QVERIFY(ring.memory() > std::size_t{10 * 4096});
        for (int second = 0; second < 3; ++second)
            ring.releaseIdle();
        for (std::uint64_t i = 1; i <= count; ++i) {
            const auto got = slow.next();
            QVERIFY(got && whole(*got));
            QCOMPARE(got->info.connection.value, i);
        }
        QVERIFY(!slow.takeOverrun());
        for (int second = 0; second < 3; ++second)
            ring.releaseIdle();
        QCOMPARE(ring.memory(), std::size_t{4096});
        // And it works as before.
        for (std::uint64_t i = 1; i <= 1000; ++i) {
            ring.append(info(i), record(i, 500));
            QVERIFY(whole(*fast.next()) && whole(*slow.next()));
        }
        QVERIFY(!slow.takeOverrun() && !fast.takeOverrun());
    }

    // Two rings share a budget that is smaller than both: it is never exceeded but by the least
    // number of chunks, and what one gives back the other may take.
    void ringsShareABudget()
    {
        auto budget = std::make_shared<channel::RingBudget>(20 * 4096);
        channel::Ring one(16 * 4096, 4096, budget);
        channel::Ring two(16 * 4096, 4096, budget);
        channel::Ring::Cursor ofOne(one);
        channel::Ring::Cursor ofTwo(two);
        for (std::uint64_t i = 1; i <= 500; ++i) {
            one.append(info(i), record(i, 500));
            two.append(info(i), record(i, 500));
        }
        QVERIFY(one.memory() + two.memory() <= std::size_t{20 * 4096});
        QVERIFY(one.memory() >= std::size_t{3 * 4096} && two.memory() >= std::size_t{3 * 4096});
        QVERIFY(one.reach() <= one.memory());
        while (ofOne.next()) {}
        QVERIFY(ofOne.takeOverrun());
        for (int second = 0; second < 3; ++second)
            one.releaseIdle();
        QVERIFY(two.reach() > two.memory());
        const std::size_t before = two.memory();
        for (std::uint64_t i = 1; i <= 500; ++i)
            two.append(info(i), record(i, 500));
        QVERIFY(two.memory() > before);
    }

    // The reader gives memory back while the writer writes: nothing tears, all is counted.
    void releasingBesideAWriter()
    {
        channel::Ring ring(32 * 4096, 4096);
        channel::Ring::Cursor cursor(ring);
        constexpr std::uint64_t count = 200'000;
        std::jthread writer([&] {
            for (std::uint64_t i = 1; i <= count; ++i)
                ring.append(info(i), record(i, i % 300));
        });
        std::uint64_t sum = 0;
        std::uint64_t turns = 0;
        while (sum < count) {
            const auto got = cursor.next();
            if (const auto lost = cursor.takeOverrun())
                sum += lost->records;
            if (got && !whole(*got))
                qFatal("torn record");
            sum += got ? 1U : 0U;
            if (++turns % 100 == 0)
                ring.releaseIdle();
        }
        QCOMPARE(sum, count);
    }

    // A writer at full speed, a fast and a dawdling cursor: no torn record, exact accounting.
    void writerNeverWaitsAndNothingTears()
    {
        channel::Ring ring(64 * 1024, 4096);
        channel::Ring::Cursor fast(ring);
        channel::Ring::Cursor slow(ring);
        constexpr std::uint64_t count = 200'000;
        std::jthread writer([&] {
            for (std::uint64_t i = 1; i <= count; ++i)
                ring.append(info(i), record(i, i % 200));
        });
        channel::Totals fastSum;
        channel::Totals slowSum;
        const auto read = [&](channel::Ring::Cursor& cursor, channel::Totals& sum) {
            const auto got = cursor.next();
            if (const auto lost = cursor.takeOverrun()) {
                sum.records += lost->records;
                sum.payload += lost->payload;
            }
            if (!got)
                return false;
            if (!whole(*got))
                qFatal("torn record");
            ++sum.records;
            sum.payload += got->info.payload;
            return true;
        };
        while (fastSum.records < count) {
            ring.arm();
            int turns = 0;
            while (read(fast, fastSum)) {
                if (++turns % 50 == 0)
                    read(slow, slowSum);
            }
            pollfd wait{ring.wakeFd(), POLLIN, 0};
            if (fastSum.records < count)
                QCOMPARE(::poll(&wait, 1, 10'000), 1);
        }
        while (read(slow, slowSum)) {}
        QCOMPARE(fastSum.records, count);
        QCOMPARE(slowSum.records, count);
        QCOMPARE(slowSum.payload, 3 * count);
    }
};

QTEST_APPLESS_MAIN(TestRing)
#include "tst_ring.moc"
