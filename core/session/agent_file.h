// SPDX-License-Identifier: Apache-2.0
// The agent's file as it is sent to a host: its bytes, and what identifies them.
#pragma once

#include "core/base/result.h"
#include "core/session/delivery.h"

#include <vector>

namespace podglass::session {

struct AgentBytes
{
    AgentFile file; // sha256 empty: no file was named
    std::vector<std::uint8_t> bytes;
};

// An empty path is no error: then the agent of the host's PATH is meant.
base::Result<AgentBytes> readAgentFile(const std::string& path);

} // namespace podglass::session
