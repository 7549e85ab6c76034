// SPDX-License-Identifier: Apache-2.0
// AttachedTarget: one target that clients are attached to: its namespace, its capture thread and
// its ports. All its clients share it. Thread: the io thread.
#pragma once

#include "core/agent/broadcast.h"
#include "core/agent/capture_thread.h"
#include "core/agent/host/resolve.h"
#include "core/agent/port_manager.h"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace podglass::agent {

class AttachedTarget
{
public:
    struct Events
    {
        std::function<void(AttachedTarget&)> news; // something new in its ring
        // Interfaces are known; comes once before anything is captured.
        std::function<void(AttachedTarget&)> ready;
        // Nothing can be captured any more. The target must not be destroyed inside the call.
        std::function<void(AttachedTarget&, const base::Error&)> gone;
        // It is gone, was to see connections out, and no process is left in its namespace.
        std::function<void(AttachedTarget&)> deserted;
    };

    AttachedTarget(PortServices& services,
                   base::TargetId id,
                   std::string spec,
                   ResolvedTarget resolved,
                   std::unique_ptr<CaptureDoor> door,
                   Events events);
    AttachedTarget(const AttachedTarget&) = delete;
    AttachedTarget& operator=(const AttachedTarget&) = delete;
    ~AttachedTarget();

    [[nodiscard]] base::TargetId id() const { return m_id; }

    [[nodiscard]] const std::string& spec() const { return m_spec; }

    [[nodiscard]] std::uint32_t pid() const { return m_resolved.pid; }

    [[nodiscard]] bool ready() const { return m_interfaces.has_value(); }

    [[nodiscard]] const CaptureCounters& counters() const { return m_capture.counters(); }

    Broadcast& broadcast() { return m_broadcast; }

    PortManager& ports() { return m_ports; }

    [[nodiscard]] int networkNamespace() const { return m_resolved.networkNamespace.get(); }

    // Each second.
    void tick();

    // The agent is short of memory: what is mirrored is counted only.
    void pause(bool paused) { m_capture.command(PauseCapture{paused}); }

    // What whoever attaches is told besides.
    void note(std::string words) { m_note = std::move(words); }

    // For a ready target.
    [[nodiscard]] wire::Attached describe(std::uint32_t request) const;

    // Clients attached to it, and those that wait for it to be ready (by request number).
    std::set<base::ClientId> clients;
    std::vector<std::pair<base::ClientId, std::uint32_t>> waiting;

private:
    void onReports();
    void endForNobody();
    void watchProcess();
    void onProcessEnd();

    PortServices& m_services;
    base::TargetId m_id;
    std::string m_spec;
    ResolvedTarget m_resolved;
    Events m_events;
    CaptureThread m_capture;
    Broadcast m_broadcast;
    PortManager m_ports;
    std::optional<InterfacesNow> m_interfaces;
    bool m_gone = false; // told so
    bool m_deserted = false;
    io::Fd m_process; // readable when the target's process ended
    std::string m_note;
};

} // namespace podglass::agent
