// SPDX-License-Identifier: Apache-2.0
#include "core/http2/upgrade.h"

#include <algorithm>
#include <string>

namespace podglass::http2 {

namespace {

constexpr std::size_t settingBytes = 6;  // RFC 9113 6.5.1
constexpr std::size_t mostSettings = 64; // of an honest client some three

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view blanks = " \t";
    const std::size_t first = std::min(text.find_first_not_of(blanks), text.size());
    const std::size_t last = text.find_last_not_of(blanks);
    return last == std::string_view::npos ? std::string_view()
                                          : text.substr(first, last + 1 - first);
}

} // namespace

bool namesH2c(std::string_view upgrade)
{
    while (!upgrade.empty()) {
        const std::string_view token = upgrade.substr(0, upgrade.find(','));
        upgrade.remove_prefix(std::min(token.size() + 1, upgrade.size()));
        if (trimmed(token) == "h2c")
            return true;
    }
    return false;
}

std::optional<std::vector<std::uint8_t>> readSettings(std::string_view field)
{
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    constexpr unsigned digitBits = 6;
    constexpr unsigned byteBits = 8;
    std::vector<std::uint8_t> payload;
    std::uint32_t held = 0;
    unsigned bits = 0;
    for (const char digit : trimmed(field)) {
        const std::size_t value = alphabet.find(digit);
        if (value == std::string_view::npos)
            return std::nullopt;
        held = held << digitBits | static_cast<std::uint32_t>(value);
        bits += digitBits;
        if (bits < byteBits)
            continue;
        bits -= byteBits;
        payload.push_back(static_cast<std::uint8_t>(held >> bits & 0xffU));
    }
    if (payload.size() % settingBytes != 0 || payload.size() > settingBytes * mostSettings)
        return std::nullopt;
    return payload;
}

} // namespace podglass::http2
