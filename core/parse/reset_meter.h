// SPDX-License-Identifier: Apache-2.0
// ResetMeter: tells when a client opens streams only to reset them (CVE-2023-44487): a bucket of
// limits::http2Resets that drains by limits::http2ResetsPerSecond. Time passed in.
#pragma once

#include "core/base/limits.h"
#include "core/base/time.h"

#include <algorithm>
#include <chrono>

namespace podglass::parse {

class ResetMeter
{
public:
    void count(base::Timestamp at)
    {
        drain(at);
        m_level += oneReset;
    }

    [[nodiscard]] bool full(base::Timestamp at)
    {
        drain(at);
        return m_level >= limits::http2Resets * oneReset;
    }

private:
    static constexpr std::int64_t oneReset = 1'000;

    void drain(base::Timestamp at)
    {
        const auto passed =
            std::chrono::duration_cast<std::chrono::milliseconds>(base::elapsed(m_last, at))
                .count();
        if (passed <= 0)
            return;
        constexpr std::int64_t longest = 3'600'000; // more than enough to be empty
        m_level = std::max<std::int64_t>(
            0, m_level - std::min<std::int64_t>(passed, longest) * limits::http2ResetsPerSecond);
        m_last = at;
    }

    std::int64_t m_level = 0; // thousandths of a reset
    base::Timestamp m_last;
};

} // namespace podglass::parse
