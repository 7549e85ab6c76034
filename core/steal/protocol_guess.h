// SPDX-License-Identifier: Apache-2.0
// What the first bytes of a connection can be: an HTTP/1 request line (RFC 9112 3, RFC 9110 5.6.2;
// by its method only: the parser judges the rest once the line is there), or HTTP/2.
#pragma once

#include "core/bytes/view.h"

#include <cstdint>

namespace podglass::steal {

enum class Guess : std::uint8_t
{
    Unsure,    // too few bytes
    Http,      // a registered method and a blank
    MaybeHttp, // some other token and a blank
    Http2,
    SomethingElse,
};

Guess guessProtocol(bytes::ByteView start);

// The preface of an HTTP/2 client, all 24 bytes of it (RFC 9113 3.4): Unsure, Http2 or
// SomethingElse.
Guess guessHttp2Client(bytes::ByteView start);

// The frame that an HTTP/2 server begins with, SETTINGS (RFC 9113 3.4, 6.5): by its header.
Guess guessHttp2Server(bytes::ByteView start);

} // namespace podglass::steal
