// SPDX-License-Identifier: Apache-2.0
// The connections seen, numbered like rows. Bounded: beyond limits::storeConnections the oldest are
// forgotten (and counted); rows then show no client.
#pragma once

#include "core/flow/event.h"
#include "core/store/delta.h"

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

namespace podglass::store {

struct Connection
{
    base::ConnectionId id;
    base::TargetId target;
    std::uint32_t targetName = 0; // for Connections::targetName()
    flow::Endpoint client;
    flow::Endpoint server;
    base::Timestamp opened;
    base::Timestamp closedAt;
    std::array<std::uint64_t, 2> bytes{};   // per Direction, of messages and raw data seen
    std::array<std::uint64_t, 2> missing{}; // per Direction, in gaps
    std::uint32_t exchanges = 0;
    std::uint32_t anomalies = 0;
    std::uint32_t conflicts = 0; // among them: the same bytes with different content
    std::string detail;          // TLS: the server name asked for; HTTP/2, raw: what cannot be read
    std::string offeredProtocols; // TLS, ALPN
    std::string chosenProtocol;
    std::uint16_t offeredVersion = 0; // TLS, the highest
    std::uint16_t chosenVersion = 0;
    bool encryptedName = false;      // TLS, ECH
    std::uint16_t tlsTerminated = 0; // TLS that was ended by the agent; 0: none
    std::string serverName;          // of it
    std::uint8_t proxyVersion = 0;   // PROXY protocol in front; 0: none
    bool sourceKnown = false;        // the proxy gave these
    flow::Endpoint source;
    flow::Endpoint destination;
    std::string tunnelTo; // CONNECT
    Number row = 0; // among Rows: of RowKind::Connection, or the exchange that became a stream
    flow::Protocol protocol = flow::Protocol::Unknown;
    flow::Origin origin = flow::Origin::Mirror;
    flow::CloseReason reason = flow::CloseReason::Finished;
    bool open = true;
    bool joinedLate = false;
    bool known = true; // false: events came without ConnectionOpened

    bool operator==(const Connection&) const = default;
};

class Connections
{
public:
    explicit Connections(std::size_t limit)
        : m_limit(limit)
    {}

    [[nodiscard]] Number first() const { return m_first; }

    [[nodiscard]] Number end() const { return m_first + static_cast<Number>(m_rows.size()); }

    // Null when it is forgotten.
    [[nodiscard]] const Connection* at(Number number) const;

    // The number of a connection; a stranger gets a row of its own.
    Number numberOf(base::ConnectionId id, base::TargetId target, base::Timestamp at);
    // What a target is called, of connections seen from now on: another session gives the same id
    // to another target.
    void nameTarget(base::TargetId target, const std::string& name);

    // Empty: nobody said.
    [[nodiscard]] const std::string& targetName(const Connection& connection) const
    {
        return m_targetNames[connection.targetName];
    }

    // For changing; notes the change.
    Connection& change(Number number);

    void clear();
    // Those open get closed by the clock of the break: their ids may be given anew.
    void forgetIds();

    Delta takeDelta() { return m_log.take(first(), end()); }

    // Those below `first` go.
    void dropBelow(Number first);

    [[nodiscard]] std::uint64_t forgotten() const { return m_forgotten; }

private:
    std::deque<Connection> m_rows;
    std::unordered_map<base::ConnectionId, Number> m_numbers;
    Number m_first = 1;
    std::size_t m_limit;
    std::uint64_t m_forgotten = 0;
    DeltaLog m_log;
    std::vector<std::string> m_targetNames{{}}; // each once: as many as a user chooses targets
    std::unordered_map<base::TargetId, std::uint32_t> m_named;
};

} // namespace podglass::store
