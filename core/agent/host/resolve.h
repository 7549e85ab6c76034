// SPDX-License-Identifier: Apache-2.0
// From the text that names a target to its network namespace:
//   self            where the agent is
//   netns:NAME      a namespace that `ip netns` lists
//   pid:N           where that process is
//   container:ID    by the beginning of the id (at least 4 digits), or by its name
//   service:UNIT    where the processes of that systemd service are; ".service" may be left out
// Errors say what to do; a process that has gone is transient, a spec that is wrong is not.
#pragma once

#include "core/agent/host/namespace_view.h"
#include "core/base/result.h"
#include "core/io/fd.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace podglass::agent {

struct ResolvedTarget
{
    io::Fd networkNamespace;
    std::uint32_t pid = 0; // a process inside, for its memory and for noticing its end; 0: none
    std::string name;
    NamespacePart part; // what was meant, where the namespace holds more
};

base::Result<ResolvedTarget> resolveTarget(const std::filesystem::path& root,
                                           std::string_view spec);

} // namespace podglass::agent
