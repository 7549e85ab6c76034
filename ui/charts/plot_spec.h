// SPDX-License-Identifier: GPL-3.0-or-later
// Which plots there are and what is in them: the one table that drawing, legends, accessible
// descriptions and CSV are made from.
#pragma once

#include "ui/charts/sample.h"
#include "ui/theme/colors.h"

#include <vector>

#include <QString>

namespace podglass::charts {

enum class Unit
{
    Bytes,
    BytesPerSecond,
    Milliseconds,
    Share, // 0 to 1, shown in percent
    PerSecond,
    Count,
};

enum class Shape
{
    Line,
    Area,
    Bars,
    Threshold, // dashed; 0 means none
    TextOnly,  // in the legend, not drawn
};

struct Series
{
    QString name;
    QString column; // of the CSV
    double ChartSample::*value = nullptr;
    Unit unit = Unit::Count;
    Shape shape = Shape::Line;
    theme::Role role = theme::Role::Series1;
    bool rightAxis = false;
    // Does not set the scale, and is drawn only where it is within reach of what does: a limit or
    // a page cache of gigabytes would press the other lines to the floor. Its number in the legend
    // has to do then.
    bool aside = false;
};

struct PlotSpec
{
    QString id; // object name
    QString title;
    std::vector<Series> series;
    double fixedTop = 0; // 0: follows the data
    double leastTop = 1; // an idle plot keeps a scale
};

// In the language of the moment.
std::vector<PlotSpec> plotSpecs();

// "38.2 MiB", "4 ms", "12 %", "42/s"
QString valueText(double value, Unit unit);

} // namespace podglass::charts
