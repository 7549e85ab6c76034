// SPDX-License-Identifier: Apache-2.0
// What the io thread and a target's capture thread tell each other, as values for their mailboxes.
#pragma once

#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/flow/event.h"

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace podglass::agent {

// -- to the capture thread -----------------------------------------------------------------------

// The whole of what all clients want of one target.
struct CapturePlan
{
    // Port to whether its new connections are shown: not while it is stolen, then the proxy shows
    // them. Connections that were open before go on either way.
    std::map<std::uint16_t, bool> ports;
    // Of those not shown, where it is known: the ports on the other side of the connections that
    // were open before. The kernel need not hand over any other packet.
    std::map<std::uint16_t, std::vector<std::uint16_t>> oldPeers{};
    std::uint64_t bodyLimit = limits::bodyPreviewBytes; // the largest that any client wants

    bool operator==(const CapturePlan&) const = default;
};

// A connection that the proxy shows, so capture must not.
struct ProxyOwns
{
    flow::Endpoint client;
    flow::Endpoint server;
    bool owned = true;
};

// The agent is short of memory, or is no longer.
struct PauseCapture
{
    bool paused = true;
};

struct StopCapture
{};

using CaptureCommand = std::variant<CapturePlan, ProxyOwns, PauseCapture, StopCapture>;

// -- from it -------------------------------------------------------------------------------------

// Once at the start, and whenever an interface came or went.
struct InterfacesNow
{
    std::vector<std::string> names;
    std::string note; // which of them cannot be captured, and why
};

// Nothing more will come: the namespace or the right to capture is gone.
struct CaptureEnded
{
    base::Error error;
};

// The oldest plan not reported yet is in force: its packets pass the kernel's filter from now on.
struct PlanInForce
{};

using CaptureReport = std::variant<InterfacesNow, PlanInForce, CaptureEnded>;

// Counters that the io thread reads while the capture thread writes them.
struct CaptureCounters
{
    std::atomic<std::uint64_t> packets{0};
    std::atomic<std::uint64_t> packetBytes{0};
    std::atomic<std::uint64_t> kernelDrops{0};
    std::atomic<std::uint64_t> malformed{0};
    std::atomic<std::uint64_t> unseenPackets{0}; // while the agent was short of memory
    std::atomic<std::uint64_t> unseenBytes{0};
    std::atomic<std::uint64_t> ringBytes{0}; // mapped for packets, all interfaces
    std::atomic<std::uint32_t> openConnections{0};
};

} // namespace podglass::agent
