// SPDX-License-Identifier: Apache-2.0
#include "core/agent/telemetry_message.h"

#include "core/telemetry/process_usage.h"
#include "core/telemetry/sample.h"

namespace podglass::agent {

wire::Telemetry
commonTelemetry(const TargetRegistry& targets, const filter::Cache& filters, std::size_t clients)
{
    wire::Telemetry telemetry;
    telemetry.at = base::wallClock().nanoseconds;
    telemetry.agent = telemetry::ownMemory("/");
    for (const auto& [id, target] : targets.all()) {
        const CaptureCounters& counters = target->counters();
        telemetry.packets += counters.packets.load(std::memory_order_relaxed);
        telemetry.packetBytes += counters.packetBytes.load(std::memory_order_relaxed);
        telemetry.kernelDrops += counters.kernelDrops.load(std::memory_order_relaxed);
        telemetry.malformedPackets += counters.malformed.load(std::memory_order_relaxed);
        telemetry.openConnections += counters.openConnections.load(std::memory_order_relaxed);
        telemetry.agent.captureRing += counters.ringBytes.load(std::memory_order_relaxed);
        telemetry.proxiedConnections += static_cast<std::uint32_t>(target->ports().proxied());
    }
    telemetry.clients = static_cast<std::uint32_t>(clients);
    telemetry.cpuMicroseconds = static_cast<std::uint64_t>(telemetry::ownCpuTime().count());
    telemetry.filterCacheHits = filters.hits();
    telemetry.filterCacheMisses = filters.misses();
    return telemetry;
}

wire::Telemetry
telemetryFor(ClientConnection& client, const wire::Telemetry& common, const TargetRegistry& targets)
{
    wire::Telemetry telemetry = common;
    for (const auto& [id, target] : targets.all()) {
        if (target->clients.contains(client.id()) && target->pid() != 0) {
            telemetry.target = telemetry::targetMemory("/", target->pid());
            break;
        }
    }
    telemetry.lag = client.feed().lag(io::Loop::now());
    telemetry.ringUsed = telemetry.lag.bytes;
    telemetry.ringSize = client.feed().ringSize();
    const Account& account = client.feed().account();
    telemetry.offeredEvents = account.offeredEvents;
    telemetry.deliveredEvents = account.deliveredEvents;
    telemetry.lostEvents = account.lostEvents;
    telemetry.offeredBytes = account.offeredBytes;
    telemetry.deliveredBytes = account.deliveredBytes;
    telemetry.lostBytes = account.lostBytes;
    return telemetry;
}

} // namespace podglass::agent
