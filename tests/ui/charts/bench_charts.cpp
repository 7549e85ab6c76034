// SPDX-License-Identifier: GPL-3.0-or-later
// Goal: 4 plots with 3600 points a series repaint in 4 ms or less (release), whatever the data.
// Unit: milliseconds a repaint of all four, offscreen, 1280x220.
#include "tests/ui/charts/chart_samples.h"
#include "ui/charts/chart_plot.h"

#include <QElapsedTimer>
#include <QHBoxLayout>
#include <QTest>

using namespace podglass::charts;

class BenchCharts : public QObject
{
    Q_OBJECT

private slots:
    void fourPlots_data();
    void fourPlots();
};

void BenchCharts::fourPlots_data()
{
    QTest::addColumn<bool>("noise");
    QTest::newRow("an agent's data") << false;
    QTest::newRow("white noise") << true;
}

void BenchCharts::fourPlots()
{
    QFETCH(bool, noise);
    std::mt19937 random(1);
    std::uniform_real_distribution<double> any(0, 1e6);
    History history;
    for (auto sample : someSamples(3600)) {
        if (noise) {
            for (const auto& spec : plotSpecs()) {
                for (const auto& series : spec.series) {
                    sample.*series.value = any(random);
                }
            }
        }
        history.add(sample);
    }
    QWidget window;
    QWidget inner(&window);
    inner.resize(1280, 220);
    auto* row = new QHBoxLayout(&inner);
    std::vector<ChartPlot*> plots;
    for (auto& spec : plotSpecs()) {
        plots.push_back(new ChartPlot(std::move(spec), history, &inner));
        row->addWidget(plots.back());
    }
    window.resize(1280, 220);
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    std::vector<double> times;
    const double until = seconds(history.samples().back().at);
    for (int i = 0; i < 50; ++i) {
        QElapsedTimer clock;
        clock.start();
        for (auto* plot : plots) {
            plot->render(until - 3600, until);
        }
        times.push_back(static_cast<double>(clock.nsecsElapsed()) / 1e6);
    }
    std::ranges::sort(times);
    qInfo("median %.2f ms, worst %.2f ms", times[times.size() / 2], times.back());
}

QTEST_MAIN(BenchCharts)
#include "bench_charts.moc"
