// SPDX-License-Identifier: Apache-2.0
#include "core/export/base64.h"

namespace podglass::exporting {

std::string base64(bytes::ByteView bytes)
{
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t left = bytes.size() - i;
        const std::uint32_t group =
            static_cast<std::uint32_t>(bytes[i]) << 16
            | (left > 1 ? static_cast<std::uint32_t>(bytes[i + 1]) << 8 : 0U)
            | (left > 2 ? static_cast<std::uint32_t>(bytes[i + 2]) : 0U);
        out += alphabet[group >> 18];
        out += alphabet[group >> 12 & 63];
        out += left > 1 ? alphabet[group >> 6 & 63] : '=';
        out += left > 2 ? alphabet[group & 63] : '=';
    }
    return out;
}

} // namespace podglass::exporting
