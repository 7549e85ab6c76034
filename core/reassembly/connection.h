// SPDX-License-Identifier: Apache-2.0
// Connection: both directions of one TCP connection and the rules by which it ends.
// Contract: segments of its four-tuple in, StreamSink calls out; it says when it is over, the
// table then closes it. Thread: the table's. Source: RFC 9293 3.10, RFC 5961 (resets).
#pragma once

#include "core/reassembly/four_tuple.h"
#include "core/reassembly/half_open.h"
#include "core/reassembly/reassembler.h"

#include <list>
#include <optional>

namespace podglass::reassembly {

// Why a connection is over.
struct Ending
{
    flow::CloseReason reason = flow::CloseReason::Finished;
    flow::Direction by = flow::Direction::ClientToServer;
};

class Connection
{
public:
    Connection(Shared& shared, FourTuple tuple, flow::ConnectionOpened opened);

    // Sequence numbers, windows and data of the handshake.
    void begin(const HalfOpen& handshake, Moment when);

    // A segment without SYN.
    std::optional<Ending> segment(const demux::Segment& segment, Moment when);

    enum class SynMeaning : std::uint8_t
    {
        Repeated, // of this connection
        Foreign,  // of another handshake; its data is not ours
        Restart,  // nothing contradicts that the four-tuple is used again
    };

    SynMeaning syn(const demux::Segment& segment, Moment when);

    // Decides about holes; see Reassembler::decide().
    std::optional<Ending> decide(Moment when);

    // Declares the oldest hole of one or both directions lost.
    std::optional<Ending> giveUpHole(Moment when);

    // Delivers what is left and ends the sink.
    void close(Ending ending, Moment when);

    [[nodiscard]] bool hasHole() const { return m_client.hasHole() || m_server.hasHole(); }

    [[nodiscard]] std::size_t held() const { return m_client.held() + m_server.held(); }

    [[nodiscard]] const FourTuple& tuple() const { return m_tuple; }

    [[nodiscard]] const flow::ConnectionOpened& opened() const { return m_opened; }

    [[nodiscard]] const Reassembler& direction(flow::Direction direction) const
    {
        return direction == flow::Direction::ClientToServer ? m_client : m_server;
    }

    std::unique_ptr<StreamSink> sink;
    flow::ConnectionId id;
    base::Instant lastActive; // coarse, kept by the table
    base::Timestamp lastAt;
    std::optional<std::list<Connection*>::iterator> watch; // the table looks after its holes

private:
    [[nodiscard]] flow::Direction directionOf(const demux::Segment& segment) const
    {
        return segment.source == m_opened.client ? flow::Direction::ClientToServer
                                                 : flow::Direction::ServerToClient;
    }

    Reassembler& stream(flow::Direction direction)
    {
        return direction == flow::Direction::ClientToServer ? m_client : m_server;
    }

    std::optional<Ending> reset(const demux::Segment& segment, Moment when);
    [[nodiscard]] std::optional<Ending> ending();
    void note(flow::AnomalyKind kind, const demux::Segment& segment, Moment when);
    static bool isPlausible(const Reassembler& stream, const demux::Segment& segment);

    FourTuple m_tuple;
    flow::ConnectionOpened m_opened;
    Reassembler m_client; // what the client sends
    Reassembler m_server;
    std::optional<flow::Direction> m_firstFin;
    std::optional<flow::Direction> m_resetBy; // a reset behind a hole waits for the hole
    std::uint64_t m_resetAt = 0;
    std::array<std::uint8_t, 2> m_scale; // of the windows that each side announces
};

} // namespace podglass::reassembly
