// SPDX-License-Identifier: Apache-2.0
// Retry: whether and when to connect again after a loss. Pure; time and chance are passed in.
// Policy: 0.5, 1, 2, 4, 8, 15, 30, 30 … s, each with up to a quarter of jitter, for ten minutes;
// never into a host key that is unknown or changed; three refused log-ins end it, so that no server
// blocks us; an agent that greets and dies at once does not begin the waits anew; what was never
// live is not tried again, because a person is watching.
#pragma once

#include "core/base/time.h"
#include "core/session/carrier.h"

#include <optional>

namespace podglass::session {

class Retry
{
public:
    void live(base::Instant now)
    {
        m_wasLive = true;
        m_liveSince = now;
    }

    void reset() { *this = Retry(); }

    // The wait before the next attempt; none: give up. `chance` is from [0, 1).
    std::optional<base::Duration> next(const Loss& loss, base::Instant now, double chance);

    [[nodiscard]] unsigned attempts() const { return m_attempts; }

private:
    bool m_wasLive = false;
    unsigned m_attempts = 0;
    unsigned m_refusals = 0;
    base::Instant m_since;                      // of the first attempt
    std::optional<base::Instant> m_liveSince{}; // of the connection that was just lost
};

} // namespace podglass::session
