// SPDX-License-Identifier: Apache-2.0
// Incident I5: a cache that was keyed by identity compiled the same configuration anew for each
// lookup and kept all of them. And what one pattern may cost: no pattern makes a request wait.
#ifndef Q_MOC_RUN // as in port_rig.h
#include "core/telemetry/sample.h"

#include "tests/core/agent/port_rig.h"

#include <chrono>
#endif

#include <QTest>

using namespace podglass;
using namespace podglass::test;

class TestSameFilter : public QObject
{
    Q_OBJECT

private slots:

    void subscribedAHundredThousandTimes()
    {
        constexpr int cycles = 100'000;
        constexpr int warm = 1'000;
        constexpr std::uint64_t flat = std::uint64_t{512} * 1024;
        PortRig rig;
        std::uint64_t before = 0;
        for (int i = 0; i < cycles; ++i) {
            if (i == warm)
                before = telemetry::ownMemory("/").anonymous;
            // The same content, spelt in two ways.
            const char* spelling =
                i % 2 == 0 ? "header x-user matches /^a+$/" : "header \"x-user\" matches /^a+$/";
            const wire::PortState state = rig.set(anna, Mode::Steal, spelling);
            QVERIFY(!state.refused);
            rig.set(anna, Mode::Off);
            rig.ports.tick();
            rig.redirects.clear();
        }
        const filter::Cache& cache = rig.services.filters();
        QCOMPARE(cache.misses(), std::uint64_t{1});
        QCOMPARE(cache.hits(), std::uint64_t{cycles - 1});
        QCOMPARE(cache.size(), std::size_t{1});
        const std::uint64_t after = telemetry::ownMemory("/").anonymous;
        qInfo("anonymous memory %.2f MiB after %d, %.2f MiB after %d",
              static_cast<double>(before) / (1 << 20),
              warm,
              static_cast<double>(after) / (1 << 20),
              cycles);
        QVERIFY(after <= before + flat);
    }

    // A backtracking engine would not come back from this; the time limit of the test is the
    // witness.
    void aPatternOfManyWays()
    {
        filter::Cache cache;
        const auto compiled = cache.get("header x matches /(a+)+$/", filter::Use::Steal);
        QVERIFY(compiled);
        const std::string value = std::string(100'000, 'a') + "b";
        const std::vector<flow::HeaderField> fields{{"x", value}};
        filter::Subject subject;
        subject.method = "GET";
        subject.target = "/";
        subject.fields = fields;
        const auto began = std::chrono::steady_clock::now();
        QVERIFY(!(*compiled)->matches(subject));
        const std::chrono::duration<double, std::milli> took =
            std::chrono::steady_clock::now() - began;
        qInfo("(a+)+$ on 100,001 bytes: %.2f ms", took.count());
    }
};

QTEST_APPLESS_MAIN(TestSameFilter)
#include "tst_same_filter.moc"
