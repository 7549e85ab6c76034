// SPDX-License-Identifier: Apache-2.0
#include "core/channel/channel.h"

#include <thread>

#include <QTest>

#include <poll.h>

using namespace podglass;

namespace {

bool rings(int fd, int milliseconds)
{
    pollfd wait{fd, POLLIN, 0};
    return ::poll(&wait, 1, milliseconds) == 1;
}

} // namespace

class TestChannel : public QObject
{
    Q_OBJECT

private slots:

    void refusesWhenFullAndTellsWhenThereIsRoom()
    {
        channel::Channel<int> channel(10);
        int item = 1;
        QVERIFY(channel.push(item, 8));
        QVERIFY(!channel.push(item, 8));
        QVERIFY(!rings(channel.spaceFd().get(), 0));
        QCOMPARE(channel.take().size(), std::size_t{1});
        QVERIFY(rings(channel.spaceFd().get(), 0));
        QCOMPARE(channel.cost(), std::size_t{0});
    }

    void oneHugeItemPasses()
    {
        channel::Channel<int> channel(10);
        int item = 1;
        QVERIFY(channel.push(item, 1'000));
    }

    // A producer stopped by a full channel, woken by room: every item arrives once, in order.
    void handsOverBetweenThreads()
    {
        channel::Channel<int> channel(64);
        constexpr int count = 20'000;
        std::jthread producer([&] {
            for (int i = 0; i < count; ++i) {
                int item = i;
                while (!channel.push(item, 1)) {
                    rings(channel.spaceFd().get(), 10'000);
                    io::silence(channel.spaceFd());
                }
            }
        });
        int expected = 0;
        while (expected < count) {
            QVERIFY(rings(channel.wakeFd(), 10'000));
            for (const int item : channel.take())
                QCOMPARE(item, expected++);
        }
    }
};

QTEST_APPLESS_MAIN(TestChannel)
#include "tst_channel.moc"
