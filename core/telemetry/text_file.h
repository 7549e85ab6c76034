// SPDX-License-Identifier: Apache-2.0
// Reading the small text files of /proc and /sys, and taking them apart. Views are of the text
// passed in. Source: proc(5).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace podglass::telemetry {

inline constexpr std::size_t smallFileBytes = std::size_t{64} << 10;

// At most `limit` bytes of it; none if it cannot be opened. Files of /proc report size 0, so it is
// read until its end.
std::optional<std::string> readTextFile(const std::filesystem::path& path,
                                        std::size_t limit = smallFileBytes);

// Takes the first line off `text`, without its end.
std::string_view takeLine(std::string_view& text);

// Takes the first word (blanks and tabs divide) off `line`; empty at the end.
std::string_view takeWord(std::string_view& line);

// All of `text` as a decimal number.
std::optional<std::uint64_t> asNumber(std::string_view text);

// The number in the line `key number ...` or `key: number ...` of a file of such lines.
std::optional<std::uint64_t> numberOf(std::string_view text, std::string_view key);

} // namespace podglass::telemetry
