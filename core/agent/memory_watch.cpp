// SPDX-License-Identifier: Apache-2.0
#include "core/agent/memory_watch.h"

#include "core/base/limits.h"
#include "core/telemetry/sample.h"

#include <algorithm>

namespace podglass::agent {

namespace {

// How often to look: often enough that traffic cannot fill a fifth of a small cgroup meanwhile.
constexpr std::chrono::milliseconds limitedGlance{250};
constexpr std::chrono::seconds unlimitedGlance{1}; // a limit may be set later

// Of the cgroup's limit; the rest is for what has no ring.
constexpr unsigned ringsPercent = 25;

} // namespace

MemoryWatch::MemoryWatch(io::Loop& loop, std::function<void()> changed)
    : m_loop(loop)
    , m_changed(std::move(changed))
    , m_timer(loop.after(limitedGlance, [this] { glance(); }))
{}

MemoryWatch::~MemoryWatch()
{
    m_loop.cancel(m_timer);
}

void MemoryWatch::glance()
{
    const auto memory = telemetry::limitedMemory("/");
    m_used = memory ? memory->anonymous + memory->kernel : 0;
    m_limit = memory ? memory->limit : 0;
    const base::Duration next =
        memory ? base::Duration(limitedGlance) : base::Duration(unlimitedGlance);
    m_timer = m_loop.after(next, [this] { glance(); });
    if (m_pressure.update(m_used, m_limit, io::Loop::now()))
        m_changed();
}

std::string MemoryWatch::share() const
{
    return std::to_string(m_used >> 20) + " of " + std::to_string(m_limit >> 20) + " MiB";
}

base::Status MemoryWatch::roomForMore(const std::string& where) const
{
    if (m_pressure.level() != MemoryLevel::Scarce)
        return base::Done{};
    return base::Error{.what = "the agent is short of memory (" + share()
                               + " are in use) and begins nothing new",
                       .where = where,
                       .advice = "raise the limit, follow fewer ports, or try again",
                       .lasting = base::Lasting::Transient};
}

std::size_t ringsBytes()
{
    const auto memory = telemetry::limitedMemory("/");
    if (!memory)
        return limits::allRingsBytes;
    return std::min<std::uint64_t>(limits::allRingsBytes, memory->limit / 100 * ringsPercent);
}

} // namespace podglass::agent
