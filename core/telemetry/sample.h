// SPDX-License-Identifier: Apache-2.0
// The two memory samples of a wire::Telemetry: the agent's and the target's. Files are read below
// `root` ("/" outside tests). Cheap enough for once a second.
#pragma once

#include "core/telemetry/cgroup_memory.h"
#include "core/wire/message.h"

#include <cstdint>
#include <filesystem>
#include <optional>

namespace podglass::telemetry {

// anonymous is this process's own (a leak of ours, nobody else's); cache, kernel and limit are of
// the cgroup that it is in. Without a cgroup, pageCache is what is mapped of files.
wire::MemorySample ownMemory(const std::filesystem::path& root);

// Of the cgroup that this process is in, everybody in it included; none: nothing limits it.
std::optional<CgroupMemory> limitedMemory(const std::filesystem::path& root);

// Of the cgroup that `pid` is in; without one, of that process alone; all zero if neither can be
// read. The root cgroup is the whole machine and counts as none.
wire::MemorySample targetMemory(const std::filesystem::path& root, std::uint32_t pid);

} // namespace podglass::telemetry
