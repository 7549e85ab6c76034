// SPDX-License-Identifier: Apache-2.0
// Which ports of a target are followed when none is named, and what of those named is odd. Pure.
#pragma once

#include "core/wire/message.h"

#include <algorithm>
#include <span>
#include <string>
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

// In words, what of these ports nobody listened on when the target was attached; empty: of none. It
// is no error (a service may start later), but without a word a mistyped number is waited for.
inline std::string portsNobodyHas(const wire::Attached& target,
                                  std::span<const std::uint16_t> named)
{
    const auto text = [](const std::vector<std::uint16_t>& ports) {
        std::string words;
        for (const std::uint16_t port : ports)
            words += (words.empty() ? "" : ", ") + std::to_string(port);
        return words;
    };
    std::vector<std::uint16_t> silent;
    for (const std::uint16_t port : named)
        if (std::ranges::find(target.ports, port, &wire::ListeningPort::port) == target.ports.end())
            silent.push_back(port);
    if (silent.empty())
        return {};
    const std::string others = text(portsWorthFollowing(target));
    return "nothing listened on port " + text(silent) + " of " + target.name
           + (others.empty() ? "" : ", only on " + others);
}

} // namespace podglass::session
