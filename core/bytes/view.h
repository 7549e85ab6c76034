// SPDX-License-Identifier: Apache-2.0
// ByteView: bytes borrowed for the length of a call. Whoever keeps them makes a Slice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace podglass::bytes {

using ByteView = std::span<const std::uint8_t>;

inline std::string_view asText(ByteView bytes)
{
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline ByteView asBytes(std::string_view text)
{
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

} // namespace podglass::bytes
