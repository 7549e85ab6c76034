// SPDX-License-Identifier: Apache-2.0
// What a connection speaks, told from its first bytes. Every answer depends on the bytes alone and
// not on how they were cut, and once given does not change when more bytes follow.
#pragma once

#include "core/flow/event.h"

#include <string>

namespace podglass::parse {

// The client's first bytes (RFC 9113 3.4).
inline constexpr std::string_view http2Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

struct Detection
{
    flow::Protocol protocol = flow::Protocol::Unknown; // Unknown: needs more bytes
    std::string serverName;                            // TLS
};

// The first bytes of the client: HTTP/1 by a whole request line, HTTP/2 by its whole preface (RFC
// 9113 3.4), TLS by its hello; Raw as soon as none of them is possible.
Detection detectFromClient(bytes::ByteView start);

enum class Certainty : std::uint8_t
{
    No,
    Open, // needs more bytes
    Yes,
};

// The first bytes of the server: "HTTP/1.".
Certainty beginsResponse(bytes::ByteView start);

Certainty beginsHttp2Client(bytes::ByteView start);

// The first frame of an HTTP/2 server, SETTINGS (RFC 9113 3.4), which may come before the client's
// preface was seen.
Certainty beginsHttp2Server(bytes::ByteView start);

// Mid-stream: whole frame behind whole frame, each with the length, flags and stream that its type
// demands (RFC 9113 6). Two in a row are taken for certain; one alone is waited for.
Certainty followsFrames(bytes::ByteView start, flow::Direction direction);

// A place in mid-stream that is certain to begin a message: one whole start line by the letter of
// RFC 9112 (no leniency, since a body may hold anything).
Certainty certainRequest(bytes::ByteView start);
Certainty certainResponse(bytes::ByteView start);

} // namespace podglass::parse
