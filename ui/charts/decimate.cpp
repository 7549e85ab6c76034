// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/decimate.h"

#include "ui/charts/history.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <qcustomplot.h>

namespace podglass::charts {

namespace {

struct Column
{
    std::int64_t number = 0;
    QCPGraphData first;
    QCPGraphData lowest;
    QCPGraphData highest;
    QCPGraphData last;
    bool used = false;

    void start(std::int64_t at, const QCPGraphData& point)
    {
        number = at;
        first = lowest = highest = last = point;
        used = true;
    }

    void add(const QCPGraphData& point)
    {
        if (point.value < lowest.value) {
            lowest = point;
        }
        if (point.value > highest.value) {
            highest = point;
        }
        last = point;
    }

    void emitTo(QVector<QCPGraphData>& points)
    {
        if (!used) {
            return;
        }
        std::array four{first, lowest, highest, last};
        std::ranges::stable_sort(four, {}, &QCPGraphData::key);
        for (std::size_t i = 0; i < four.size(); ++i) {
            if (i == 0 || four[i].key > four[i - 1].key) {
                points.push_back(four[i]);
            }
        }
        used = false;
    }
};

} // namespace

QVector<QCPGraphData> decimate(std::span<const ChartSample> samples,
                               double ChartSample::*value,
                               double fromSeconds,
                               double untilSeconds,
                               int columns)
{
    QVector<QCPGraphData> points;
    if (samples.empty() || columns <= 0 || !(untilSeconds > fromSeconds)) {
        return points;
    }
    points.reserve(
        static_cast<int>(std::min(samples.size(), static_cast<std::size_t>(columns) * 4 + 8)));
    const double perColumn = (untilSeconds - fromSeconds) / columns;
    Column column;
    double previous = seconds(samples.front().at);
    for (const auto& sample : samples) {
        const QCPGraphData point(seconds(sample.at), sample.*value);
        const auto number =
            static_cast<std::int64_t>(std::floor((point.key - fromSeconds) / perColumn));
        const bool broken = point.key - previous > longestStepSeconds;
        if (broken || !column.used || number != column.number) {
            column.emitTo(points);
            if (broken) {
                points.push_back({(previous + point.key) / 2, qQNaN()});
            }
            column.start(number, point);
        } else {
            column.add(point);
        }
        previous = point.key;
    }
    column.emitTo(points);
    return points;
}

} // namespace podglass::charts
