// SPDX-License-Identifier: Apache-2.0
// Whether the first bytes of a connection can be an HTTP/1 request line (RFC 9112 3, RFC 9110
// 5.6.2). Looks at the method only: the parser judges the rest once the line is there.
#pragma once

#include "core/bytes/view.h"

#include <cstdint>

namespace podglass::steal {

enum class Guess : std::uint8_t
{
    Unsure,    // too few bytes
    Http,      // a registered method and a blank
    MaybeHttp, // some other token and a blank
    SomethingElse,
};

Guess guessProtocol(bytes::ByteView start);

} // namespace podglass::steal
