// SPDX-License-Identifier: GPL-3.0-or-later
// Two samples of telemetry as one of the charts: gauges of the later, rates between them.
#pragma once

#include "core/store/history.h"

#include "ui/charts/sample.h"

namespace podglass::shell {

charts::ChartSample chartSample(const store::Sample& before, const store::Sample& now);

} // namespace podglass::shell
