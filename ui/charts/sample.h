// SPDX-License-Identifier: GPL-3.0-or-later
// What the charts show: one sample a second, and marks for what happened between them. Plain
// values; whoever follows a session fills them in.
#pragma once

#include "core/base/time.h"

#include <QString>

namespace podglass::charts {

// Sizes in bytes, shares from 0 to 1, rates per second. All numbers are double, so that one table
// (plot_spec.h) can name every series by its member.
struct ChartSample
{
    base::Timestamp at;

    // The agent's memory, split by what the kernel can take back. Only `anonymous` and `kernel`
    // grow in a leak.
    double anonymous = 0;
    double pageCache = 0;
    double kernel = 0;
    double captureRing = 0;
    double memoryLimit = 0; // 0: none

    double lagMilliseconds = 0;
    double lagEvents = 0;
    double lagBytes = 0;

    double agentRingFill = 0;
    double windowQueueFill = 0;

    double requestRate = 0;
    double byteRate = 0;
    double lossRate = 0; // events lost, whatever the place
};

enum class MarkerKind
{
    Mode,
    Filter,
    Connection,
};

struct ChartMarker
{
    base::Timestamp at;
    MarkerKind kind = MarkerKind::Mode;
    QString text; // "Steal", "Filter 7", "Reconnected"
};

} // namespace podglass::charts
