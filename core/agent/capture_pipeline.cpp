// SPDX-License-Identifier: Apache-2.0
#include "core/agent/capture_pipeline.h"

namespace podglass::agent {

CapturePipeline::CapturePipeline(base::TargetId target, channel::Ring& ring, std::uint64_t seed)
    : m_target(target)
    , m_writer(ring)
    , m_connectionIds(target.value * idsPerProducer + 1)
    , m_exchangeIds(target.value * idsPerProducer + 1)
    , m_tracker(m_parsers, m_connectionIds, reassembly::TrackerOptions::live(seed))
{
    m_parsers.current.emplace(
        m_writer, target, m_exchangeIds, parse::ParseOptions{.bodyLimit = m_plan.bodyLimit});
}

void CapturePipeline::setPlan(const CapturePlan& plan)
{
    if (plan.bodyLimit != m_plan.bodyLimit)
        m_parsers.current.emplace(
            m_writer, m_target, m_exchangeIds, parse::ParseOptions{.bodyLimit = plan.bodyLimit});
    m_plan = plan;
    std::set<std::uint16_t> ports;
    for (const auto& [port, takesNew] : plan.ports)
        ports.insert(port);
    m_tracker.setPorts(ports);
    for (const auto& [port, takesNew] : plan.ports)
        m_tracker.setNewConnections(port, takesNew);
}

void CapturePipeline::proxyOwns(const flow::Endpoint& client,
                                const flow::Endpoint& server,
                                bool owned)
{
    m_tracker.ignore(client, server, owned);
}

void CapturePipeline::kernelDropped(std::uint64_t packets, base::Timestamp at)
{
    flow::Lost lost;
    lost.place = flow::LossPlace::Kernel;
    lost.events = packets;
    m_writer.onEvent({.target = m_target, .connection = {}, .at = at, .body = lost});
}

PipelineFigures CapturePipeline::figures()
{
    const demux::DemuxCounters& demuxed = m_tracker.demuxCounters();
    return {.packets = demuxed.packets,
            .packetBytes = demuxed.bytes,
            .malformed = demuxed.malformed,
            .unseenPackets = m_tracker.unseen().packets,
            .unseenBytes = m_tracker.unseen().bytes,
            .openConnections = static_cast<std::uint32_t>(m_tracker.counters().connections)};
}

} // namespace podglass::agent
