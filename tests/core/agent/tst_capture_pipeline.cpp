// SPDX-License-Identifier: Apache-2.0
// F16: a pipeline that pauses for lack of memory keeps nothing and counts what passes, to the byte.
#ifndef Q_MOC_RUN // moc 6.4 cannot read <concepts> as this order of headers brings it in
#include "core/agent/capture_pipeline.h"
#include "core/agent/event_feed.h"
#include "core/wire/codec.h"
#endif

#include "tests/support/packet_builder.h"

#include <QTest>

using namespace podglass;
using support::ackFlag;
using support::synFlag;

namespace {

constexpr base::TargetId target{1};
constexpr std::uint16_t web = 80;
constexpr std::size_t plenty = 1 << 20;

struct Rig
{
    Rig()
    {
        agent::CapturePlan plan;
        plan.ports = {{web, true}};
        pipeline.setPlan(plan);
        feed.follow(ring, target);
        feed.subscribe(target, web);
    }

    // From the client; offsets count from the first byte behind the SYN.
    void send(std::uint32_t offset, const std::string& payload, std::uint8_t flags = ackFlag)
    {
        support::TcpSpec spec;
        spec.source = client;
        spec.destination = server;
        spec.sequence = firstByte + offset;
        spec.acknowledgement = 1;
        spec.flags = flags;
        spec.payload = payload;
        const support::Bytes frame = support::ethernetBytes(support::ipBytes(spec));
        at.nanoseconds += 1'000;
        pipeline.onPacket(support::packetOf(frame, at));
    }

    // Everything new, as the client reads it.
    void read()
    {
        std::vector<std::uint8_t> out;
        do {
            out.clear();
            feed.fill(out, plenty, {});
            wire::FrameWalk walk(out);
            while (const auto frame = walk.next()) {
                flow::EventBatch batch;
                QVERIFY(wire::decodeEvent(*frame, batch));
                for (const flow::Event& event : batch.events)
                    note(event);
            }
        } while (!out.empty());
    }

    void note(const flow::Event& event)
    {
        shown += flow::payloadBytes(event);
        if (const auto* opened = std::get_if<flow::ConnectionOpened>(&event.body))
            joinedLate += opened->joinedLate ? 1U : 0U;
        if (const auto* closed = std::get_if<flow::ConnectionClosed>(&event.body))
            evicted += closed->reason == flow::CloseReason::Evicted ? 1U : 0U;
    }

    static constexpr std::uint32_t firstByte = 1'000;

    flow::Endpoint client = flow::Endpoint::v4(0x0a000001, 40'000);
    flow::Endpoint server = flow::Endpoint::v4(0x0a000002, web);
    base::Timestamp at{1'700'000'000'000'000'000};
    channel::Ring ring{64 * 1024, 4 * 1024};
    agent::CapturePipeline pipeline{target, ring, 0};
    agent::EventFeed feed;
    std::uint64_t shown = 0;
    std::uint64_t joinedLate = 0;
    std::uint64_t evicted = 0;
};

} // namespace

class TestCapturePipeline : public QObject
{
    Q_OBJECT

private slots:

    void aPauseKeepsNothingAndCountsWhatPasses()
    {
        Rig rig;
        const std::string words(100, '\x01'); // no HTTP: shown as it comes
        rig.send(0, words);
        QCOMPARE(rig.pipeline.figures().openConnections, 1U);
        rig.pipeline.pause(true);
        QCOMPARE(rig.pipeline.figures().openConnections, 0U);
        rig.send(100, words);
        rig.send(200, words);
        rig.send(300, words);
        QCOMPARE(rig.pipeline.figures().openConnections, 0U);
        rig.pipeline.pause(false);
        rig.send(400, words);
        rig.pipeline.stop();
        rig.read();
        QCOMPARE(rig.evicted, 1U);
        QCOMPARE(rig.joinedLate, 2U);
        QCOMPARE(rig.shown, 200U);
        QCOMPARE(rig.pipeline.figures().unseenPackets, 3U);
        QCOMPARE(rig.pipeline.figures().unseenBytes, 300U);
    }

    void aSynDuringThePauseOpensNothing()
    {
        Rig rig;
        rig.pipeline.pause(true);
        for (std::uint16_t port = 1; port < 1'000; ++port) {
            rig.client.port = port;
            rig.send(static_cast<std::uint32_t>(-1), "", synFlag);
            rig.send(0, "GET / HTTP/1.1\r\n\r\n");
        }
        QCOMPARE(rig.pipeline.figures().openConnections, 0U);
        QCOMPARE(rig.ring.written().records, 0U);
    }
};

QTEST_APPLESS_MAIN(TestCapturePipeline)
#include "tst_capture_pipeline.moc"
