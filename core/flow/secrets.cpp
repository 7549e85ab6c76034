// SPDX-License-Identifier: Apache-2.0
#include "core/flow/secrets.h"

#include <algorithm>
#include <array>

namespace podglass::flow {

bool carriesSecret(std::string_view fieldName)
{
    constexpr std::array<std::string_view, 9> secret{"authorization",
                                                     "proxy-authorization",
                                                     "cookie",
                                                     "set-cookie",
                                                     "x-api-key",
                                                     "api-key",
                                                     "x-auth-token",
                                                     "x-csrf-token",
                                                     "x-amz-security-token"};
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::any_of(secret.begin(), secret.end(), [&](std::string_view name) {
        return std::equal(
            fieldName.begin(), fieldName.end(), name.begin(), name.end(), [&](char a, char b) {
                return lower(a) == b;
            });
    });
}

} // namespace podglass::flow
