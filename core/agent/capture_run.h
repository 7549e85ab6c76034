// SPDX-License-Identifier: Apache-2.0
// CaptureRun: the capture thread's own objects and its loop; lives on that thread only.
#pragma once

#include "core/agent/capture_pipeline.h"
#include "core/agent/capture_plan.h"
#include "core/agent/interface_set.h"
#include "core/agent/link_watch.h"
#include "core/agent/mailbox.h"
#include "core/agent/privileges.h"

#include <optional>

namespace podglass::agent {

class CaptureRun
{
public:
    CaptureRun(base::TargetId target,
               channel::Ring& ring,
               Mailbox<CaptureCommand>& commands,
               Mailbox<CaptureReport>& reports,
               CaptureCounters& counters);

    // Until StopCapture or until nothing can be captured any more.
    void run(CaptureDoor& door);

private:
    base::Status begin(CaptureDoor& door);
    base::Result<std::size_t> take(capture::LiveSource& source);
    void onCommands();
    void apply(const CapturePlan& plan);
    void pause(bool paused);
    void onLinks();
    void onSecond();
    void onTick();
    void count();

    io::Loop m_loop;
    channel::Ring& m_ring;
    CapturePipeline m_pipeline;
    capture::LiveSource::Handler m_onPacket;
    InterfaceSet m_interfaces;
    std::optional<LinkWatch> m_links;
    Mailbox<CaptureCommand>& m_commands;
    Mailbox<CaptureReport>& m_reports;
    CaptureCounters& m_counters;
};

} // namespace podglass::agent
