// SPDX-License-Identifier: Apache-2.0
// What one process uses. Source: proc(5) (smaps_rollup, status), clock_gettime(2).
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace podglass::telemetry {

struct ProcessMemory
{
    std::uint64_t anonymous = 0; // heap and stacks, swapped-out parts included
    std::uint64_t file = 0;      // resident mapped files: program, libraries
};

// `process` is "self" or a pid; bytes. smaps_rollup counts pages exactly but needs the right to
// trace the process; status needs no right and may lag by some pages per thread.
std::optional<ProcessMemory> readProcessMemory(const std::filesystem::path& root,
                                               const std::string& process);

// CPU time of this process since its start, all threads.
std::chrono::microseconds ownCpuTime();

} // namespace podglass::telemetry
