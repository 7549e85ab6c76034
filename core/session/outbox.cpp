// SPDX-License-Identifier: Apache-2.0
#include "core/session/outbox.h"

#include <sys/epoll.h>

namespace podglass::session {

Outbox::Outbox(io::Loop& loop, Updates& updates, std::function<void()> flowing)
    : m_loop(loop)
    , m_updates(updates)
    , m_flowing(std::move(flowing))
{
    m_loop.watch(m_updates.spaceFd().get(), EPOLLIN, [this](auto) {
        io::silence(m_updates.spaceFd());
        retry();
    });
}

Outbox::~Outbox()
{
    m_loop.unwatch(m_updates.spaceFd().get());
}

void Outbox::push(Update update, std::size_t cost)
{
    if (m_waiting.empty() && m_updates.push(update, cost))
        return;
    m_waiting.emplace_back(std::move(update), cost);
}

void Outbox::retry()
{
    const bool wasBlocked = blocked();
    while (!m_waiting.empty() && m_updates.push(m_waiting.front().first, m_waiting.front().second))
        m_waiting.pop_front();
    if (wasBlocked && !blocked())
        m_flowing();
}

} // namespace podglass::session
