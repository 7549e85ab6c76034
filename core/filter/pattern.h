// SPDX-License-Identifier: Apache-2.0
// A regular expression of a rule: RE2, so that time is linear in the text and memory is bounded by
// limits::patternMemoryBytes whatever a stranger sends. Text is taken as bytes (Latin-1), so values
// that are not UTF-8 match as well.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace re2 {
class RE2;
}

namespace podglass::filter {

struct PatternProblem
{
    std::size_t position = 0; // bytes into the pattern
    std::size_t length = 0;
    std::string message; // "the \"(\" at position 3 is never closed"
    std::string advice;
};

// So that only pattern.cpp needs to see re2.h.
struct PatternDeleter
{
    void operator()(const re2::RE2* pattern) const;
};

using Pattern = std::unique_ptr<const re2::RE2, PatternDeleter>;

std::variant<Pattern, PatternProblem> compilePattern(std::string_view text, bool caseSensitive);

// A plain text as a pattern: finds it anywhere in linear time.
Pattern compileLiteral(std::string_view text, bool caseSensitive);

// Unanchored.
bool found(const re2::RE2& pattern, std::string_view text);

} // namespace podglass::filter
