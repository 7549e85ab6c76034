// SPDX-License-Identifier: Apache-2.0
// Where a segment belongs; connection_table_end.cpp has limits and endings.
#include "core/reassembly/connection_table.h"

#include "core/base/limits.h"

namespace podglass::reassembly {

namespace {

using demux::Segment;
namespace tcp = demux::tcp;

// As demux packs them, see Segment::vlan.
constexpr unsigned vlanBits = 12;
constexpr std::uint32_t vlanMask = 0x0fff;

} // namespace

ConnectionTable::ConnectionTable(StreamFactory& factory,
                                 base::Ids& ids,
                                 const TableOptions& options)
    : m_factory(factory)
    , m_ids(ids)
    , m_options(options)
    , m_shared{History(options.historyBytes), {}}
    , m_index(0, FourTupleHash(options.seed))
    , m_halfOpen(limits::halfOpenConnections, options.seed)
    , m_closed(limits::closedConnections, options.seed)
{}

void ConnectionTable::segment(const Segment& segment, ServerSide server, Moment when)
{
    const auto found =
        m_index.find(FourTuple::of(segment.source, segment.destination, segment.vlan));
    if (found != m_index.end())
        known(*found->second, segment, when);
    else
        unknown(segment, server, when);
}

void ConnectionTable::known(Connection& connection, const Segment& segment, Moment when)
{
    touch(connection, when);
    if (segment.has(tcp::syn)) {
        synInside(connection, segment, when);
        return;
    }
    if (HalfOpen* next = m_halfOpen.empty() ? nullptr : m_halfOpen.find(connection.tuple())) {
        // Someone began anew on the same four-tuple, and its answer was missed.
        const bool fromLow = segment.source == connection.tuple().low;
        const bool fromClient = fromLow == next->clientIsLow;
        if (fromClient && segment.sequence == next->client.sequence + 1 && segment.length() > 0) {
            const FourTuple tuple = connection.tuple();
            close(connection, {flow::CloseReason::Replaced, {}}, when);
            known(promote(tuple, when), segment, when);
            return;
        }
    }
    const auto ending = connection.segment(segment, when);
    settle(connection, ending, when);
}

void ConnectionTable::synInside(Connection& connection, const Segment& segment, Moment when)
{
    const FourTuple tuple = connection.tuple();
    const bool fromLow = segment.source == tuple.low;
    // Linux answers a SYN inside a connection with an acknowledgement and stays; only an answering
    // SYN proves that the four-tuple is used again.
    HalfOpen* next = m_halfOpen.find(tuple);
    if (next != nullptr && segment.has(tcp::ack) && fromLow != next->clientIsLow
        && segment.acknowledgement == next->client.sequence + 1) {
        close(connection, {flow::CloseReason::Replaced, {}}, when);
        handshake(segment, tuple, fromLow, when);
        return;
    }
    switch (connection.syn(segment, when)) {
    case Connection::SynMeaning::Repeated:
        ++m_shared.counters.retransmissions;
        return;
    case Connection::SynMeaning::Restart:
        close(connection, {flow::CloseReason::Replaced, {}}, when);
        handshake(segment, tuple, fromLow, when);
        return;
    case Connection::SynMeaning::Foreign:
        break;
    }
    if (!segment.has(tcp::ack)) {
        HalfOpen fresh;
        fresh.greet(segment, fromLow);
        m_shared.counters.halfOpenEvicted += m_halfOpen.put(tuple, std::move(fresh), when.now);
    }
}

void ConnectionTable::unknown(const Segment& segment, ServerSide server, Moment when)
{
    const FourTuple tuple = FourTuple::of(segment.source, segment.destination, segment.vlan);
    const bool fromLow = segment.source == tuple.low;
    if (segment.has(tcp::syn) && !segment.has(tcp::rst)) {
        handshake(segment, tuple, fromLow, when);
        return;
    }
    if (const HalfOpen* begun = m_halfOpen.find(tuple)) {
        if (segment.has(tcp::rst)) {
            ++m_shared.counters.refused;
            m_halfOpen.erase(tuple);
            return;
        }
        if (begun->isContinuedBy(segment, fromLow)) {
            known(promote(tuple, when), segment, when);
            return;
        }
    }
    if (isStraggler(segment, tuple, fromLow)) {
        ++m_shared.counters.afterClose;
        return;
    }
    joinLate(segment, server, when);
}

void ConnectionTable::handshake(const Segment& segment,
                                const FourTuple& tuple,
                                bool fromLow,
                                Moment when)
{
    HalfOpen* begun = m_halfOpen.find(tuple);
    if (begun == nullptr) {
        m_shared.counters.halfOpenEvicted += m_halfOpen.put(tuple, HalfOpen{}, when.now);
        begun = m_halfOpen.find(tuple);
    }
    begun->greet(segment, fromLow);
    if (begun->isComplete() && !begun->simultaneous)
        promote(tuple, when);
}

// From a handshake to a connection; the entry exists.
Connection& ConnectionTable::promote(const FourTuple& tuple, Moment when)
{
    const HalfOpen begun = std::move(*m_halfOpen.find(tuple));
    m_halfOpen.erase(tuple);
    m_closed.erase(tuple);
    flow::ConnectionOpened opened;
    const bool clientIsLow = begun.simultaneous || begun.clientIsLow;
    opened.client = clientIsLow ? tuple.low : tuple.high;
    opened.server = clientIsLow ? tuple.high : tuple.low;
    opened.roleUnknown = begun.simultaneous || tuple.low == tuple.high;
    Connection& connection = open(tuple, opened, when);
    if (begun.simultaneous && !begun.clientIsLow) {
        HalfOpen turned;
        turned.client = begun.server;
        turned.server = begun.client;
        turned.simultaneous = true;
        connection.begin(turned, when);
    } else {
        connection.begin(begun, when);
    }
    return connection;
}

void ConnectionTable::joinLate(const Segment& segment, ServerSide server, Moment when)
{
    // Without payload there is nothing to show, and a keep-alive's sequence number would mislead.
    if (segment.length() == 0 || segment.has(tcp::rst) || !segment.has(tcp::ack)
        || segment.badChecksum) {
        ++m_shared.counters.unknown;
        return;
    }
    const FourTuple tuple = FourTuple::of(segment.source, segment.destination, segment.vlan);
    m_closed.erase(tuple);
    bool fromClient = server == ServerSide::Destination;
    if (server == ServerSide::Unknown)
        fromClient = segment.source.port > segment.destination.port;
    flow::ConnectionOpened opened;
    opened.client = fromClient ? segment.source : segment.destination;
    opened.server = fromClient ? segment.destination : segment.source;
    opened.joinedLate = true;
    opened.roleUnknown = server == ServerSide::Unknown;
    ++m_shared.counters.joinedLate;
    known(open(tuple, opened, when), segment, when);
}

bool ConnectionTable::isStraggler(const Segment& segment, const FourTuple& tuple, bool fromLow)
{
    const Closed* closed = m_closed.empty() ? nullptr : m_closed.find(tuple);
    if (closed == nullptr)
        return false;
    const std::size_t side = fromLow ? 0 : 1;
    if (closed->reset || !closed->known[side])
        return true;
    // Only what the closed connection can have sent.
    const auto behind =
        static_cast<std::uint32_t>(segment.sequence + segment.length()) - closed->ends[side];
    return static_cast<std::int32_t>(behind) <= 0;
}

Connection&
ConnectionTable::open(const FourTuple& tuple, const flow::ConnectionOpened& opened, Moment when)
{
    if (m_connections.size() >= limits::connections) {
        ++m_shared.counters.evicted;
        close(m_connections.front(), {flow::CloseReason::Evicted, {}}, when);
    }
    flow::ConnectionOpened complete = opened;
    complete.origin = m_options.origin;
    complete.vlans = {static_cast<std::uint16_t>(tuple.vlan & vlanMask),
                      static_cast<std::uint16_t>(tuple.vlan >> vlanBits & vlanMask)};
    Connection& connection = m_connections.emplace_back(m_shared, tuple, complete);
    connection.id = {m_ids.next()};
    connection.lastActive = when.now;
    connection.lastAt = when.at;
    connection.sink = m_factory.open(connection.id, complete, when.at);
    m_index.emplace(tuple, std::prev(m_connections.end()));
    ++m_shared.counters.opened;
    return connection;
}

} // namespace podglass::reassembly
