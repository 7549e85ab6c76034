// SPDX-License-Identifier: Apache-2.0
// Which ports of a target are followed when none is named. Pure.
#pragma once

#include "core/wire/message.h"

#include <algorithm>
#include <vector>

namespace podglass::session {

// All that listen, in order, but sshd's: nothing in it can be read, and the agent's own stream may
// go through it, so that it would be told of its own words, and of those, without end.
inline std::vector<std::uint16_t> portsWorthFollowing(const wire::Attached& target)
{
    std::vector<std::uint16_t> ports;
    for (const wire::ListeningPort& port : target.ports)
        if (port.process != "sshd")
            ports.push_back(port.port);
    std::ranges::sort(ports);
    ports.erase(std::unique(ports.begin(), ports.end()), ports.end());
    return ports;
}

} // namespace podglass::session
