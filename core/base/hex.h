// SPDX-License-Identifier: Apache-2.0
// Hexadecimal digits (RFC 5234, HEXDIG, either case) and percent-encoding (RFC 3986, 2.1). Pure.
#pragma once

#include <string>
#include <string_view>

namespace podglass::base {

// 0..15, or -1 if it is no such digit.
constexpr int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

// The byte that two digits at the beginning of `text` stand for, or -1.
constexpr int hexByte(std::string_view text)
{
    if (text.size() < 2)
        return -1;
    const int high = hexDigit(text[0]);
    const int low = hexDigit(text[1]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

constexpr bool isAlphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Letters, digits and `plain` stay as they are.
inline std::string percentEncoded(std::string_view text, std::string_view plain)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (isAlphanumeric(c) || plain.find(c) != std::string_view::npos) {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out += '%';
            out += digits[byte >> 4];
            out += digits[byte & 15];
        }
    }
    return out;
}

} // namespace podglass::base
