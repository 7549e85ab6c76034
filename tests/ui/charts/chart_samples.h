// SPDX-License-Identifier: GPL-3.0-or-later
// Samples that look like an agent's, the same in every run.
#pragma once

#include "ui/charts/sample.h"

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

namespace podglass::charts {

inline base::Timestamp second(std::int64_t number)
{
    return {(1'790'000'000 + number) * 1'000'000'000};
}

inline std::vector<ChartSample> someSamples(int count)
{
    std::mt19937 random(7);
    std::normal_distribution<double> noise;
    std::vector<ChartSample> all;
    constexpr double mebi = 1 << 20;
    double heap = 31 * mebi;
    for (int i = 0; i < count; ++i) {
        heap += noise(random) * 0.15 * mebi;
        const bool burst = i % 240 > 200;
        const double wave = std::sin(i / 40.0);
        ChartSample sample;
        sample.at = second(i);
        sample.anonymous = heap;
        sample.kernel = 2.2 * mebi + noise(random) * 0.05 * mebi;
        sample.pageCache = (14 + 0.02 * i) * mebi;
        sample.captureRing = 8 * mebi;
        sample.memoryLimit = 128 * mebi;
        sample.lagMilliseconds = std::abs(3 + noise(random)) + (burst ? 90 + 30 * wave : 0);
        sample.lagEvents = std::floor(sample.lagMilliseconds * 4);
        sample.lagBytes = sample.lagEvents * 1500;
        sample.agentRingFill = std::min(0.08 + sample.lagMilliseconds / 160, 1.0);
        sample.windowQueueFill = 0.03 + std::abs(noise(random)) * 0.02;
        sample.requestRate = std::floor(42 + 12 * wave + 3 * noise(random) + (burst ? 150 : 0));
        sample.byteRate = sample.requestRate * (14'000 + 3'000 * noise(random));
        sample.lossRate = i % 240 > 230 ? 60 + std::floor(20 * wave) : 0;
        all.push_back(sample);
    }
    return all;
}

} // namespace podglass::charts
