// SPDX-License-Identifier: Apache-2.0
#include "core/agent/proxy_events.h"

#include "core/base/limits.h"

#include <utility>

namespace podglass::agent {

ProxyEvents::ProxyEvents(io::Loop& loop,
                         std::shared_ptr<channel::RingBudget> budget,
                         std::function<void()> onNews)
    : m_loop(loop)
    , m_ring(limits::ringBytes, limits::ringChunkBytes, std::move(budget))
    , m_writer(m_ring)
    , m_broadcast(loop, m_ring, std::move(onNews), Broadcast::Bell::Silent)
{}

ProxyEvents::~ProxyEvents()
{
    if (m_later)
        m_loop.cancel(*m_later);
    if (m_soon)
        m_loop.cancel(*m_soon);
}

void ProxyEvents::onEvent(const flow::Event& event)
{
    m_writer.onEvent(event);
    if (!m_later) {
        m_later = m_loop.after(newsDelay, [this] {
            m_later.reset();
            tell();
        });
    }
    if (m_soon || m_ring.written().bytes - m_toldBytes < newsBytes)
        return;
    m_soon = m_loop.after(base::Duration::zero(), [this] {
        m_soon.reset();
        tell();
    });
}

// A timer that was set before may find nothing new; it is not worth taking back.
void ProxyEvents::tell()
{
    const std::uint64_t written = m_ring.written().bytes;
    if (std::exchange(m_toldBytes, written) != written)
        m_broadcast.tell();
}

} // namespace podglass::agent
