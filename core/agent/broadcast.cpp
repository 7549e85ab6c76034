// SPDX-License-Identifier: Apache-2.0
#include "core/agent/broadcast.h"

#include <sys/epoll.h>

namespace podglass::agent {

Broadcast::Broadcast(io::Loop& loop, channel::Ring& ring, std::function<void()> onNews, Bell bell)
    : m_loop(loop)
    , m_ring(ring)
    , m_open(ring)
    , m_onNews(std::move(onNews))
{
    if (bell == Bell::Rings) {
        m_loop.watch(m_ring.wakeFd(), EPOLLIN, [this](auto) {
            m_ring.arm();
            tell();
        });
        m_ring.arm();
    }
    m_idleTick = m_loop.after(limits::ringIdle / 2, [this] { onIdleTick(); });
}

Broadcast::~Broadcast()
{
    m_loop.cancel(m_idleTick);
    m_loop.unwatch(m_ring.wakeFd());
}

void Broadcast::tell()
{
    m_open.update();
    m_onNews();
}

void Broadcast::onIdleTick()
{
    m_ring.releaseIdle();
    m_idleTick = m_loop.after(limits::ringIdle / 2, [this] { onIdleTick(); });
}

const OpenConnections& Broadcast::open()
{
    m_open.update();
    return m_open;
}

} // namespace podglass::agent
