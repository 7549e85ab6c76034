// SPDX-License-Identifier: Apache-2.0
// IdleFrames: what an HTTP/2 caller may spend on frames that carry nothing (empty DATA, PING,
// SETTINGS, PRIORITY: CVE-2019-9511 to 9518): a bucket of limits::http2IdleFrames that drains by
// limits::http2IdleFramesPerSecond. Time passed in. Source: RFC 9113 10.5.
#pragma once

#include "core/base/limits.h"
#include "core/base/time.h"

#include <algorithm>
#include <chrono>

namespace podglass::steal {

class IdleFrames
{
public:
    // False: it was too many.
    bool spend(std::uint64_t frames, base::Instant now)
    {
        const std::chrono::duration<double> passed = now - m_last;
        m_last = now;
        m_level = std::max(0.0, m_level - passed.count() * limits::http2IdleFramesPerSecond);
        m_level += static_cast<double>(frames);
        return m_level <= limits::http2IdleFrames;
    }

private:
    double m_level = 0;
    base::Instant m_last{};
};

} // namespace podglass::steal
