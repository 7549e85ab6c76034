// SPDX-License-Identifier: Apache-2.0
// CapturePipeline: the thinking part of a capture thread, packet in, ring record out:
//   Packet → Tracker (demux, reassembly) → stream bytes or Gap → parser → Event → EventWriter →
//   Ring
// No I/O and no clock of its own, so tests can drive it. Thread: its owner's.
#pragma once

#include "core/agent/capture_plan.h"
#include "core/agent/event_writer.h"
#include "core/base/id.h"
#include "core/parse/connection_parser.h"
#include "core/reassembly/tracker.h"

#include <optional>

namespace podglass::agent {

struct PipelineFigures
{
    std::uint64_t packets = 0;
    std::uint64_t packetBytes = 0;
    std::uint64_t malformed = 0;
    std::uint64_t unseenPackets = 0; // while it was paused
    std::uint64_t unseenBytes = 0;
    std::uint32_t openConnections = 0;
};

// Numbers of one producer of an agent: the producers are the io thread (0) and each target ever
// attached, and none makes 2^40 of them.
inline constexpr std::uint64_t idsPerProducer = std::uint64_t{1} << 40;

class CapturePipeline
{
public:
    // `seed`: random, so that nobody can aim at the hash tables.
    CapturePipeline(base::TargetId target, channel::Ring& ring, std::uint64_t seed);

    void onPacket(const capture::Packet& packet) { m_tracker.onPacket(packet); }

    void setPlan(const CapturePlan& plan);
    void proxyOwns(const flow::Endpoint& client, const flow::Endpoint& server, bool owned);

    // The ports on the other side of the connections of a port that are open now.
    [[nodiscard]] std::set<std::uint16_t> openPeers(std::uint16_t port) const
    {
        return m_tracker.openPeers(port);
    }

    void kernelDropped(std::uint64_t packets, base::Timestamp at);

    // Short of memory: nothing is followed any more, what comes is counted (Tracker::pause).
    void pause(bool paused) { m_tracker.pause(paused); }

    void tick(base::Instant now) { m_tracker.tick(now); }

    // Closes what is open, as CaptureStopped.
    void stop() { m_tracker.finish(); }

    [[nodiscard]] PipelineFigures figures();

private:
    // The parsers' options change with the plan; connections keep those they were opened with.
    class Parsers : public reassembly::StreamFactory
    {
    public:
        std::unique_ptr<reassembly::StreamSink> open(flow::ConnectionId connection,
                                                     const flow::ConnectionOpened& opened,
                                                     base::Timestamp at) override
        {
            return current->open(connection, opened, at);
        }

        std::optional<parse::ParserFactory> current;
    };

    base::TargetId m_target;
    EventWriter m_writer;
    base::Ids m_connectionIds;
    base::Ids m_exchangeIds;
    CapturePlan m_plan;
    Parsers m_parsers;
    reassembly::Tracker m_tracker;
};

} // namespace podglass::agent
