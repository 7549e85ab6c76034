// SPDX-License-Identifier: Apache-2.0
// ConnectionTable: segments in, connections out. It knows which connection a segment belongs to,
// when one begins (handshake, or joined late) and when it is over, and holds all of it to limits:
// half-open handshakes, connections, idle time, bytes that wait behind holes.
// Opened connections get a StreamSink from the factory; ids come from the given source.
// Time passed in, no I/O. Thread: one.
#pragma once

#include "core/reassembly/aged_map.h"
#include "core/reassembly/connection.h"

#include <list>
#include <unordered_map>

namespace podglass::reassembly {

// Which side of a segment is the service, as far as the caller knows.
enum class ServerSide : std::uint8_t
{
    Unknown,
    Source,
    Destination,
};

struct TableOptions
{
    flow::Origin origin = flow::Origin::Mirror;
    std::size_t historyBytes;
    std::uint64_t seed = 0; // of the hash; a peer must not know it
};

class ConnectionTable
{
public:
    // `factory` and `ids` outlive the table.
    ConnectionTable(StreamFactory& factory, base::Ids& ids, const TableOptions& options);
    ConnectionTable(const ConnectionTable&) = delete;
    ConnectionTable& operator=(const ConnectionTable&) = delete;
    // Open connections are closed as CaptureStopped by closeAll(), not by the destructor.
    ~ConnectionTable() = default;

    void segment(const demux::Segment& segment, ServerSide server, Moment when);

    // Ages, idle connections and holes. Any interval up to a second is good; 10 ms shows losses
    // soonest.
    void tick(Moment when);

    // Closes those that `chosen` names; in the order of their ids.
    template <typename Chosen>
    void closeIf(flow::CloseReason reason, Moment when, const Chosen& chosen)
    {
        for (const FourTuple& tuple : tuples(chosen))
            close(*m_index.find(tuple)->second, {reason, {}}, when);
    }

    template <typename Visit>
    void forEach(const Visit& visit) const
    {
        for (const Connection& connection : m_connections)
            visit(connection.opened());
    }

    // Also forgets a handshake under way.
    void close(const FourTuple& tuple, flow::CloseReason reason, Moment when);

    [[nodiscard]] bool contains(const FourTuple& tuple) const { return m_index.contains(tuple); }

    [[nodiscard]] const Counters& counters();

    [[nodiscard]] Counters& ownCounters() { return m_shared.counters; }

private:
    using Connections = std::list<Connection>; // idlest first

    struct Closed
    {
        bool reset = false;
        std::array<std::uint32_t, 2> ends{}; // sequence numbers behind the last; low, high
        std::array<bool, 2> known{};
    };

    void known(Connection& connection, const demux::Segment& segment, Moment when);
    void synInside(Connection& connection, const demux::Segment& segment, Moment when);
    void unknown(const demux::Segment& segment, ServerSide server, Moment when);
    void
    handshake(const demux::Segment& segment, const FourTuple& tuple, bool fromLow, Moment when);
    void joinLate(const demux::Segment& segment, ServerSide server, Moment when);
    bool isStraggler(const demux::Segment& segment, const FourTuple& tuple, bool fromLow);
    Connection& promote(const FourTuple& tuple, Moment when);
    Connection& open(const FourTuple& tuple, const flow::ConnectionOpened& opened, Moment when);
    void settle(Connection& connection, const std::optional<Ending>& ending, Moment when);
    void holdToLimits(Connection& connection, Moment when);
    void unwatch(Connection& connection);
    void touch(Connection& connection, Moment when);
    void close(Connection& connection, Ending ending, Moment when);
    void remember(const Connection& connection, Ending ending, Moment when);
    std::vector<FourTuple>
    tuples(const std::function<bool(const flow::ConnectionOpened&)>& chosen) const;

    StreamFactory& m_factory;
    base::Ids& m_ids;
    TableOptions m_options;
    Shared m_shared;
    Connections m_connections;
    std::unordered_map<FourTuple, Connections::iterator, FourTupleHash> m_index;
    AgedMap<HalfOpen> m_halfOpen;
    AgedMap<Closed> m_closed;
    std::list<Connection*> m_watched; // with holes, oldest first
};

} // namespace podglass::reassembly
