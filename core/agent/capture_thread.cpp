// SPDX-License-Identifier: Apache-2.0
#include "core/agent/capture_thread.h"

#include "core/agent/capture_run.h"

namespace podglass::agent {

CaptureThread::CaptureThread(base::TargetId target, int networkNamespace)
    : m_target(target)
    , m_namespace(networkNamespace)
    , m_thread([this] { run(); })
{}

CaptureThread::~CaptureThread()
{
    m_commands.put(StopCapture{});
    m_thread.join();
}

void CaptureThread::run()
{
    CaptureRun(m_target, m_ring, m_commands, m_reports, m_counters).run(m_namespace);
}

} // namespace podglass::agent
