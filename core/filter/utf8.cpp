// SPDX-License-Identifier: Apache-2.0
#include "core/filter/utf8.h"

#include <cstdint>

namespace podglass::filter {

namespace {

void appendEscaped(std::string& out, char c)
{
    constexpr std::string_view digits = "0123456789abcdef";
    const auto byte = static_cast<std::uint8_t>(c);
    out += "\\x";
    out += digits[byte >> 4];
    out += digits[byte & 15];
}

} // namespace

std::size_t utf8Length(std::string_view text)
{
    const auto at = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    if (text.empty())
        return 0;
    const std::uint8_t lead = at(0);
    if (lead < 0x80)
        return 1;
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < length)
        return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((at(i) & 0xc0) != 0x80)
            return 0;
    }
    // Overlong forms, surrogates, beyond U+10FFFF.
    const std::uint8_t second = at(1);
    if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f)
        || (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f))
        return 0;
    return length;
}

std::string quote(std::string_view text)
{
    std::string out = "\"";
    while (!text.empty()) {
        const std::size_t length = utf8Length(text);
        const char c = text.front();
        if (length > 1)
            out += text.substr(0, length);
        else if (c == '"' || c == '\\')
            (out += '\\') += c;
        else if (c == '\n')
            out += "\\n";
        else if (c == '\r')
            out += "\\r";
        else if (c == '\t')
            out += "\\t";
        else if (length == 0 || static_cast<std::uint8_t>(c) < 0x20 || c == '\x7f')
            appendEscaped(out, c);
        else
            out += c;
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return out + "\"";
}

} // namespace podglass::filter
