// SPDX-License-Identifier: Apache-2.0
#include "core/agent/presence.h"

#include <algorithm>

#include <fcntl.h>
#include <sys/file.h>

namespace podglass::agent {

namespace {

constexpr std::chrono::seconds glance{1};

io::Fd openOwnProgram()
{
    return io::Fd(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
}

} // namespace

io::Fd markPresence()
{
    io::Fd file = openOwnProgram();
    // A watch that tries the exclusive lock at this very moment lets go of it at once.
    if (file)
        ::flock(file.get(), LOCK_SH);
    return file;
}

PresenceWatch::PresenceWatch(io::Loop& loop, base::Duration patience, std::function<void()> unused)
    : m_loop(loop)
    , m_patience(patience)
    , m_unused(std::move(unused))
    , m_file(openOwnProgram())
{
    look();
}

PresenceWatch::~PresenceWatch()
{
    m_loop.cancel(m_timer);
}

bool PresenceWatch::inUse() const
{
    if (!m_file || ::flock(m_file.get(), LOCK_EX | LOCK_NB) != 0)
        return static_cast<bool>(m_file);
    ::flock(m_file.get(), LOCK_UN);
    return false;
}

void PresenceWatch::look()
{
    const base::Instant now = io::Loop::now();
    if (inUse())
        m_lastUse = now;
    if (now - m_lastUse >= m_patience) {
        m_unused();
        return;
    }
    m_timer = m_loop.after(std::min<base::Duration>(glance, m_patience), [this] { look(); });
}

} // namespace podglass::agent
