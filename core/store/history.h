// SPDX-License-Identifier: Apache-2.0
// Telemetry over time: every second for 15 minutes, then one sample in 10 s for a day. A coarse
// sample keeps the worst lag, memory and queue of its ten seconds and the last of each counter, so
// that no spike disappears when it ages.
#pragma once

#include "core/session/update.h"
#include "core/wire/message.h"

#include <array>
#include <cstdint>
#include <deque>

namespace podglass::store {

struct Sample
{
    base::Timestamp at; // the agent's clock
    wire::Telemetry agent;
    session::Traffic desktop;
    std::uint64_t requests = 0;                   // since start
    std::array<std::uint64_t, 6> byStatusClass{}; // since start; [0]: unanswered
    std::size_t storeBytes = 0;
};

class History
{
public:
    static constexpr std::size_t fineSamples = std::size_t{15} * 60;
    static constexpr std::size_t coarseSamples = std::size_t{24} * 360;

    void add(const Sample& sample);
    void clear();

    // Older, one each 10 s; then newer, one each second.
    [[nodiscard]] const std::deque<Sample>& coarse() const { return m_coarse; }

    [[nodiscard]] const std::deque<Sample>& fine() const { return m_fine; }

    [[nodiscard]] const Sample* latest() const { return m_fine.empty() ? nullptr : &m_fine.back(); }

private:
    void age(const Sample& sample);

    std::deque<Sample> m_fine;
    std::deque<Sample> m_coarse;
    std::int64_t m_slot = -1; // which ten seconds the last coarse sample stands for
};

} // namespace podglass::store
