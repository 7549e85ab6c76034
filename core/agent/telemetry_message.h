// SPDX-License-Identifier: Apache-2.0
// The telemetry of one second: what is the same for all clients, then each client's own.
// Thread: the io thread. Reads files of /proc and the cgroups: some hundred microseconds.
#pragma once

#include "core/agent/client_connection.h"
#include "core/agent/target_registry.h"
#include "core/filter/cache.h"

namespace podglass::agent {

wire::Telemetry
commonTelemetry(const TargetRegistry& targets, const filter::Cache& filters, std::size_t clients);

// With the client's lag and accounting, and the memory of the first target it is attached to.
wire::Telemetry telemetryFor(ClientConnection& client,
                             const wire::Telemetry& common,
                             const TargetRegistry& targets);

} // namespace podglass::agent
