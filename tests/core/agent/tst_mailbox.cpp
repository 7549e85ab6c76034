// SPDX-License-Identifier: Apache-2.0
#include "core/agent/mailbox.h"

#include <array>
#include <cstdint>
#include <memory>
#include <thread>

#include <QTest>

#include <poll.h>

using namespace podglass;

namespace {

struct Note
{
    int writer = 0;
    int number = 0;
    std::unique_ptr<int> owned; // what is put in is moved, not copied; a leak is seen by asan
};

constexpr int notesEach = 20'000;

void writeAll(agent::Mailbox<Note>& box, int writer)
{
    for (int number = 0; number < notesEach; ++number)
        box.put({writer, number, std::make_unique<int>(number)});
}

bool rings(const agent::Mailbox<Note>& box, int patience)
{
    pollfd bell{box.wakeFd(), POLLIN, 0};
    return ::poll(&bell, 1, patience) == 1;
}

} // namespace

class TestMailbox : public QObject
{
    Q_OBJECT

private slots:

    void oldestFirst()
    {
        agent::Mailbox<Note> box;
        QVERIFY(!rings(box, 0));
        for (int number = 0; number < 3; ++number)
            box.put({0, number, nullptr});
        QVERIFY(rings(box, 0));
        const auto notes = box.take();
        QCOMPARE(notes.size(), std::size_t(3));
        for (int number = 0; number < 3; ++number)
            QCOMPARE(notes.at(static_cast<std::size_t>(number)).number, number);
        QVERIFY(!rings(box, 0));
        QVERIFY(box.take().empty());
    }

    void whatIsLeftInItIsFreed()
    {
        const auto owned = std::make_shared<int>(1);
        {
            agent::Mailbox<std::shared_ptr<int>> box;
            box.put(owned);
            box.put(owned);
            QCOMPARE(owned.use_count(), 3L);
        }
        QCOMPARE(owned.use_count(), 1L);
    }

    // A reader that only wakes when the bell rings gets every note, each writer's in its order.
    void twoWritersAndAReaderThatSleeps()
    {
        agent::Mailbox<Note> box;
        std::thread first(writeAll, std::ref(box), 0);
        std::thread second(writeAll, std::ref(box), 1);
        std::array<int, 2> next{};
        bool inOrder = true;
        bool woken = true;
        while (woken && next[0] + next[1] < 2 * notesEach) {
            woken = rings(box, 10'000);
            for (const Note& note : box.take()) {
                int& expected = next.at(static_cast<std::size_t>(note.writer));
                inOrder = inOrder && note.number == expected && *note.owned == expected;
                ++expected;
            }
        }
        first.join();
        second.join();
        QVERIFY2(woken, "a note lay in the box and the bell was silent");
        QVERIFY(inOrder);
        QCOMPARE(next[0], notesEach);
        QCOMPARE(next[1], notesEach);
    }
};

QTEST_APPLESS_MAIN(TestMailbox)
#include "tst_mailbox.moc"
