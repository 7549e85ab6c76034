// SPDX-License-Identifier: Apache-2.0
// The way to a host: its jump hosts in order (ProxyJump), the host itself last. A host that is
// jumped through is read from the same configuration; the first one's own ProxyJump counts, those
// of the later ones do not, as with ssh -J. Pure. Source: ssh_config(5), ProxyJump.
#pragma once

#include "core/targets/ssh_config.h"

#include <string>
#include <string_view>
#include <vector>

namespace podglass::targets {

// What was typed: user and port may be missing.
struct SshDestination
{
    std::string user;
    std::string host;
    std::uint16_t port = 0;
};

// [USER@]HOST[:PORT], where HOST may be [v6]; ssh://… too.
base::Result<SshDestination> parseDestination(std::string_view text);

// At least one host. Errors: a jump host that is not understood, more hosts than limits allow (a
// loop), a ProxyCommand on the way.
base::Result<std::vector<SshHost>> routeTo(const SshConfig& config, const SshDestination& target);

} // namespace podglass::targets
