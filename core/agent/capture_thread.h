// SPDX-License-Identifier: Apache-2.0
// CaptureThread: everything from the kernel's packets to the ring, for one attached target.
//   InterfaceSet → CapturePipeline (Demux → Tracker → parser → EventWriter) → Ring
//
// Contract: it never waits for the io thread: commands and reports go through mailboxes without
// locks, events through the ring, figures through atomics (incident I4). Kernel drops are read each
// second and become flow::Lost events.
// Threads: public functions are for the io thread; the work is done on a thread of its own that
// enters the target's network namespace and stays there.
#pragma once

#include "core/agent/capture_plan.h"
#include "core/agent/mailbox.h"
#include "core/agent/privileges.h"
#include "core/channel/ring.h"
#include "core/io/fd.h"

#include <thread>

namespace podglass::agent {

class CaptureThread
{
public:
    // `door` leads into the target's network namespace; the thread goes through it.
    CaptureThread(base::TargetId target,
                  std::unique_ptr<CaptureDoor> door,
                  std::shared_ptr<channel::RingBudget> budget = {});
    CaptureThread(const CaptureThread&) = delete;
    CaptureThread& operator=(const CaptureThread&) = delete;
    // Stops and joins: at most one round of packets.
    ~CaptureThread();

    void command(CaptureCommand command) { m_commands.put(std::move(command)); }

    // Watch reports().wakeFd(). The first report comes soon after the start.
    Mailbox<CaptureReport>& reports() { return m_reports; }

    channel::Ring& ring() { return m_ring; }

    [[nodiscard]] const CaptureCounters& counters() const { return m_counters; }

private:
    void run();

    base::TargetId m_target;
    std::unique_ptr<CaptureDoor> m_door;
    channel::Ring m_ring;
    Mailbox<CaptureCommand> m_commands;
    Mailbox<CaptureReport> m_reports;
    CaptureCounters m_counters;
    std::thread m_thread;
};

} // namespace podglass::agent
