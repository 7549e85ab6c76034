// SPDX-License-Identifier: Apache-2.0
// ProxyEvents: the second producer of events, on the io thread: what the proxies of all stolen
// ports see. A ring has one writer, so it has a ring of its own, made when the first port is
// stolen. Thread: the io thread.
#pragma once

#include "core/agent/broadcast.h"
#include "core/agent/event_writer.h"
#include "core/base/id.h"

namespace podglass::agent {

class ProxyEvents
{
public:
    ProxyEvents(io::Loop& loop,
                std::shared_ptr<channel::RingBudget> budget,
                std::function<void()> onNews)
        : m_ring(limits::ringBytes, limits::ringChunkBytes, std::move(budget))
        , m_writer(m_ring)
        , m_broadcast(loop, m_ring, std::move(onNews))
    {}

    EventWriter& writer() { return m_writer; }

    Broadcast& broadcast() { return m_broadcast; }

    base::Ids& exchangeIds() { return m_exchangeIds; }

    base::ConnectionId nextConnection() { return {m_connectionIds.next()}; }

private:
    channel::Ring m_ring;
    EventWriter m_writer;
    Broadcast m_broadcast;
    base::Ids m_connectionIds;
    base::Ids m_exchangeIds;
};

} // namespace podglass::agent
