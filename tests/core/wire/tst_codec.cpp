// SPDX-License-Identifier: Apache-2.0
#include "core/base/digest.h"
#include "core/bytes/cursor.h"
#include "core/wire/codec.h"
#include "core/wire/encoder.h"

#include "tests/support/wire_samples.h"

#include <fstream>
#include <sstream>

#include <QTest>

using namespace podglass;

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes encoded(const wire::Message& message)
{
    Bytes out;
    wire::encode(message, out);
    return out;
}

Bytes encoded(const flow::Event& event)
{
    Bytes out;
    wire::encode(event, out);
    return out;
}

wire::Frame onlyFrame(const Bytes& bytes)
{
    wire::FrameWalk walk(bytes);
    const auto frame = walk.next();
    Q_ASSERT(frame && !walk.next());
    return *frame;
}

// One line a frame, as tests/golden/wire/frames.txt holds it.
std::string goldenText()
{
    std::ostringstream text;
    for (const wire::Message& message : test::sampleMessages())
        text << base::hex(encoded(message)) << '\n';
    const test::SampleEvents samples;
    for (const flow::Event& event : samples.events)
        text << base::hex(encoded(event)) << '\n';
    return text.str();
}

} // namespace

class TestCodec : public QObject
{
    Q_OBJECT

private slots:

    // encode(decode(bytes)) == bytes proves every field, since every sample field is set.
    void messagesRoundTrip()
    {
        for (const wire::Message& message : test::sampleMessages()) {
            const Bytes bytes = encoded(message);
            const wire::Frame frame = onlyFrame(bytes);
            QCOMPARE(wire::kindOf(frame), wire::FrameKind::Control);
            const auto decoded = wire::decodeMessage(frame);
            QVERIFY(bool(decoded));
            QCOMPARE(decoded->index(), message.index());
            QCOMPARE(encoded(*decoded), bytes);
        }
        QCOMPARE(test::sampleMessages().size(), std::variant_size_v<wire::Message>);
    }

    void eventsRoundTrip()
    {
        const test::SampleEvents samples;
        for (const flow::Event& event : samples.events) {
            const Bytes bytes = encoded(event);
            flow::EventBatch batch;
            QVERIFY(bool(wire::decodeEvent(onlyFrame(bytes), batch)));
            QCOMPARE(batch.events.size(), std::size_t{1});
            QCOMPARE(batch.events[0].body.index(), event.body.index());
            QCOMPARE(encoded(batch.events[0]), bytes);
        }
    }

    void decodedHeadBorrowsFromTheFrame()
    {
        const test::SampleEvents samples;
        const Bytes bytes = encoded(samples.events[3]);
        flow::EventBatch batch;
        QVERIFY(bool(wire::decodeEvent(onlyFrame(bytes), batch)));
        const auto& head = std::get<flow::RequestHead>(batch.events[0].body);
        QCOMPARE(head.target, "/cart?x=1");
        QCOMPARE(head.fields[1].name, "X-User-Id");
        QCOMPARE(head.fields[1].value, "qa-7");
        QVERIFY(reinterpret_cast<const std::uint8_t*>(head.method.data()) > bytes.data());
    }

    // Every truncation and every extension of a payload is an error, never a crash.
    void cutFramesAreErrors()
    {
        const test::SampleEvents samples;
        std::vector<Bytes> all;
        for (const wire::Message& message : test::sampleMessages())
            all.push_back(encoded(message));
        Bytes tagged;
        for (const flow::Event& event : samples.events) {
            all.push_back(encoded(event));
            const auto* opened = std::get_if<flow::ConnectionOpened>(&event.body);
            if (opened != nullptr && opened->vlans.front() != 0)
                tagged = all.back();
        }
        QVERIFY(!tagged.empty());
        for (const Bytes& bytes : all) {
            const wire::Frame whole = onlyFrame(bytes);
            Bytes longer(whole.payload.begin(), whole.payload.end());
            longer.push_back(0);
            for (std::size_t length = 0; length <= longer.size(); ++length) {
                if (length == whole.payload.size())
                    continue;
                // Without its last four bytes it is what 1.1 sends for a connection without VLAN.
                if (bytes == tagged && length + 4 == whole.payload.size())
                    continue;
                wire::Frame cut = whole;
                cut.payload = bytes::ByteView(longer).first(length);
                flow::EventBatch batch;
                if (wire::kindOf(cut) == wire::FrameKind::Control)
                    QVERIFY(!wire::decodeMessage(cut));
                else
                    QVERIFY(!wire::decodeEvent(cut, batch));
            }
        }
    }

    void liesAboutCountsAllocateNothing()
    {
        wire::Scratch scratch;
        const std::size_t mark = wire::beginFrame(scratch, 4, 0); // TargetList
        for (const std::uint32_t number : {1U, 0xffffffffU})
            wire::Encoder::store(scratch.take(sizeof number), number);
        wire::finishFrame(scratch, mark);
        QVERIFY(
            !wire::decodeMessage(onlyFrame(Bytes(scratch.view().begin(), scratch.view().end()))));
    }

    void unknownTypesAreSkippedUnlessTheyMustBeUnderstood()
    {
        wire::Frame frame{9'000, 0, 0, {}};
        QCOMPARE(wire::kindOf(frame), wire::FrameKind::Unknown);
        QVERIFY(!wire::refuseUnknown(frame));
        frame.flags = 1;
        QVERIFY(wire::refuseUnknown(frame).has_value());
    }

    // The bytes never change within a major version: FORMAT.md, tests/golden/wire/frames.txt.
    void goldenBytes()
    {
        std::ifstream file(PODGLASS_GOLDEN "/wire/frames.txt");
        std::ostringstream golden;
        golden << file.rdbuf();
        const std::string now = goldenText();
        if (qEnvironmentVariableIsSet("PODGLASS_WRITE_GOLDEN"))
            std::ofstream(PODGLASS_GOLDEN "/wire/frames.txt") << now;
        else
            QCOMPARE(now, golden.str());
    }
};

QTEST_APPLESS_MAIN(TestCodec)
#include "tst_codec.moc"
