// SPDX-License-Identifier: Apache-2.0
// The character classes and small text helpers of RFC 9110 5.5 and 5.6 that the HTTP/1 stages
// share.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace podglass::parse::http1 {

constexpr std::array<bool, 256> makeTokenTable()
{
    std::array<bool, 256> table{};
    for (unsigned c = 'a'; c <= 'z'; ++c)
        table[c] = true;
    for (unsigned c = 'A'; c <= 'Z'; ++c)
        table[c] = true;
    for (unsigned c = '0'; c <= '9'; ++c)
        table[c] = true;
    for (const char c : std::string_view("!#$%&'*+-.^_`|~"))
        table[static_cast<unsigned char>(c)] = true;
    return table;
}

inline constexpr std::array<bool, 256> tokenTable = makeTokenTable();

// tchar, RFC 9110 5.6.2.
constexpr bool isTokenChar(char c)
{
    return tokenTable[static_cast<unsigned char>(c)];
}

constexpr bool isToken(std::string_view text)
{
    for (const char c : text)
        if (!isTokenChar(c))
            return false;
    return !text.empty();
}

constexpr bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

constexpr bool isBlank(char c)
{
    return c == ' ' || c == '\t';
}

// Blanks, and the line ends that a folded value keeps inside it.
constexpr bool isBlankOrFold(char c)
{
    return isBlank(c) || c == '\r' || c == '\n';
}

constexpr char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

// `lowered` is in lower case already.
constexpr bool equalsLower(std::string_view text, std::string_view lowered)
{
    if (text.size() != lowered.size())
        return false;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (lower(text[i]) != lowered[i])
            return false;
    return true;
}

constexpr std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && isBlankOrFold(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && isBlankOrFold(text.back()))
        text.remove_suffix(1);
    return text;
}

constexpr std::string_view withoutLineEnd(std::string_view line)
{
    if (!line.empty() && line.back() == '\n') {
        line.remove_suffix(1);
        if (!line.empty() && line.back() == '\r')
            line.remove_suffix(1);
    }
    return line;
}

// Calls `visit` with each non-empty element of a comma-separated list (RFC 9110 5.6.1).
template <typename Visit>
constexpr void forEachElement(std::string_view list, Visit visit)
{
    while (!list.empty()) {
        const std::size_t comma = list.find(',');
        const std::string_view element = trimmed(list.substr(0, comma));
        if (!element.empty())
            visit(element);
        list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    }
}

} // namespace podglass::parse::http1
