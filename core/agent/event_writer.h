// SPDX-License-Identifier: Apache-2.0
// EventWriter: the last stage before the ring. Encodes each event once, for all clients, and notes
// beside it what the accounting needs: connection, server port, direction, payload.
// Thread: the ring's writer.
#pragma once

#include "core/channel/ring.h"
#include "core/flow/event.h"
#include "core/wire/scratch.h"

#include <cstdint>
#include <unordered_map>

namespace podglass::agent {

// Bytes of the stream that an event stands for: those it carries, or those a Gap names. This is
// what offered = delivered + lost counts: who loses a Gap must be told of its bytes too.
std::uint64_t accountedBytes(const flow::Event& event);

class EventWriter : public flow::EventSink
{
public:
    // `ring` outlives the writer.
    explicit EventWriter(channel::Ring& ring)
        : m_ring(ring)
    {}

    void onEvent(const flow::Event& event) override;

    [[nodiscard]] std::size_t openConnections() const { return m_ports.size(); }

private:
    std::uint16_t portOf(const flow::Event& event);
    std::int64_t now();
    void append(const flow::Event& event, std::uint16_t port);

    channel::Ring& m_ring;
    wire::Scratch m_frame; // reused for each event
    std::unordered_map<base::ConnectionId, std::uint16_t> m_ports;
    // Of the last event: the next is most often of the same connection.
    base::ConnectionId m_lastConnection;
    std::uint16_t m_lastPort = 0;
    std::uint64_t m_batch = 0; // of the ring, when m_now was read
    std::int64_t m_now = 0;
};

} // namespace podglass::agent
