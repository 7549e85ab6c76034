// SPDX-License-Identifier: Apache-2.0
// Percent-encoding of the parts of an address (RFC 3986, 2.1). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace podglass::session {

// Letters, digits, -._~:+,= and `alsoPlain` stay as they are.
std::string escaped(std::string_view text, std::string_view alsoPlain);

// Undoes %XX; none if it is malformed or a control character: those have no place in an address.
std::optional<std::string> unescaped(std::string_view text);

} // namespace podglass::session
