// SPDX-License-Identifier: Apache-2.0
// Text from strangers made safe for a terminal: control, C1, bidirectional and zero-width
// characters and bytes that are not UTF-8 come out as \xNN or \u{N}; everything else unchanged.
#pragma once

#include <string>
#include <string_view>

namespace podglass::exporting {

std::string printable(std::string_view text);

// The same for JSON values: valid UTF-8 stays, other bytes become U+FFFD (nlohmann refuses them).
std::string validUtf8(std::string_view text);

} // namespace podglass::exporting
