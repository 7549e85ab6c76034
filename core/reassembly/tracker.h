// SPDX-License-Identifier: Apache-2.0
// Tracker: from a packet to ordered stream bytes; the same object for live capture and for files.
//
// Contract: onPacket() for each packet in the order of capture; live also tick() before the first
// and at least each second (each 10 ms shows losses soonest), which is the only clock then; for a
// file the packets' times drive it. finish() at the end of a file or of a capture. StreamSinks are
// called inside these three and inside ignore(), setPorts(). No I/O. Thread: one.
#pragma once

#include "core/demux/demux.h"
#include "core/reassembly/connection_table.h"

#include <bitset>
#include <set>
#include <unordered_set>

namespace podglass::reassembly {

enum class Clock : std::uint8_t
{
    Ticks,   // live
    Packets, // files
};

struct TrackerOptions
{
    flow::Origin origin = flow::Origin::Mirror;
    Clock clock = Clock::Ticks;
    demux::Checksums checksums = demux::Checksums::Trust;
    bool allPorts = false;
    std::size_t historyBytes; // limits::historyBytes
    std::uint64_t seed = 0;   // random for live capture

    static TrackerOptions live(std::uint64_t seed);
    static TrackerOptions file();
};

class Tracker
{
public:
    // `factory` and `connectionIds` outlive the tracker.
    Tracker(StreamFactory& factory, base::Ids& connectionIds, const TrackerOptions& options);

    void onPacket(const capture::Packet& packet);
    void tick(base::Instant now);

    // Everything that is open is closed as CaptureStopped, in the order of ids.
    void finish();

    // What was not looked at while it paused, since the beginning.
    struct Unseen
    {
        std::uint64_t packets = 0;
        std::uint64_t bytes = 0; // of payload, retransmissions included
    };

    // Paused: everything that is open is closed as Evicted, so that nothing is kept, and packets of
    // the ports of interest are only counted. Afterwards connections are joined late.
    void pause(bool paused);

    [[nodiscard]] const Unseen& unseen() const { return m_unseen; }

    // The server ports of interest. Connections of a port that is taken out are closed.
    void setPorts(const std::set<std::uint16_t>& ports);

    // While a port is stolen, the proxy reports its new connections: they are not opened here.
    // Those that began before go on.
    void setNewConnections(std::uint16_t port, bool wanted);

    // The proxy owns this connection (or does no longer): an open one is closed as TakenOver, its
    // packets are counted and left out.
    void ignore(const flow::Endpoint& client, const flow::Endpoint& server, bool ignored);

    // The ports on the other side of the open connections of that server port.
    [[nodiscard]] std::set<std::uint16_t> openPeers(std::uint16_t port) const;

    [[nodiscard]] const Counters& counters() { return m_table.counters(); }

    [[nodiscard]] const demux::DemuxCounters& demuxCounters() const { return m_demux.counters(); }

    [[nodiscard]] const demux::FragmentCounters& fragmentCounters() const
    {
        return m_demux.fragmentCounters();
    }

private:
    enum class Ignored : std::uint8_t
    {
        Announced, // a SYN to a stolen port: the proxy will say so
        Lingering, // was owned; stragglers may come
        Outgoing,  // a SYN from a port of interest: we are its client
    };

    void advanceClock(base::Timestamp at);
    bool isIgnored(const demux::Segment& segment);
    bool refusesSyn(const demux::Segment& segment, const FourTuple& tuple);
    [[nodiscard]] ServerSide serverSide(const demux::Segment& segment) const;

    TrackerOptions m_options;
    demux::Demux m_demux;
    ConnectionTable m_table;
    std::bitset<65'536> m_ports;
    std::bitset<65'536> m_stolen;
    std::unordered_set<FourTuple, FourTupleHash> m_owned; // by the proxy
    AgedMap<Ignored> m_ignored;
    Moment m_when;
    base::Instant m_nextTick; // Clock::Packets
    bool m_paused = false;
    Unseen m_unseen;
};

} // namespace podglass::reassembly
