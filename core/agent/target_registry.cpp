// SPDX-License-Identifier: Apache-2.0
#include "core/agent/target_registry.h"

#include "core/base/limits.h"

#include <algorithm>

namespace podglass::agent {

namespace {

// Empty: there was nothing. What cannot be removed is in nobody's way: a steal says so.
std::string clearedWords(const base::Result<std::vector<std::string>>& removed)
{
    std::string words;
    if (!removed || removed->empty())
        return words;
    words = "removed packet rules that a killed agent had left here:";
    for (const std::string& table : *removed)
        words += " " + table;
    return words;
}

} // namespace

base::Result<AttachedTarget*> TargetRegistry::open(const std::string& spec)
{
    if (const auto known = m_bySpec.find(spec); known != m_bySpec.end())
        return m_targets.at(known->second).get();
    if (m_targets.size() >= limits::attachedTargets)
        return base::Error{.what =
                               std::to_string(m_targets.size()) + " targets are attached already",
                           .where = "attach to " + spec,
                           .advice = "detach one of them first"};
    if (const base::Status room = m_services.roomForMore("attach to " + spec); !room)
        return room.error();
    auto resolved = m_services.means().privileges->resolve(spec);
    if (!resolved)
        return resolved.error();
    auto door = m_services.means().privileges->captureDoor(resolved->networkNamespace.get());
    if (!door)
        return door.error();
    const base::TargetId id{m_next++};
    auto target = std::make_unique<AttachedTarget>(
        m_services, id, spec, std::move(resolved).value(), std::move(door).value(), m_events);
    if (m_services.stealLacks().empty())
        target->note(
            clearedWords(m_services.means().privileges->clearDead(target->networkNamespace())));
    AttachedTarget* opened = target.get();
    m_targets.emplace(id, std::move(target));
    m_bySpec.emplace(spec, id);
    return opened;
}

AttachedTarget* TargetRegistry::find(base::TargetId target) const
{
    const auto found = m_targets.find(target);
    return found == m_targets.end() ? nullptr : found->second.get();
}

void TargetRegistry::leave(AttachedTarget& target, base::ClientId client)
{
    target.clients.erase(client);
    std::erase_if(target.waiting, [&](const auto& entry) { return entry.first == client; });
    target.ports().clientLeft(client);
}

void TargetRegistry::retire(AttachedTarget& target)
{
    m_bySpec.erase(target.spec());
    target.waiting.clear();
    while (!target.clients.empty())
        leave(target, *target.clients.begin());
}

void TargetRegistry::sweep()
{
    for (auto entry = m_targets.begin(); entry != m_targets.end();) {
        AttachedTarget& target = *entry->second;
        target.ports().tick(); // what has drained goes at once
        const bool needed =
            !target.clients.empty() || !target.waiting.empty() || !target.ports().quiet();
        if (needed) {
            ++entry;
            continue;
        }
        if (const auto known = m_bySpec.find(target.spec());
            known != m_bySpec.end() && known->second == target.id())
            m_bySpec.erase(known);
        entry = m_targets.erase(entry);
    }
}

std::size_t TargetRegistry::proxied() const
{
    std::size_t sum = 0;
    for (const auto& [id, target] : m_targets)
        sum += target->ports().proxied();
    return sum;
}

bool TargetRegistry::quiet() const
{
    return std::ranges::all_of(m_targets,
                               [](const auto& entry) { return entry.second->ports().quiet(); });
}

} // namespace podglass::agent
