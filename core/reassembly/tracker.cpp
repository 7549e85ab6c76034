// SPDX-License-Identifier: Apache-2.0
#include "core/reassembly/tracker.h"

#include "core/base/limits.h"

#include <algorithm>

namespace podglass::reassembly {

namespace {

using demux::Segment;
namespace tcp = demux::tcp;

// A file's clock: one wild time stamp must not age everything else out.
constexpr std::chrono::seconds largestStep{60};
constexpr std::chrono::milliseconds tickInterval{10};

} // namespace

TrackerOptions TrackerOptions::live(std::uint64_t seed)
{
    return {flow::Origin::Mirror,
            Clock::Ticks,
            demux::Checksums::Trust,
            false,
            limits::historyBytes,
            seed};
}

TrackerOptions TrackerOptions::file()
{
    return {flow::Origin::File,
            Clock::Packets,
            demux::Checksums::Verify,
            true,
            limits::historyBytes,
            0};
}

Tracker::Tracker(StreamFactory& factory, base::Ids& connectionIds, const TrackerOptions& options)
    : m_options(options)
    , m_demux(options.checksums)
    , m_table(factory, connectionIds, {options.origin, options.historyBytes, options.seed})
    , m_owned(0, FourTupleHash(options.seed))
    , m_ignored(limits::ignoredConnections, options.seed)
{}

void Tracker::onPacket(const capture::Packet& packet)
{
    if (m_options.clock == Clock::Packets)
        advanceClock(packet.at);
    m_when.at = packet.at;
    Segment segment;
    if (!m_demux.decode(packet, segment))
        return;
    if (!m_options.allPorts && !m_ports[segment.source.port]
        && !m_ports[segment.destination.port]) {
        ++m_table.ownCounters().otherPorts;
        return;
    }
    if (!m_options.allPorts && isIgnored(segment)) {
        ++m_table.ownCounters().ignored;
        return;
    }
    if (m_paused) {
        ++m_unseen.packets;
        m_unseen.bytes += segment.length();
        return;
    }
    m_table.segment(segment, serverSide(segment), m_when);
}

void Tracker::advanceClock(base::Timestamp at)
{
    if (m_when.at.nanoseconds != 0)
        m_when.now += std::min<base::Duration>(base::elapsed(m_when.at, at), largestStep);
    if (m_when.now >= m_nextTick) {
        m_nextTick = m_when.now + tickInterval;
        m_table.tick(m_when);
    }
}

void Tracker::tick(base::Instant now)
{
    m_when.now = now;
    m_table.tick(m_when);
    m_ignored.expire(now, limits::ignoredConnection);
}

void Tracker::finish()
{
    m_table.closeIf(flow::CloseReason::CaptureStopped, m_when, [](const flow::ConnectionOpened&) {
        return true;
    });
}

void Tracker::pause(bool paused)
{
    m_paused = paused;
    if (paused)
        m_table.closeIf(
            flow::CloseReason::Evicted, m_when, [](const flow::ConnectionOpened&) { return true; });
}

void Tracker::setPorts(const std::set<std::uint16_t>& ports)
{
    m_ports.reset();
    for (const std::uint16_t port : ports)
        m_ports.set(port);
    m_table.closeIf(
        flow::CloseReason::CaptureStopped, m_when, [this](const flow::ConnectionOpened& opened) {
            return !m_ports[opened.server.port];
        });
}

void Tracker::setNewConnections(std::uint16_t port, bool wanted)
{
    m_stolen.set(port, !wanted);
}

void Tracker::ignore(const flow::Endpoint& client, const flow::Endpoint& server, bool ignored)
{
    const FourTuple tuple = FourTuple::of(client, server, 0);
    if (ignored) {
        m_table.close(tuple, flow::CloseReason::TakenOver, m_when);
        m_owned.insert(tuple);
    } else if (m_owned.erase(tuple) > 0) {
        m_ignored.put(tuple, Ignored::Lingering, m_when.now);
    }
}

std::set<std::uint16_t> Tracker::openPeers(std::uint16_t port) const
{
    std::set<std::uint16_t> peers;
    m_table.forEach([&](const flow::ConnectionOpened& opened) {
        if (opened.server.port == port)
            peers.insert(opened.client.port);
    });
    return peers;
}

bool Tracker::isIgnored(const Segment& segment)
{
    const bool isSyn = segment.has(tcp::syn) && !segment.has(tcp::ack);
    if (!isSyn && m_owned.empty() && m_ignored.empty())
        return false; // the usual case, for every packet
    const FourTuple tuple = FourTuple::of(segment.source, segment.destination, 0);
    if (m_owned.contains(tuple))
        return true;
    const Ignored* entry = m_ignored.find(tuple);
    if (!isSyn)
        return entry != nullptr;
    if (entry != nullptr)
        m_ignored.erase(tuple);
    return refusesSyn(segment, tuple);
}

// A SYN says who is who, so it decides what happens to its four-tuple.
bool Tracker::refusesSyn(const Segment& segment, const FourTuple& tuple)
{
    if (m_table.contains({tuple.low, tuple.high, segment.vlan}))
        return false;
    if (!m_ports[segment.destination.port]) {
        m_ignored.put(tuple, Ignored::Outgoing, m_when.now);
        return true;
    }
    if (m_stolen[segment.destination.port]) {
        m_ignored.put(tuple, Ignored::Announced, m_when.now);
        return true;
    }
    return false;
}

ServerSide Tracker::serverSide(const Segment& segment) const
{
    if (m_options.allPorts)
        return ServerSide::Unknown;
    const bool source = m_ports[segment.source.port];
    const bool destination = m_ports[segment.destination.port];
    if (source == destination)
        return ServerSide::Unknown;
    return source ? ServerSide::Source : ServerSide::Destination;
}

} // namespace podglass::reassembly
