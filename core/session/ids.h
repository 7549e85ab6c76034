// SPDX-License-Identifier: Apache-2.0
// Ids: an agent's ids live as long as that agent; the window's live as long as the session. Each
// connection to an agent is an epoch, which stands in the upper bits of connection and exchange
// ids, so that a fresh agent's connection 1 is not taken for the old one's. Targets keep the id
// that they got first, whatever the new agent calls them. Pure; one thread.
#pragma once

#include "core/flow/event.h"
#include "core/wire/message.h"

#include <string>
#include <unordered_map>

namespace podglass::session {

class Ids
{
public:
    // A new connection to an agent begins. The first epoch leaves ids as they are.
    void nextEpoch();

    // The agent says what it calls a target; gives the session's id for that spec.
    base::TargetId adopt(base::TargetId agents, const std::string& spec);

    [[nodiscard]] base::TargetId ours(base::TargetId agents) const;
    [[nodiscard]] base::TargetId agents(base::TargetId ours) const; // none: not attached now

    [[nodiscard]] base::ConnectionId ours(base::ConnectionId id) const { return {fold(id.value)}; }

    [[nodiscard]] base::ExchangeId ours(base::ExchangeId id) const { return {fold(id.value)}; }

    void translate(flow::Event& event) const;

private:
    [[nodiscard]] std::uint64_t fold(std::uint64_t id) const;

    std::uint64_t m_epoch = 0;
    std::uint64_t m_lastTarget = 0;
    std::unordered_map<std::string, base::TargetId> m_bySpec;
    std::unordered_map<std::uint64_t, base::TargetId> m_ours;   // by the agent's
    std::unordered_map<std::uint64_t, base::TargetId> m_agents; // by ours
};

} // namespace podglass::session
