// SPDX-License-Identifier: GPL-3.0-or-later
// The charts as text: one line a sample, RFC 4180, numbers with a point whatever the language.
// Thread: pure functions.
#pragma once

#include "ui/charts/plot_spec.h"

#include <span>

namespace podglass::charts {

QString toCsv(std::span<const ChartSample> samples, const std::vector<PlotSpec>& specs);

} // namespace podglass::charts
