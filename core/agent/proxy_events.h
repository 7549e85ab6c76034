// SPDX-License-Identifier: Apache-2.0
// ProxyEvents: the second producer of events, on the io thread: what the proxies of all stolen
// ports see. A ring has one writer, so it has a ring of its own, made when the first port is
// stolen. Writer and readers share the thread, so nobody is woken through the kernel: clients are
// told newsDelay after the first event that they have not heard of, or at the end of the loop's
// round once newsBytes wait. Telling them in each round would run a client of this machine between
// a request and its answer. Thread: the io thread.
#pragma once

#include "core/agent/broadcast.h"
#include "core/agent/event_writer.h"
#include "core/base/id.h"

#include <optional>

namespace podglass::agent {

class ProxyEvents : private flow::EventSink
{
public:
    static constexpr std::chrono::milliseconds newsDelay{1};
    static constexpr std::uint64_t newsBytes = 64U << 10;

    ProxyEvents(io::Loop& loop,
                std::shared_ptr<channel::RingBudget> budget,
                std::function<void()> onNews);
    ProxyEvents(const ProxyEvents&) = delete;
    ProxyEvents& operator=(const ProxyEvents&) = delete;
    ~ProxyEvents() override;

    flow::EventSink& writer() { return *this; }

    Broadcast& broadcast() { return m_broadcast; }

    base::Ids& exchangeIds() { return m_exchangeIds; }

    base::ConnectionId nextConnection() { return {m_connectionIds.next()}; }

private:
    void onEvent(const flow::Event& event) override;
    void tell();

    io::Loop& m_loop;
    channel::Ring m_ring;
    EventWriter m_writer;
    Broadcast m_broadcast;
    base::Ids m_connectionIds;
    base::Ids m_exchangeIds;
    std::optional<io::Loop::TimerId> m_later; // tells when the delay is over
    std::optional<io::Loop::TimerId> m_soon;  // tells at the end of the round
    std::uint64_t m_toldBytes = 0;            // of the ring, when they were last told
};

} // namespace podglass::agent
