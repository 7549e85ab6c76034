// SPDX-License-Identifier: Apache-2.0
#include "core/base/limits.h"
#include "core/wire/codec.h"

#include "tests/support/wire_samples.h"

#include <QTest>

using namespace podglass;

class TestFrame : public QObject
{
    Q_OBJECT

private slots:

    // Fed byte by byte, the same frames come out, each as soon as it is whole.
    void anyCutGivesTheSameFrames()
    {
        std::vector<std::uint8_t> stream;
        for (const wire::Message& message : test::sampleMessages())
            wire::encode(message, stream);
        for (const std::size_t step :
             {std::size_t{1}, std::size_t{7}, std::size_t{100}, stream.size()}) {
            wire::FrameBuffer buffer;
            std::vector<std::uint8_t> seen;
            std::size_t count = 0;
            for (std::size_t at = 0; at < stream.size(); at += step) {
                const std::size_t part = std::min(step, stream.size() - at);
                const auto room = buffer.prepare(part + 10); // more than is read
                std::memcpy(room.data(), stream.data() + at, part);
                buffer.commit(part);
                const auto complete = buffer.takeComplete();
                QVERIFY(bool(complete));
                seen.insert(seen.end(), complete->view().begin(), complete->view().end());
                wire::FrameWalk walk(complete->view());
                while (walk.next())
                    ++count;
            }
            QCOMPARE(seen, stream);
            QCOMPARE(count, test::sampleMessages().size());
        }
    }

    void refusesAnOversizedLengthBeforeItArrives()
    {
        wire::FrameBuffer buffer;
        const std::uint32_t lie = limits::frameBytes + 1;
        const auto room = buffer.prepare(12);
        std::memset(room.data(), 0, room.size());
        std::memcpy(room.data(), &lie, sizeof lie);
        buffer.commit(12);
        const auto complete = buffer.takeComplete();
        QVERIFY(!complete);
        QVERIFY(complete.error().what.find("1048577") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestFrame)
#include "tst_frame.moc"
