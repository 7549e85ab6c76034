// SPDX-License-Identifier: GPL-3.0-or-later
// The last hours of samples and marks in order of time, bounded by limits::chartSamples and
// chartMarkers (the oldest go). A sample that is not later than the last one replaces it: agent
// clocks can step back. Thread: the window's.
#pragma once

#include "ui/charts/sample.h"

#include <span>
#include <vector>

namespace podglass::charts {

class History
{
public:
    void add(const ChartSample& sample);
    void add(ChartMarker marker);
    void clear();

    [[nodiscard]] std::span<const ChartSample> samples() const { return m_samples; }

    [[nodiscard]] std::span<const ChartMarker> markers() const { return m_markers; }

    // The samples of [from, until] and one more on each side, so that lines reach the edges.
    [[nodiscard]] std::span<const ChartSample> between(double fromSeconds,
                                                       double untilSeconds) const;
    // The sample nearest to a time; null when there is none.
    [[nodiscard]] const ChartSample* nearest(double seconds) const;

private:
    std::vector<ChartSample> m_samples;
    std::vector<ChartMarker> m_markers;
};

// Seconds since the epoch, the unit of the time axis.
inline double seconds(base::Timestamp at)
{
    return static_cast<double>(at.nanoseconds) / 1e9;
}

} // namespace podglass::charts
