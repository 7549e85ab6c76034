// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/chart_feed.h"

#include "core/base/limits.h"

#include <algorithm>

namespace podglass::shell {

namespace {

double number(std::uint64_t value)
{
    return static_cast<double>(value);
}

// Counters of a new agent start at 0 again; that is no negative rate.
double rate(std::uint64_t before, std::uint64_t now, double seconds)
{
    return now > before ? number(now - before) / seconds : 0;
}

} // namespace

charts::ChartSample chartSample(const store::Sample& before, const store::Sample& now)
{
    const double seconds =
        std::max(0.001, static_cast<double>(now.at.nanoseconds - before.at.nanoseconds) / 1e9);
    const wire::Telemetry& agent = now.agent;
    charts::ChartSample sample;
    sample.at = now.at;
    sample.anonymous = number(agent.agent.anonymous);
    sample.pageCache = number(agent.agent.pageCache);
    sample.kernel = number(agent.agent.kernel);
    sample.captureRing = number(agent.agent.captureRing);
    sample.memoryLimit = number(agent.agent.limit);
    sample.lagMilliseconds = number(agent.lag.microseconds) / 1000;
    sample.lagEvents = number(agent.lag.events);
    sample.lagBytes = number(agent.lag.bytes);
    if (agent.ringSize != 0)
        sample.agentRingFill = number(agent.ringUsed) / number(agent.ringSize);
    sample.windowQueueFill = number(now.desktop.queued) / number(limits::sessionChannelBytes);
    sample.requestRate = rate(before.requests, now.requests, seconds);
    sample.byteRate = rate(before.agent.deliveredBytes, agent.deliveredBytes, seconds);
    sample.lossRate = rate(before.agent.lostEvents + before.agent.kernelDrops,
                           agent.lostEvents + agent.kernelDrops,
                           seconds);
    return sample;
}

} // namespace podglass::shell
