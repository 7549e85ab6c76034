// SPDX-License-Identifier: Apache-2.0
// What this process may do here, and words for what it may not. Each right is asked of the kernel,
// not guessed from the user id. Source: capabilities(7), proc(5), netlink(7).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace podglass::agent {

struct Rights
{
    bool capture = false;  // CAP_NET_RAW
    bool redirect = false; // CAP_NET_ADMIN
    bool enter = false;    // CAP_SYS_ADMIN: other network namespaces
    bool nftables = false; // the kernel has it

    [[nodiscard]] std::uint64_t capabilities() const; // wire::Capability bits
    [[nodiscard]] std::string lacking() const;        // all of it; empty: nothing
    [[nodiscard]] std::string stealLacks() const;     // empty: stealing works
};

// The effective set of a /proc/PID/status.
Rights rightsIn(std::string_view status);

// This process, this kernel.
Rights ownRights();

} // namespace podglass::agent
