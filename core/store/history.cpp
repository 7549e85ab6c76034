// SPDX-License-Identifier: Apache-2.0
#include "core/store/history.h"

#include <algorithm>

namespace podglass::store {

namespace {

constexpr std::int64_t coarseNanoseconds = 10'000'000'000;

// `into` becomes `later`, with the worse of the gauges.
void merge(Sample& into, const Sample& later)
{
    const Sample earlier = into;
    into = later;
    const auto worse = [](auto& kept, const auto& before) { kept = std::max(kept, before); };
    worse(into.agent.lag.events, earlier.agent.lag.events);
    worse(into.agent.lag.bytes, earlier.agent.lag.bytes);
    worse(into.agent.lag.microseconds, earlier.agent.lag.microseconds);
    worse(into.agent.agent.anonymous, earlier.agent.agent.anonymous);
    worse(into.agent.target.anonymous, earlier.agent.target.anonymous);
    worse(into.agent.ringUsed, earlier.agent.ringUsed);
    worse(into.desktop.queued, earlier.desktop.queued);
    worse(into.desktop.roundTripMicroseconds, earlier.desktop.roundTripMicroseconds);
    worse(into.storeBytes, earlier.storeBytes);
}

} // namespace

void History::add(const Sample& sample)
{
    m_fine.push_back(sample);
    while (m_fine.size() > fineSamples) {
        age(m_fine.front());
        m_fine.pop_front();
    }
}

void History::age(const Sample& sample)
{
    const std::int64_t slot = sample.at.nanoseconds / coarseNanoseconds;
    if (slot == m_slot && !m_coarse.empty()) {
        merge(m_coarse.back(), sample);
        return;
    }
    m_slot = slot;
    m_coarse.push_back(sample);
    if (m_coarse.size() > coarseSamples)
        m_coarse.pop_front();
}

void History::clear()
{
    m_fine.clear();
    m_coarse.clear();
    m_slot = -1;
}

} // namespace podglass::store
