// SPDX-License-Identifier: Apache-2.0
#include "core/agent/capture_thread.h"

#include "core/agent/capture_run.h"

#include <sys/resource.h>

namespace podglass::agent {

namespace {

constexpr int niceLevel = 5;

} // namespace

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
    // Behind the service (threat S24), unlike the thread that carries its requests while they are
    // stolen. Of this thread alone: Linux's priorities are not the process's.
    ::setpriority(PRIO_PROCESS, 0, niceLevel);
    CaptureRun(m_target, m_ring, m_commands, m_reports, m_counters).run(*m_door);
}

} // namespace podglass::agent
