// SPDX-License-Identifier: Apache-2.0
#include "core/session/ids.h"

#include <algorithm>

namespace podglass::session {

namespace {

constexpr unsigned epochShift = 48;

} // namespace

void Ids::nextEpoch()
{
    ++m_epoch;
    m_ours.clear();
    m_agents.clear();
}

std::uint64_t Ids::fold(std::uint64_t id) const
{
    if (id == 0)
        return 0;
    constexpr std::uint64_t mask = (std::uint64_t{1} << epochShift) - 1;
    return (id & mask) | ((m_epoch > 0 ? m_epoch - 1 : 0) << epochShift);
}

base::TargetId Ids::adopt(base::TargetId agents, const std::string& spec)
{
    auto found = m_bySpec.find(spec);
    if (found == m_bySpec.end())
        found = m_bySpec.emplace(spec, base::TargetId{++m_lastTarget}).first;
    m_ours[agents.value] = found->second;
    m_agents[found->second.value] = agents;
    return found->second;
}

base::TargetId Ids::ours(base::TargetId agents) const
{
    const auto found = m_ours.find(agents.value);
    return found == m_ours.end() ? base::TargetId{} : found->second;
}

base::TargetId Ids::agents(base::TargetId ours) const
{
    const auto found = m_agents.find(ours.value);
    return found == m_agents.end() ? base::TargetId{} : found->second;
}

void Ids::translate(flow::Event& event) const
{
    event.target = ours(event.target);
    event.connection = ours(event.connection);
    std::visit(
        [&](auto& body) {
            if constexpr (requires { body.exchange; })
                body.exchange = ours(body.exchange);
        },
        event.body);
}

} // namespace podglass::session
