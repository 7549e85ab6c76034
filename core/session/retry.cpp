// SPDX-License-Identifier: Apache-2.0
#include "core/session/retry.h"

#include <algorithm>
#include <array>

namespace podglass::session {

namespace {

constexpr std::array<int, 7> milliseconds{500, 1'000, 2'000, 4'000, 8'000, 15'000, 30'000};
constexpr std::chrono::minutes patience{10};
constexpr std::chrono::seconds steady{10}; // live for so long: the trouble is over
constexpr unsigned refusalsAllowed = 3;

} // namespace

std::optional<base::Duration> Retry::next(const Loss& loss, base::Instant now, double chance)
{
    const auto liveSince = std::exchange(m_liveSince, std::nullopt);
    if (liveSince && now - *liveSince > steady) {
        m_attempts = 0;
        m_refusals = 0;
    }
    if (m_attempts == 0)
        m_since = now;
    m_refusals += loss.fault == Fault::Auth ? 1 : 0;
    const bool hopeless = loss.fault == Fault::HostKey || loss.fault == Fault::Setup;
    if (!m_wasLive || hopeless || m_refusals >= refusalsAllowed || now - m_since > patience)
        return std::nullopt;
    const std::size_t step = std::min<std::size_t>(m_attempts++, milliseconds.size() - 1);
    const double wait = milliseconds[step] * (1.0 + 0.25 * chance);
    return std::chrono::microseconds(static_cast<std::int64_t>(wait * 1'000.0));
}

} // namespace podglass::session
