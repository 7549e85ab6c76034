// SPDX-License-Identifier: Apache-2.0
#include "core/session/replica_merge.h"

#include <algorithm>
#include <set>

namespace podglass::session {

namespace {

constexpr unsigned epochShift = 48;

// How full an agent's memory is; without a limit, how much it takes.
double fullness(const wire::Telemetry& sample)
{
    const auto used = static_cast<double>(sample.agent.anonymous + sample.agent.kernel);
    return sample.agent.limit != 0 ? used / static_cast<double>(sample.agent.limit) : used / 1e15;
}

// One text if all say the same, else "pod: text" for each that says something.
template <typename Read>
std::string joined(std::span<const PortVoice> voices, const Read& read)
{
    std::set<std::string> texts;
    for (const PortVoice& voice : voices)
        texts.insert(read(*voice.state));
    if (texts.size() == 1)
        return *texts.begin();
    std::string all;
    for (const PortVoice& voice : voices) {
        const std::string& text = read(*voice.state);
        if (!text.empty())
            all += (all.empty() ? "" : "; ") + voice.pod + ": " + text;
    }
    return all;
}

} // namespace

std::uint64_t ReplicaIds::fold(std::uint64_t id, std::uint32_t replica)
{
    if (id == 0)
        return 0;
    const auto [epoch, isNew] = m_epochs.try_emplace({replica, id >> epochShift}, m_epochs.size());
    constexpr std::uint64_t mask = (std::uint64_t{1} << epochShift) - 1;
    return (id & mask) | (epoch->second << epochShift);
}

void ReplicaIds::translate(flow::Event& event, std::uint32_t replica, base::TargetId target)
{
    event.target = target;
    event.connection = {fold(event.connection.value, replica)};
    std::visit(
        [&](auto& body) {
            if constexpr (requires { body.exchange; })
                body.exchange = ours(body.exchange, replica);
        },
        event.body);
}

base::ExchangeId ReplicaIds::ours(base::ExchangeId id, std::uint32_t replica)
{
    return {fold(id.value, replica)};
}

wire::PortState mergedPort(std::span<const PortVoice> voices)
{
    wire::PortState merged = *voices.front().state;
    merged.refused = true;
    merged.oldConnections = 0;
    merged.otherClients.clear();
    for (const PortVoice& voice : voices) {
        const wire::PortState& state = *voice.state;
        merged.mode = std::max(merged.mode, state.mode);
        merged.revision = std::min(merged.revision, state.revision);
        merged.refused = merged.refused && state.refused;
        merged.oldConnections += state.oldConnections;
        for (const std::string& client : state.otherClients) {
            if (std::ranges::find(merged.otherClients, client) == merged.otherClients.end())
                merged.otherClients.push_back(client);
        }
    }
    merged.message = joined(
        voices, [](const auto& state) -> const auto& { return state.message; });
    merged.rules = joined(
        voices, [](const auto& state) -> const auto& { return state.rules; });
    return merged;
}

void addCounters(wire::Telemetry& sum, const wire::Telemetry& sample)
{
    sum.offeredEvents += sample.offeredEvents;
    sum.deliveredEvents += sample.deliveredEvents;
    sum.lostEvents += sample.lostEvents;
    sum.offeredBytes += sample.offeredBytes;
    sum.deliveredBytes += sample.deliveredBytes;
    sum.lostBytes += sample.lostBytes;
    sum.packets += sample.packets;
    sum.packetBytes += sample.packetBytes;
    sum.kernelDrops += sample.kernelDrops;
    sum.malformedPackets += sample.malformedPackets;
    sum.cpuMicroseconds += sample.cpuMicroseconds;
    sum.filterCacheHits += sample.filterCacheHits;
    sum.filterCacheMisses += sample.filterCacheMisses;
}

wire::Telemetry mergedTelemetry(std::span<const wire::Telemetry* const> samples,
                                const wire::Telemetry& ended)
{
    const wire::Telemetry& fullest =
        **std::ranges::max_element(samples, {}, [](const auto* each) { return fullness(*each); });
    wire::Telemetry merged = ended;
    merged.at = fullest.at;
    merged.agent = fullest.agent;
    merged.target = fullest.target;
    merged.ringUsed = fullest.ringUsed;
    merged.ringSize = fullest.ringSize;
    for (const wire::Telemetry* sample : samples) {
        addCounters(merged, *sample);
        merged.at = std::max(merged.at, sample->at);
        if (sample->lag.microseconds >= merged.lag.microseconds)
            merged.lag = sample->lag;
        merged.openConnections += sample->openConnections;
        merged.proxiedConnections += sample->proxiedConnections;
        merged.clients = std::max(merged.clients, sample->clients);
    }
    return merged;
}

} // namespace podglass::session
