// SPDX-License-Identifier: Apache-2.0
#include "core/session/wishes.h"

#include <algorithm>

namespace podglass::session {

void Wishes::attach(std::uint32_t request, std::string spec)
{
    m_targets.push_back({request, std::move(spec), {}});
}

void Wishes::detach(base::TargetId ours)
{
    std::erase_if(m_targets, [&](const Target& target) { return target.ours == ours; });
    std::erase_if(m_ports, [&](const auto& port) { return port.first.first == ours.value; });
    std::erase_if(m_deliveries, [&](const auto& wish) { return wish.first.first == ours.value; });
}

void Wishes::setPort(wire::SetPort wanted)
{
    const auto key = std::pair(wanted.target.value, wanted.port);
    if (wanted.mode == wire::Mode::Off) {
        m_ports.erase(key);
        m_deliveries.erase(key);
    } else
        m_ports[key] = {std::move(wanted), false};
}

void Wishes::forgetPort(base::TargetId ours, std::uint16_t port)
{
    m_ports.erase({ours.value, port});
}

std::optional<wire::SetPort> Wishes::find(base::TargetId ours, std::uint16_t port) const
{
    const auto found = m_ports.find({ours.value, port});
    return found == m_ports.end() ? std::nullopt : std::optional(found->second.wanted);
}

void Wishes::setDelivery(const wire::SetDelivery& wanted)
{
    m_deliveries[{wanted.target.value, wanted.port}] = wanted;
}

std::vector<wire::SetDelivery> Wishes::deliveries(base::TargetId ours) const
{
    std::vector<wire::SetDelivery> all;
    for (const auto& [key, wish] : m_deliveries) {
        if (key.first == ours.value)
            all.push_back(wish);
    }
    return all;
}

std::vector<wire::SetPort> Wishes::attached(wire::Attached& message, Ids& ids)
{
    const auto found = std::ranges::find(m_targets, message.request, &Target::request);
    // By the spec that was asked for: the agent may answer with a fuller form of it.
    const base::TargetId ours =
        ids.adopt(message.target, found != m_targets.end() ? found->spec : message.spec);
    std::vector<wire::SetPort> ports;
    if (found != m_targets.end())
        found->ours = ours;
    for (const auto& [key, port] : m_ports) {
        if (key.first != ours.value)
            continue;
        ports.push_back(port.wanted);
        ports.back().target = message.target;
    }
    message.target = ours;
    return ports;
}

void Wishes::failed(std::uint32_t request)
{
    std::erase_if(m_targets, [&](const Target& target) { return target.request == request; });
}

std::vector<wire::Attach> Wishes::again(bool keepStealing)
{
    for (auto& [key, port] : m_ports) {
        if (port.wanted.mode == wire::Mode::Steal && !keepStealing) {
            port.wanted.mode = wire::Mode::Mirror;
            port.demoted = true;
        }
    }
    std::vector<wire::Attach> all;
    for (const Target& target : m_targets)
        all.push_back({target.request, target.spec});
    return all;
}

void Wishes::annotate(wire::PortState& state)
{
    const auto found = m_ports.find({state.target.value, state.port});
    if (found == m_ports.end() || !std::exchange(found->second.demoted, false))
        return;
    state.message = "the connection broke while stealing: this port is only mirrored now"
                    + (state.message.empty() ? "" : "; " + state.message);
}

} // namespace podglass::session
