// SPDX-License-Identifier: Apache-2.0
#include "core/session/percent.h"

#include "core/base/hex.h"

namespace podglass::session {

std::string escaped(std::string_view text, std::string_view alsoPlain)
{
    return base::percentEncoded(text, std::string("-._~:+,=").append(alsoPlain));
}

std::optional<std::string> unescaped(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '%') {
            const int byte = base::hexByte(text.substr(i + 1));
            if (byte < 0)
                return std::nullopt;
            c = static_cast<char>(byte);
            i += 2;
        }
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            return std::nullopt;
        out += c;
    }
    return out;
}

} // namespace podglass::session
