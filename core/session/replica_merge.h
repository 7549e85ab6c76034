// SPDX-License-Identifier: Apache-2.0
// What several agents say, as if one had said it. Pure.
#pragma once

#include "core/session/update.h"

#include <map>
#include <span>

namespace podglass::session {

// Ids of connections and exchanges: engines number them anew for each agent (session/ids.h: the
// upper 16 bits); here each (replica, engine's number) gets a number of its own.
class ReplicaIds
{
public:
    void translate(flow::Event& event, std::uint32_t replica, base::TargetId target);
    [[nodiscard]] base::ExchangeId ours(base::ExchangeId id, std::uint32_t replica);

private:
    std::uint64_t fold(std::uint64_t id, std::uint32_t replica);

    std::map<std::pair<std::uint32_t, std::uint64_t>, std::uint64_t> m_epochs;
};

struct PortVoice
{
    std::string pod;
    const wire::PortState* state = nullptr;
};

// The strongest mode, so that nothing is stolen unseen; refused only if all refuse; the oldest
// filter; words are named by pod where not all say the same. `voices` is not empty.
wire::PortState mergedPort(std::span<const PortVoice> voices);

// Counters add up; memory and ring are those of the agent with the least room left; lag is the
// longest. `ended`: counters of agents that are gone, so that no loss is forgotten.
wire::Telemetry mergedTelemetry(std::span<const wire::Telemetry* const> samples,
                                const wire::Telemetry& ended);

// Adds the counters (not the states) of `sample`.
void addCounters(wire::Telemetry& sum, const wire::Telemetry& sample);

} // namespace podglass::session
