// SPDX-License-Identifier: GPL-3.0-or-later
// Fewer points, the same picture: a screen column shows of all values in it only the lowest and
// the highest, so no more than those (and the first and last, which join the columns) are drawn.
// A peak of one second is never lost. Thread: pure functions.
#pragma once

#include "ui/charts/sample.h"

#include <span>

#include <QVector>

class QCPGraphData;

namespace podglass::charts {

// A silence longer than this breaks a line: the session was not there.
inline constexpr double longestStepSeconds = 3.5;

// The points to draw for `value` of `samples` on an axis [from, until] that is `columns` pixels
// wide; at most 4 a column, plus a NaN for each break. A break starts a new column.
QVector<QCPGraphData> decimate(std::span<const ChartSample> samples,
                               double ChartSample::*value,
                               double fromSeconds,
                               double untilSeconds,
                               int columns);

} // namespace podglass::charts
