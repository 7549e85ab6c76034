// SPDX-License-Identifier: Apache-2.0
#include "core/agent/capture_thread.h"

#include "core/agent/capture_run.h"

namespace podglass::agent {

CaptureThread::CaptureThread(base::TargetId target,
                             std::unique_ptr<CaptureDoor> door,
                             std::shared_ptr<channel::RingBudget> budget)
    : m_target(target)
    , m_door(std::move(door))
    , m_ring(limits::ringBytes, limits::ringChunkBytes, std::move(budget))
    , m_thread([this] { run(); })
{}

CaptureThread::~CaptureThread()
{
    m_commands.put(StopCapture{});
    m_thread.join();
}

void CaptureThread::run()
{
    CaptureRun(m_target, m_ring, m_commands, m_reports, m_counters).run(*m_door);
}

} // namespace podglass::agent
