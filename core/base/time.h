// SPDX-License-Identifier: Apache-2.0
// Two clocks that never mix. Timestamp: nanoseconds since the Unix epoch, as captured (may step or
// run backwards; shown, never used for timers). Instant: the monotonic clock, for timers and ages.
// Both are passed in: nothing that thinks reads a clock.
#pragma once

#include <chrono>
#include <cstdint>

namespace podglass::base {

using Duration = std::chrono::nanoseconds;
using Instant = std::chrono::steady_clock::time_point;

struct Timestamp
{
    std::int64_t nanoseconds = 0;

    auto operator<=>(const Timestamp&) const = default;
};

// later - earlier, never negative: capture clocks can step back.
inline Duration elapsed(Timestamp earlier, Timestamp later)
{
    return Duration(later > earlier ? later.nanoseconds - earlier.nanoseconds : 0);
}

inline Timestamp wallClock()
{
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<Duration>(now).count()};
}

} // namespace podglass::base
