// SPDX-License-Identifier: Apache-2.0
// MemoryPressure: how near the agent's memory cgroup is to its limit (fault F16), in steps that do
// not flutter: up at once at limits::mirrorMemoryPercent and stealMemoryPercent, down one step when
// it stayed memoryCalmPercent below that for memoryCalm.
// Pure: figures and time passed in. Thread: its owner's.
#pragma once

#include "core/base/time.h"

#include <chrono>
#include <cstdint>

namespace podglass::agent {

inline constexpr unsigned memoryCalmPercent = 10;
inline constexpr std::chrono::seconds memoryCalm{3};

enum class MemoryLevel : std::uint8_t
{
    Enough,
    Short,  // mirroring pauses, what passes is only counted
    Scarce, // and new targets, steals and clients are refused
};

class MemoryPressure
{
public:
    // `used`: bytes that the kernel cannot take back, of everybody in the cgroup; `limit` 0: there
    // is none. True: the level changed.
    bool update(std::uint64_t used, std::uint64_t limit, base::Instant now);

    [[nodiscard]] MemoryLevel level() const { return m_level; }

private:
    MemoryLevel m_level = MemoryLevel::Enough;
    base::Instant m_lastHigh; // when it last was too high to go down a step
};

} // namespace podglass::agent
