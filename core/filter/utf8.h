// SPDX-License-Identifier: Apache-2.0
// Just enough of UTF-8 (RFC 3629) to show bytes that strangers sent. Private to core/filter.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace podglass::filter {

// Bytes of the well-formed character at the start; 0 if there is none.
std::size_t utf8Length(std::string_view text);

// In double quotes, with the escapes of the text form; what is not UTF-8 becomes \xHH.
std::string quote(std::string_view text);

} // namespace podglass::filter
