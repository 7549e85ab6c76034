// SPDX-License-Identifier: Apache-2.0
// A cgroup's memory, divided by what the kernel can take back (incident I3: page cache taken for
// a leak). Shared memory and tmpfs count as anonymous: without swap nothing frees them; reclaimable
// slab counts as page cache. Units: bytes.
// Source: Documentation/admin-guide/cgroup-v1/memory.rst and cgroup-v2.rst of the kernel.
#pragma once

#include "core/telemetry/cgroup.h"

#include <cstdint>
#include <optional>

namespace podglass::telemetry {

struct CgroupMemory
{
    std::uint64_t anonymous = 0;
    std::uint64_t pageCache = 0;
    std::uint64_t kernel = 0;
    std::uint64_t limit = 0; // the tightest of this cgroup and its ancestors; 0: none
};

std::optional<CgroupMemory> readCgroupMemory(const MemoryCgroup& cgroup);

} // namespace podglass::telemetry
