// SPDX-License-Identifier: Apache-2.0
// The HTTP/1.1 request that asks for HTTP/2 in its place (RFC 7540 3.2; RFC 9113 3.1 knows it as
// deprecated, some clients still ask): a SETTINGS payload in base64url without padding.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace podglass::http2 {

// Whether `h2c` is among the tokens of an Upgrade field (RFC 9110 7.8).
bool namesH2c(std::string_view upgrade);

// Of an HTTP2-Settings field; none: it is not of that form (RFC 7540 3.2.1).
std::optional<std::vector<std::uint8_t>> readSettings(std::string_view field);

} // namespace podglass::http2
