// SPDX-License-Identifier: Apache-2.0
// When clients are told of what the proxies saw: not in the middle of the proxies' work, once for
// many events, and of all of them.
#include <QtTest>

#ifndef Q_MOC_RUN // moc 6.4 cannot read <concepts> as this order of headers brings it in
#include "core/agent/proxy_events.h"
#endif

using namespace podglass;

namespace {

constexpr base::TargetId target{1};

struct Rig
{
    io::Loop loop;
    int told = 0;
    std::size_t openAtLast = 0;
    agent::ProxyEvents events{loop, {}, [this] {
                                  ++told;
                                  openAtLast = events.broadcast().open().count(target, 80);
                              }};

    void open(std::uint64_t number)
    {
        flow::ConnectionOpened opened;
        opened.server.port = 80;
        events.writer().onEvent({target, {number}, {}, opened});
    }

    void body(std::size_t size)
    {
        const std::vector<std::uint8_t> bytes(size, 'x');
        flow::BodyData data;
        data.data = bytes;
        events.writer().onEvent({target, {1}, {}, data});
    }

    void untilTold(int times)
    {
        while (told < times)
            loop.runOnce(std::chrono::seconds(10));
    }
};

} // namespace

class TestProxyEvents : public QObject
{
    Q_OBJECT

private slots:

    void aLoneEventIsTold()
    {
        Rig rig;
        rig.open(1);
        QCOMPARE(rig.told, 0); // whoever reports it is in the middle of something
        rig.untilTold(1);
        QCOMPARE(rig.openAtLast, 1U);
        rig.open(2);
        rig.untilTold(2);
        QCOMPARE(rig.openAtLast, 2U);
    }

    void manyAreToldAtOnce()
    {
        Rig rig;
        for (std::uint64_t number = 1; number <= 100; ++number)
            rig.open(number);
        rig.untilTold(1);
        QCOMPARE(rig.openAtLast, 100U);
        rig.loop.runOnce(2 * agent::ProxyEvents::newsDelay);
        QCOMPARE(rig.told, 1); // and of nothing new not at all
    }

    void muchIsToldAtTheEndOfTheRound()
    {
        Rig rig;
        rig.loop.post([&] {
            for (std::size_t sent = 0; sent < agent::ProxyEvents::newsBytes; sent += 1024)
                rig.body(1024);
            QCOMPARE(rig.told, 0);
        });
        // This round ends long before the delay is over.
        rig.loop.runOnce(base::Duration::zero());
        QCOMPARE(rig.told, 1);
    }

    void whatIsDueGoesWithIt()
    {
        io::Loop loop;
        {
            agent::ProxyEvents events(loop, {}, [] { QFAIL("told after its end"); });
            const std::vector<std::uint8_t> bytes(limits::eventDataBytes, 'x');
            for (std::size_t sent = 0; sent < 2 * agent::ProxyEvents::newsBytes;
                 sent += bytes.size()) {
                flow::BodyData data;
                data.data = bytes;
                events.writer().onEvent({target, {1}, {}, data});
            }
        }
        bool after = false;
        loop.after(4 * agent::ProxyEvents::newsDelay, [&] { after = true; });
        while (!after)
            loop.runOnce(std::chrono::seconds(10));
    }
};

QTEST_GUILESS_MAIN(TestProxyEvents)
#include "tst_proxy_events.moc"
