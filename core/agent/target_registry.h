// SPDX-License-Identifier: Apache-2.0
// TargetRegistry: the attached targets by spec. The same spec gives every client the same target
// and id; ids are never used twice. A target stays until its last client has left and what was
// stolen of it has been given back. Thread: the io thread.
#pragma once

#include "core/agent/attached_target.h"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace podglass::agent {

class TargetRegistry
{
public:
    TargetRegistry(PortServices& services, AttachedTarget::Events events)
        : m_services(services)
        , m_events(std::move(events))
    {}

    // The attached target of that spec, or a new one whose capture thread just started.
    base::Result<AttachedTarget*> open(const std::string& spec);

    [[nodiscard]] AttachedTarget* find(base::TargetId target) const;

    // The client is out of it: its ports are released.
    static void leave(AttachedTarget& target, base::ClientId client);

    // No more clients can come to it.
    void retire(AttachedTarget& target);

    // Destroys what nobody needs any more. Called from the loop, never from a target's event.
    void sweep();

    [[nodiscard]] bool quiet() const;
    [[nodiscard]] std::size_t proxied() const;

    [[nodiscard]] const std::map<base::TargetId, std::unique_ptr<AttachedTarget>>& all() const
    {
        return m_targets;
    }

private:
    PortServices& m_services;
    AttachedTarget::Events m_events;
    std::map<base::TargetId, std::unique_ptr<AttachedTarget>> m_targets;
    std::map<std::string, base::TargetId> m_bySpec;
    std::uint64_t m_next = 1;
};

} // namespace podglass::agent
