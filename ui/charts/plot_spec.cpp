// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/plot_spec.h"

#include <cmath>

#include <QCoreApplication>
#include <QLocale>

namespace podglass::charts {

namespace {

using theme::Role;

QString tr(const char* text)
{
    return QCoreApplication::translate("podglass::charts", text);
}

QString number(double value)
{
    const bool whole = std::abs(value) >= 100 || value == std::floor(value);
    return QLocale().toString(value, 'f', whole ? 0 : 1);
}

PlotSpec memory()
{
    return {
        .id = "memoryPlot",
        .title = tr("Agent memory"),
        .series = {{tr("heap"),
                    "agent_anonymous_bytes",
                    &ChartSample::anonymous,
                    Unit::Bytes,
                    Shape::Area,
                    Role::Series1},
                   {tr("kernel"),
                    "agent_kernel_bytes",
                    &ChartSample::kernel,
                    Unit::Bytes,
                    Shape::Line,
                    Role::Series2},
                   {tr("capture ring"),
                    "agent_capture_ring_bytes",
                    &ChartSample::captureRing,
                    Unit::Bytes,
                    Shape::Line,
                    Role::Series3},
                   {tr("page cache"),
                    "agent_page_cache_bytes",
                    &ChartSample::pageCache,
                    Unit::Bytes,
                    Shape::Line,
                    Role::Series4,
                    false,
                    true},
                   {tr("limit"),
                    "agent_memory_limit_bytes",
                    &ChartSample::memoryLimit,
                    Unit::Bytes,
                    Shape::Threshold,
                    Role::Loss,
                    false,
                    true}},
        .leastTop = 1 << 20,
    };
}

PlotSpec lag()
{
    return {
        .id = "lagPlot",
        .title = tr("Channel lag"),
        .series = {{tr("lag"),
                    "lag_milliseconds",
                    &ChartSample::lagMilliseconds,
                    Unit::Milliseconds,
                    Shape::Area,
                    Role::Series1},
                   {tr("events waiting"),
                    "lag_events",
                    &ChartSample::lagEvents,
                    Unit::Count,
                    Shape::TextOnly,
                    Role::Muted},
                   {tr("bytes waiting"),
                    "lag_bytes",
                    &ChartSample::lagBytes,
                    Unit::Bytes,
                    Shape::Line,
                    Role::Series5,
                    true}},
        .leastTop = 10,
    };
}

PlotSpec queues()
{
    return {
        .id = "queuePlot",
        .title = tr("Queues"),
        .series = {{tr("agent ring"),
                    "agent_ring_fill",
                    &ChartSample::agentRingFill,
                    Unit::Share,
                    Shape::Area,
                    Role::Series3},
                   {tr("window queue"),
                    "window_queue_fill",
                    &ChartSample::windowQueueFill,
                    Unit::Share,
                    Shape::Line,
                    Role::Series2}},
        .fixedTop = 1,
    };
}

PlotSpec rates()
{
    return {
        .id = "ratePlot",
        .title = tr("Rates"),
        .series = {{tr("requests"),
                    "requests_per_second",
                    &ChartSample::requestRate,
                    Unit::PerSecond,
                    Shape::Area,
                    Role::Series1},
                   {tr("bytes"),
                    "bytes_per_second",
                    &ChartSample::byteRate,
                    Unit::BytesPerSecond,
                    Shape::Line,
                    Role::Series5,
                    true},
                   {tr("lost events"),
                    "lost_events_per_second",
                    &ChartSample::lossRate,
                    Unit::PerSecond,
                    Shape::Bars,
                    Role::Loss}},
        .leastTop = 10,
    };
}

} // namespace

std::vector<PlotSpec> plotSpecs()
{
    return {memory(), lag(), queues(), rates()};
}

QString valueText(double value, Unit unit)
{
    switch (unit) {
    case Unit::Bytes:
        return QLocale().formattedDataSize(static_cast<qint64>(value), 1);
    case Unit::BytesPerSecond:
        return tr("%1/s").arg(QLocale().formattedDataSize(static_cast<qint64>(value), 1));
    case Unit::Milliseconds:
        return tr("%1 ms").arg(number(value));
    case Unit::Share:
        return tr("%1 %").arg(number(value * 100));
    case Unit::PerSecond:
        return tr("%1/s").arg(number(value));
    case Unit::Count:
        break;
    }
    return number(value);
}

} // namespace podglass::charts
