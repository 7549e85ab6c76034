// SPDX-License-Identifier: Apache-2.0
// Limits, ages and endings of the connections in the table.
#include "core/base/limits.h"
#include "core/reassembly/connection_table.h"

#include <algorithm>
#include <utility>

namespace podglass::reassembly {

namespace {

// Moving a connection to the young end of the list for every packet would cost more than it tells.
constexpr std::chrono::seconds touchInterval{1};

} // namespace

void ConnectionTable::touch(Connection& connection, Moment when)
{
    connection.lastAt = when.at;
    if (when.now - connection.lastActive < touchInterval)
        return;
    connection.lastActive = when.now;
    m_connections.splice(
        m_connections.end(), m_connections, m_index.find(connection.tuple())->second);
}

void ConnectionTable::settle(Connection& connection,
                             const std::optional<Ending>& ending,
                             Moment when)
{
    if (ending) {
        close(connection, *ending, when);
    } else if (connection.hasHole()) {
        if (!connection.watch)
            connection.watch = m_watched.insert(m_watched.end(), &connection);
        holdToLimits(connection, when);
    }
}

// T7: per direction first, then all together, beginning with the oldest hole.
void ConnectionTable::holdToLimits(Connection& connection, Moment when)
{
    while (connection.direction(flow::Direction::ClientToServer).held()
               > limits::outOfOrderBytesPerDirection
           || connection.direction(flow::Direction::ServerToClient).held()
                  > limits::outOfOrderBytesPerDirection) {
        if (const auto ending = connection.giveUpHole(when)) {
            close(connection, *ending, when);
            break;
        }
    }
    while (m_shared.counters.outOfOrderBytes > limits::outOfOrderBytesTotal && !m_watched.empty()) {
        Connection& oldest = *m_watched.front();
        const auto ending = oldest.held() > 0 ? oldest.giveUpHole(when) : std::nullopt;
        if (ending) {
            close(oldest, *ending, when);
        } else if (oldest.held() == 0) {
            if (oldest.hasHole())
                m_watched.splice(m_watched.end(), m_watched, m_watched.begin());
            else
                unwatch(oldest);
        }
    }
}

void ConnectionTable::tick(Moment when)
{
    m_halfOpen.expire(when.now, limits::halfOpenConnection);
    m_closed.expire(when.now, limits::closedConnection);
    for (auto at = m_watched.begin(); at != m_watched.end();) {
        Connection& connection = **at;
        ++at; // closing takes the entry out
        const auto ending = connection.decide(when);
        if (ending) {
            close(connection, *ending, when);
        } else if (!connection.hasHole()) {
            unwatch(connection);
        }
    }
    // Those that came before the clock was first told began now.
    for (auto at = m_connections.begin();
         at != m_connections.end() && at->lastActive == base::Instant{};
         ++at)
        at->lastActive = when.now;
    while (!m_connections.empty()
           && when.now - m_connections.front().lastActive >= limits::idleConnection)
        close(m_connections.front(), {flow::CloseReason::Idle, {}}, when);
}

void ConnectionTable::unwatch(Connection& connection)
{
    if (connection.watch)
        m_watched.erase(*std::exchange(connection.watch, std::nullopt));
}

void ConnectionTable::close(const FourTuple& tuple, flow::CloseReason reason, Moment when)
{
    m_halfOpen.erase(tuple);
    const auto found = m_index.find(tuple);
    if (found != m_index.end())
        close(*found->second, {reason, {}}, when);
}

void ConnectionTable::close(Connection& connection, Ending ending, Moment when)
{
    // The last packet's time, not that of the moment somebody noticed.
    connection.close(ending, {connection.lastAt, when.now});
    remember(connection, ending, when);
    unwatch(connection);
    ++m_shared.counters.closed;
    const auto found = m_index.find(connection.tuple());
    const auto at = found->second;
    m_index.erase(found);
    m_connections.erase(at);
}

void ConnectionTable::remember(const Connection& connection, Ending ending, Moment when)
{
    Closed closed;
    closed.reset = ending.reason == flow::CloseReason::Reset;
    const bool clientIsLow = connection.opened().client == connection.tuple().low;
    for (const auto direction :
         {flow::Direction::ClientToServer, flow::Direction::ServerToClient}) {
        const Reassembler& stream = connection.direction(direction);
        const bool isLow = (direction == flow::Direction::ClientToServer) == clientIsLow;
        closed.ends[isLow ? 0 : 1] = stream.nextSequence();
        closed.known[isLow ? 0 : 1] = stream.hasBegun();
    }
    m_closed.put(connection.tuple(), closed, when.now);
}

std::vector<FourTuple>
ConnectionTable::tuples(const std::function<bool(const flow::ConnectionOpened&)>& chosen) const
{
    std::vector<std::pair<std::uint64_t, FourTuple>> found;
    for (const Connection& connection : m_connections) {
        if (chosen(connection.opened()))
            found.emplace_back(connection.id.value, connection.tuple());
    }
    std::ranges::sort(found, {}, [](const auto& entry) { return entry.first; });
    std::vector<FourTuple> result;
    for (const auto& entry : found)
        result.push_back(entry.second);
    return result;
}

const Counters& ConnectionTable::counters()
{
    m_shared.counters.connections = m_connections.size();
    m_shared.counters.halfOpen = m_halfOpen.size();
    return m_shared.counters;
}

} // namespace podglass::reassembly
