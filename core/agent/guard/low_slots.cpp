// SPDX-License-Identifier: Apache-2.0
#include "core/agent/guard/low_slots.h"

#include <algorithm>

#include <fcntl.h>
#include <unistd.h>

namespace podglass::agent::guard {

LowSlots::LowSlots(std::size_t count)
    : m_filler(io::makeEventFd())
{
    while (m_filler && m_free.size() < count) {
        io::Fd slot(::fcntl(m_filler.get(), F_DUPFD_CLOEXEC, 3));
        if (!slot)
            break;
        m_highest = std::max(m_highest, slot.get());
        m_free.push_back(std::move(slot));
    }
}

io::Fd LowSlots::lowered(io::Fd descriptor)
{
    const std::lock_guard lock(m_mutex);
    if (m_free.empty() || ::dup3(descriptor.get(), m_free.back().get(), O_CLOEXEC) < 0)
        return descriptor;
    io::Fd low = std::move(m_free.back());
    m_free.pop_back();
    return low;
}

void LowSlots::giveBack(io::Fd descriptor)
{
    const std::lock_guard lock(m_mutex);
    const bool low = descriptor && descriptor.get() <= m_highest;
    if (!low || ::dup3(m_filler.get(), descriptor.get(), O_CLOEXEC) < 0)
        return;
    const auto above = std::upper_bound(
        m_free.begin(), m_free.end(), descriptor, [](const auto& a, const auto& b) {
            return a.get() < b.get();
        });
    m_free.insert(above, std::move(descriptor));
}

} // namespace podglass::agent::guard
