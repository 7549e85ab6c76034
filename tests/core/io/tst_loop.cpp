// SPDX-License-Identifier: Apache-2.0
#include "core/io/loop.h"

#include <thread>

#include <QTest>

#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

using namespace podglass;

class TestLoop : public QObject
{
    Q_OBJECT

private slots:

    // A descriptor number closed and reused inside a round must not get the old watch's event.
    void removedWatchIsNotCalled()
    {
        io::Loop loop;
        const io::Fd first = io::makeEventFd();
        const io::Fd second = io::makeEventFd();
        int calls = 0;
        const auto removeOther = [&](int other) {
            ++calls;
            loop.unwatch(other);
        };
        QVERIFY(loop.watch(first.get(), EPOLLIN, [&](auto) { removeOther(second.get()); }));
        QVERIFY(loop.watch(second.get(), EPOLLIN, [&](auto) { removeOther(first.get()); }));
        io::ring(first);
        io::ring(second);
        loop.runOnce(std::chrono::seconds(1));
        QCOMPARE(calls, 1);
    }

    void timersRunInOrderAndCanBeCancelled()
    {
        io::Loop loop;
        std::string order;
        loop.after(std::chrono::milliseconds(2), [&] { order += 'b'; });
        loop.after(std::chrono::milliseconds(1), [&] { order += 'a'; });
        const auto cancelled = loop.after(std::chrono::milliseconds(1), [&] { order += 'x'; });
        loop.cancel(cancelled);
        loop.after(std::chrono::milliseconds(3), [&] { loop.stop(); });
        loop.run();
        QCOMPARE(order, "ab");
    }

    void postsFromOtherThreads()
    {
        io::Loop loop;
        int sum = 0;
        std::jthread other([&] {
            for (int i = 1; i <= 1000; ++i)
                loop.post([&sum, i] { sum += i; });
            loop.stop();
        });
        loop.run();
        QCOMPARE(sum, 500'500);
    }
};

QTEST_APPLESS_MAIN(TestLoop)
#include "tst_loop.moc"
