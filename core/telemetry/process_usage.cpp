// SPDX-License-Identifier: Apache-2.0
#include "core/telemetry/process_usage.h"

#include "core/telemetry/text_file.h"

#include <algorithm>
#include <ctime>

namespace podglass::telemetry {

namespace {

constexpr std::uint64_t kibibyte = 1024;

} // namespace

std::optional<ProcessMemory> readProcessMemory(const std::filesystem::path& root,
                                               const std::string& process)
{
    const std::filesystem::path directory = root / "proc" / process;
    if (const auto rollup = readTextFile(directory / "smaps_rollup")) {
        const auto field = [&](std::string_view key) { return numberOf(*rollup, key).value_or(0); };
        const std::uint64_t anonymous = field("Anonymous");
        const std::uint64_t resident = field("Rss");
        return ProcessMemory{(anonymous + field("Swap")) * kibibyte,
                             (resident - std::min(resident, anonymous)) * kibibyte};
    }
    if (const auto status = readTextFile(directory / "status")) {
        const auto field = [&](std::string_view key) { return numberOf(*status, key).value_or(0); };
        if (numberOf(*status, "RssAnon"))
            return ProcessMemory{(field("RssAnon") + field("VmSwap")) * kibibyte,
                                 field("RssFile") * kibibyte};
    }
    return std::nullopt;
}

std::chrono::microseconds ownCpuTime()
{
    timespec used{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec));
}

} // namespace podglass::telemetry
