// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/charts/chart_samples.h"
#include "ui/charts/decimate.h"
#include "ui/charts/history.h"

#include <algorithm>
#include <cmath>

#include <QTest>
#include <qcustomplot.h>

using namespace podglass::charts;

class TestDecimate : public QObject
{
    Q_OBJECT

private slots:
    void keepsTheLowestAndHighestOfEveryColumn();
    void keepsEverySampleWhereThereIsRoom();
    void breaksTheLineWhereNobodyMeasured();
    void survivesEmptyAndTurnedRanges();
};

void TestDecimate::keepsTheLowestAndHighestOfEveryColumn()
{
    const auto samples = someSamples(3600);
    constexpr int columns = 300;
    const double from = seconds(samples.front().at);
    const double until = seconds(samples.back().at);
    const auto points = decimate(samples, &ChartSample::byteRate, from, until, columns);
    QVERIFY(points.size() <= columns * 4 + 4);
    QVERIFY(std::is_sorted(
        points.begin(), points.end(), [](const auto& a, const auto& b) { return a.key < b.key; }));
    const double perColumn = (until - from) / columns;
    for (int column = 0; column < columns; ++column) {
        const auto inside = [&](double key) {
            return static_cast<int>(std::floor((key - from) / perColumn)) == column;
        };
        double lowest = HUGE_VAL;
        double highest = -HUGE_VAL;
        for (const auto& sample : samples) {
            if (inside(seconds(sample.at))) {
                lowest = std::min(lowest, sample.byteRate);
                highest = std::max(highest, sample.byteRate);
            }
        }
        double drawnLowest = HUGE_VAL;
        double drawnHighest = -HUGE_VAL;
        for (const auto& point : points) {
            if (inside(point.key)) {
                drawnLowest = std::min(drawnLowest, point.value);
                drawnHighest = std::max(drawnHighest, point.value);
            }
        }
        QCOMPARE(drawnLowest, lowest);
        QCOMPARE(drawnHighest, highest);
    }
}

void TestDecimate::keepsEverySampleWhereThereIsRoom()
{
    const auto samples = someSamples(60);
    const auto points =
        decimate(samples, &ChartSample::anonymous, seconds(second(0)), seconds(second(60)), 600);
    QCOMPARE(points.size(), 60);
    for (int i = 0; i < 60; ++i) {
        QCOMPARE(points[i].value, samples[static_cast<std::size_t>(i)].anonymous);
    }
}

void TestDecimate::breaksTheLineWhereNobodyMeasured()
{
    auto samples = someSamples(20);
    samples.erase(samples.begin() + 5, samples.begin() + 15);
    const auto points =
        decimate(samples, &ChartSample::anonymous, seconds(second(0)), seconds(second(20)), 2);
    const auto breaks = std::ranges::count_if(
        points, [](const QCPGraphData& point) { return std::isnan(point.value); });
    QCOMPARE(breaks, 1);
}

void TestDecimate::survivesEmptyAndTurnedRanges()
{
    const auto samples = someSamples(5);
    QVERIFY(decimate({}, &ChartSample::kernel, 0, 1, 10).isEmpty());
    QVERIFY(decimate(samples, &ChartSample::kernel, 5, 5, 10).isEmpty());
    QVERIFY(decimate(samples, &ChartSample::kernel, 5, 1, 10).isEmpty());
    QVERIFY(decimate(samples, &ChartSample::kernel, 0, 1, 0).isEmpty());
}

QTEST_APPLESS_MAIN(TestDecimate)
#include "tst_decimate.moc"
