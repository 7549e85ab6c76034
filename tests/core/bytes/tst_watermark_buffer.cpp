// SPDX-License-Identifier: Apache-2.0
#include "core/bytes/watermark_buffer.h"

#include <deque>
#include <random>

#include <QTest>

using namespace podglass;

class TestWatermarkBuffer : public QObject
{
    Q_OBJECT

private slots:

    void takesOnlyWhatFits()
    {
        bytes::WatermarkBuffer buffer(4);
        QCOMPARE(buffer.append(bytes::asBytes("abcdef")), std::size_t{4});
        QVERIFY(buffer.full());
        buffer.consume(1);
        QCOMPARE(buffer.append(bytes::asBytes("XY")), std::size_t{1});
        QCOMPARE(bytes::asText(buffer.view()), "bcdX");
    }

    // Any mix of appends, reads into prepared room and consumes equals a plain queue.
    void equalsAQueue()
    {
        std::mt19937 random(7);
        bytes::WatermarkBuffer buffer(100);
        std::deque<std::uint8_t> shadow;
        std::uint8_t next = 0;
        for (int i = 0; i < 20'000; ++i) {
            const std::size_t count = random() % 40;
            if (random() % 3 == 0) {
                buffer.consume(count);
                shadow.erase(shadow.begin(),
                             shadow.begin() + static_cast<long>(std::min(count, shadow.size())));
            } else if (random() % 2 == 0) {
                const auto room = buffer.prepare(count);
                const std::size_t used = room.empty() ? 0 : random() % (room.size() + 1);
                for (std::size_t k = 0; k < used; ++k)
                    shadow.push_back(room[k] = next++);
                buffer.commit(used);
            } else {
                std::vector<std::uint8_t> more(count);
                for (auto& byte : more)
                    byte = next++;
                const std::size_t taken = buffer.append(more);
                shadow.insert(shadow.end(), more.begin(), more.begin() + static_cast<long>(taken));
                next = static_cast<std::uint8_t>(next - (count - taken));
            }
            QVERIFY(std::ranges::equal(buffer.view(), shadow));
            QVERIFY(buffer.size() <= 100);
        }
    }
};

QTEST_APPLESS_MAIN(TestWatermarkBuffer)
#include "tst_watermark_buffer.moc"
