// SPDX-License-Identifier: Apache-2.0
// F16: when mirroring pauses and goes on, and when new steals and clients are refused.
#ifndef Q_MOC_RUN // moc 6.4 cannot read <concepts> as this order of headers brings it in
#include "core/agent/memory_pressure.h"
#include "core/base/limits.h"
#endif

#include <limits>

#include <QTest>

using namespace podglass;
using agent::memoryCalm;
using agent::MemoryLevel;

namespace {

constexpr std::uint64_t limit = std::uint64_t{64} << 20;

std::uint64_t percent(unsigned part)
{
    return limit / 100 * part;
}

base::Instant at(std::chrono::milliseconds when)
{
    return base::Instant{} + std::chrono::hours(1) + when;
}

} // namespace

class TestMemoryPressure : public QObject
{
    Q_OBJECT

private slots:

    void stepsUpAtOnce()
    {
        agent::MemoryPressure pressure;
        QVERIFY(!pressure.update(percent(limits::mirrorMemoryPercent) - 1, limit, at({})));
        QVERIFY(pressure.level() == MemoryLevel::Enough);
        QVERIFY(pressure.update(percent(limits::mirrorMemoryPercent), limit, at({})));
        QVERIFY(pressure.level() == MemoryLevel::Short);
        QVERIFY(!pressure.update(percent(limits::stealMemoryPercent) - 1, limit, at({})));
        QVERIFY(pressure.update(percent(limits::stealMemoryPercent), limit, at({})));
        QVERIFY(pressure.level() == MemoryLevel::Scarce);
        agent::MemoryPressure sudden;
        QVERIFY(sudden.update(2 * limit, limit, at({})));
        QVERIFY(sudden.level() == MemoryLevel::Scarce);
    }

    void stepsDownOneByOneAfterACalm()
    {
        agent::MemoryPressure pressure;
        pressure.update(percent(95), limit, at({}));
        const std::uint64_t low = percent(10);
        QVERIFY(!pressure.update(low, limit, at(memoryCalm / 2)));
        QVERIFY(pressure.update(low, limit, at(memoryCalm)));
        QVERIFY(pressure.level() == MemoryLevel::Short);
        QVERIFY(!pressure.update(low, limit, at(memoryCalm * 3 / 2)));
        QVERIFY(pressure.update(low, limit, at(memoryCalm * 2)));
        QVERIFY(pressure.level() == MemoryLevel::Enough);
    }

    // Just below the threshold is no calm, and what rises again begins a new one.
    void doesNotFlutter()
    {
        agent::MemoryPressure pressure;
        pressure.update(percent(limits::mirrorMemoryPercent), limit, at({}));
        const std::uint64_t near = percent(limits::mirrorMemoryPercent - 1);
        for (int second = 1; second < 100; ++second)
            QVERIFY(!pressure.update(near, limit, at(std::chrono::seconds(second))));
        const std::chrono::milliseconds then = std::chrono::seconds(100);
        QVERIFY(!pressure.update(percent(10), limit, at(then)));
        QVERIFY(!pressure.update(near, limit, at(then + memoryCalm / 2)));
        QVERIFY(!pressure.update(percent(10), limit, at(then + memoryCalm)));
        QVERIFY(pressure.update(percent(10), limit, at(then + memoryCalm * 3 / 2)));
        QVERIFY(pressure.level() == MemoryLevel::Enough);
    }

    void withoutALimitThereIsEnough()
    {
        agent::MemoryPressure pressure;
        QVERIFY(!pressure.update(std::uint64_t{1} << 40, 0, at({})));
        QVERIFY(pressure.level() == MemoryLevel::Enough);
        const std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
        QVERIFY(pressure.update(most, most, at({})));
        QVERIFY(pressure.level() == MemoryLevel::Scarce);
    }

    // The agent was moved out of its cgroup, or the limit was raised.
    void aLimitThatIsRaisedEndsIt()
    {
        agent::MemoryPressure pressure;
        pressure.update(percent(85), limit, at({}));
        QVERIFY(pressure.update(percent(85), 0, at(memoryCalm)));
        QVERIFY(pressure.level() == MemoryLevel::Enough);
    }
};

QTEST_APPLESS_MAIN(TestMemoryPressure)
#include "tst_memory_pressure.moc"
