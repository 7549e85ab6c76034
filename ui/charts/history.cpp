// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/history.h"

#include "core/base/limits.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace podglass::charts {

namespace {

// Removing one element at a time from the front of a vector would move all others each second.
template <typename T>
void dropOldest(std::vector<T>& all, std::size_t limit)
{
    if (all.size() > limit + limit / 8) {
        all.erase(all.begin(), std::prev(all.end(), static_cast<std::ptrdiff_t>(limit)));
    }
}

} // namespace

void History::add(const ChartSample& sample)
{
    if (!m_samples.empty() && sample.at <= m_samples.back().at) {
        const auto at = m_samples.back().at;
        m_samples.back() = sample;
        m_samples.back().at = at;
        return;
    }
    m_samples.push_back(sample);
    dropOldest(m_samples, limits::chartSamples);
}

void History::add(ChartMarker marker)
{
    m_markers.push_back(std::move(marker));
    dropOldest(m_markers, limits::chartMarkers);
}

void History::clear()
{
    m_samples.clear();
    m_markers.clear();
}

std::span<const ChartSample> History::between(double fromSeconds, double untilSeconds) const
{
    auto first = std::ranges::lower_bound(
        m_samples, fromSeconds, {}, [](const ChartSample& sample) { return seconds(sample.at); });
    auto last = std::ranges::upper_bound(
        m_samples, untilSeconds, {}, [](const ChartSample& sample) { return seconds(sample.at); });
    if (first != m_samples.begin()) {
        --first;
    }
    if (last != m_samples.end()) {
        ++last;
    }
    return first < last ? std::span<const ChartSample>(first, last)
                        : std::span<const ChartSample>();
}

const ChartSample* History::nearest(double wanted) const
{
    if (m_samples.empty()) {
        return nullptr;
    }
    const auto later = std::ranges::lower_bound(
        m_samples, wanted, {}, [](const ChartSample& sample) { return seconds(sample.at); });
    if (later == m_samples.begin()) {
        return &*later;
    }
    const auto earlier = std::prev(later);
    if (later == m_samples.end()) {
        return &*earlier;
    }
    return std::abs(seconds(later->at) - wanted) < std::abs(seconds(earlier->at) - wanted)
               ? &*later
               : &*earlier;
}

} // namespace podglass::charts
