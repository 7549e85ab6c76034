// SPDX-License-Identifier: Apache-2.0
// Base64 (RFC 4648 section 4), for key files.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace podglass::targets {

std::string toBase64(std::string_view bytes);
std::optional<std::string> fromBase64(std::string_view text);

} // namespace podglass::targets
