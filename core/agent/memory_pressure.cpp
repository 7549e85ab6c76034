// SPDX-License-Identifier: Apache-2.0
#include "core/agent/memory_pressure.h"

#include "core/base/limits.h"

namespace podglass::agent {

namespace {

unsigned percentOf(MemoryLevel level)
{
    return level == MemoryLevel::Scarce  ? limits::stealMemoryPercent
           : level == MemoryLevel::Short ? limits::mirrorMemoryPercent
                                         : 0;
}

// Without multiplying what may be near 2^64.
bool reaches(std::uint64_t used, std::uint64_t limit, unsigned percent)
{
    return limit != 0 && used >= limit / 100 * percent;
}

MemoryLevel reached(std::uint64_t used, std::uint64_t limit)
{
    for (const MemoryLevel level : {MemoryLevel::Scarce, MemoryLevel::Short}) {
        if (reaches(used, limit, percentOf(level)))
            return level;
    }
    return MemoryLevel::Enough;
}

} // namespace

bool MemoryPressure::update(std::uint64_t used, std::uint64_t limit, base::Instant now)
{
    const MemoryLevel before = m_level;
    const MemoryLevel is = reached(used, limit);
    if (is > m_level) {
        m_level = is;
        m_lastHigh = now;
    } else if (m_level != MemoryLevel::Enough) {
        if (reaches(used, limit, percentOf(m_level) - memoryCalmPercent))
            m_lastHigh = now;
        if (now - m_lastHigh >= memoryCalm) {
            m_level = m_level == MemoryLevel::Scarce ? MemoryLevel::Short : MemoryLevel::Enough;
            m_lastHigh = now;
        }
    }
    return m_level != before;
}

} // namespace podglass::agent
