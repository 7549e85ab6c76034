// SPDX-License-Identifier: Apache-2.0
#include "core/export/printable.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

namespace podglass::exporting {

namespace {

struct Character
{
    char32_t code = 0;
    std::size_t length = 0; // 0: not UTF-8
};

// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
Character decode(std::string_view text)
{
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const std::uint8_t first = byte(0);
    if (first < 0x80)
        return {first, 1};
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length)
        return {};
    char32_t code = first & (0xffU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80)
            return {};
        code = (code << 6) | (byte(i) & 0x3fU);
    }
    constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
    if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return {};
    return {code, length};
}

bool dangerous(char32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x061c
           || (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e)
           || (code >= 0x2060 && code <= 0x2069) || code == 0xfeff;
}

std::string escaped(unsigned number)
{
    std::array<char, 16> text{};
    if (number < 0x100)
        std::snprintf(text.data(), text.size(), "\\x%02x", number);
    else
        std::snprintf(text.data(), text.size(), "\\u{%x}", number);
    return text.data();
}

} // namespace

std::string printable(std::string_view text)
{
    const bool plain =
        std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
    if (plain)
        return std::string(text);
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const Character character = decode(text);
        const std::size_t length = character.length == 0 ? 1 : character.length;
        if (character.length == 0)
            out += escaped(static_cast<std::uint8_t>(text[0]));
        else if (character.code == '\t')
            out += "\\t";
        else if (dangerous(character.code))
            out += escaped(character.code);
        else
            out += text.substr(0, length);
        text.remove_prefix(length);
    }
    return out;
}

std::string validUtf8(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const Character character = decode(text);
        if (character.length == 0)
            out += "\xef\xbf\xbd";
        else
            out += text.substr(0, character.length);
        text.remove_prefix(character.length == 0 ? 1 : character.length);
    }
    return out;
}

} // namespace podglass::exporting
