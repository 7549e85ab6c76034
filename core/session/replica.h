// SPDX-License-Identifier: Apache-2.0
// Replica: one pod of an attached workload, with an agent and an engine of its own. Its updates
// stay in a queue of its own until the workload takes them, so that a window that is slow holds
// each agent back by itself. Thread: the loop's.
#pragma once

#include "core/session/engine.h"
#include "core/session/kubernetes_carrier.h"

#include <functional>
#include <map>
#include <set>

namespace podglass::session {

class Replica
{
public:
    // `wake`: updates() has something to take; comes from the loop, not from inside the engine, so
    // the replica may be destroyed in it.
    Replica(io::Loop& loop,
            const ClusterSetup& setup,
            kubernetes::Pod pod,
            std::uint32_t number,
            std::function<void()> wake);
    Replica(const Replica&) = delete;
    Replica& operator=(const Replica&) = delete;
    ~Replica();

    // While held nothing is taken, and in time the agent is not read from.
    void hold(bool on);

    [[nodiscard]] const kubernetes::Pod& pod() const { return m_pod; }

    // How to say it to an agent: by the id of a container that runs.
    [[nodiscard]] std::string spec() const;

    [[nodiscard]] std::uint32_t number() const { return m_number; }

    Engine& engine() { return m_engine; }

    Updates& updates() { return m_updates; }

    // What is known of it, kept by the workload.
    bool live = false;                        // its agent answers
    std::optional<wire::Attached> attached{}; // with the engine's target id
    std::optional<base::Timestamp> missedSince{};
    std::map<std::uint16_t, wire::PortState> ports{};
    std::set<std::uint16_t> mirroredOnly{}; // though stealing is wanted: it came later
    std::optional<wire::Telemetry> telemetry{};
    std::optional<Traffic> traffic{};
    std::set<std::uint64_t> held{}; // requests that wait for a person, by the engine's id

private:
    io::Loop& m_loop;
    kubernetes::Pod m_pod;
    std::uint32_t m_number;
    std::function<void()> m_wake;
    AgentPlace m_place;
    Updates m_updates;
    Engine m_engine;
    bool m_held = false;
};

} // namespace podglass::session
