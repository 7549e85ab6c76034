// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/limits.h"

#include "tests/ui/charts/chart_samples.h"
#include "ui/charts/csv.h"
#include "ui/charts/history.h"

#include <QTest>

using namespace podglass;
using namespace podglass::charts;

class TestChartHistory : public QObject
{
    Q_OBJECT

private slots:
    void staysWithinItsLimit();
    void aClockThatStepsBackKeepsOrder();
    void rangeReachesOneSampleBeyondEachEdge();
    void nearestIsNearest();
    void csvHasAColumnForEverySeries();
};

void TestChartHistory::staysWithinItsLimit()
{
    History history;
    ChartSample sample;
    const auto limit = static_cast<std::int64_t>(limits::chartSamples);
    for (std::int64_t i = 0; i < 3 * limit; ++i) {
        sample.at = second(i);
        history.add(sample);
        history.add(ChartMarker{second(i), MarkerKind::Mode, "x"});
        QVERIFY(history.samples().size() <= limits::chartSamples * 9 / 8);
        QVERIFY(history.markers().size() <= limits::chartMarkers * 9 / 8);
    }
    QVERIFY(history.samples().size() >= limits::chartSamples);
    QCOMPARE(history.samples().back().at.nanoseconds, second(3 * limit - 1).nanoseconds);
}

void TestChartHistory::aClockThatStepsBackKeepsOrder()
{
    History history;
    ChartSample sample;
    sample.at = second(10);
    history.add(sample);
    sample.at = second(4);
    sample.requestRate = 5;
    history.add(sample);
    QCOMPARE(history.samples().size(), 1U);
    QCOMPARE(history.samples().front().at.nanoseconds, second(10).nanoseconds);
    QCOMPARE(history.samples().front().requestRate, 5.0);
}

void TestChartHistory::rangeReachesOneSampleBeyondEachEdge()
{
    History history;
    for (const auto& sample : someSamples(20)) {
        history.add(sample);
    }
    const auto part = history.between(seconds(second(5)), seconds(second(8)));
    QCOMPARE(part.size(), 6U);
    QCOMPARE(part.front().at.nanoseconds, second(4).nanoseconds);
    QCOMPARE(part.back().at.nanoseconds, second(9).nanoseconds);
    QCOMPARE(history.between(0, 1).size(), 1U);
    QVERIFY(History().between(0, 1).empty());
}

void TestChartHistory::nearestIsNearest()
{
    History history;
    QVERIFY(history.nearest(1) == nullptr);
    for (const auto& sample : someSamples(3)) {
        history.add(sample);
    }
    QCOMPARE(history.nearest(0)->at.nanoseconds, second(0).nanoseconds);
    QCOMPARE(history.nearest(seconds(second(1)) + 0.4)->at.nanoseconds, second(1).nanoseconds);
    QCOMPARE(history.nearest(seconds(second(1)) + 0.6)->at.nanoseconds, second(2).nanoseconds);
    QCOMPARE(history.nearest(1e12)->at.nanoseconds, second(2).nanoseconds);
}

void TestChartHistory::csvHasAColumnForEverySeries()
{
    auto samples = someSamples(2);
    samples[1].requestRate = 41.5;
    const auto lines = toCsv(samples, plotSpecs()).split("\r\n");
    QCOMPARE(lines.size(), 4); // head, two, the end of the last
    const auto head = lines[0].split(',');
    const auto second = lines[2].split(',');
    QCOMPARE(head.size(), second.size());
    QCOMPARE(second[head.indexOf("requests_per_second")], "41.5");
    QCOMPARE(second[0], "2026-09-21T14:13:21.000Z");
}

QTEST_APPLESS_MAIN(TestChartHistory)
#include "tst_chart_history.moc"
