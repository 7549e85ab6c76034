// SPDX-License-Identifier: Apache-2.0
// What is known of one unfinished HTTP/2 stream: an exchange with two halves, one a direction.
// Thread: the parser's.
#pragma once

#include "core/flow/event.h"
#include "core/parse/grpc_framing.h"

#include <array>
#include <map>
#include <optional>

namespace podglass::parse {

struct Http2Half
{
    bool begun = false; // its head was given out (of a response: the final one)
    bool ended = false;
    bool holed = false; // part of the body is missing
    std::uint64_t bodyBytes = 0;
    std::uint64_t withheld = 0;
    std::optional<std::uint64_t> declaredBytes; // content-length
    GrpcFraming grpc;
};

struct Http2Stream
{
    flow::ExchangeId exchange;
    std::array<Http2Half, 2> halves; // per Direction
    bool late = false;               // it began before the connection was seen

    Http2Half& half(flow::Direction direction)
    {
        return halves[static_cast<std::size_t>(direction)];
    }

    Http2Half& request() { return halves[0]; }

    Http2Half& response() { return halves[1]; }

    // Nothing more can come that would be shown.
    [[nodiscard]] bool done() const
    {
        return halves[1].ended && (halves[0].ended || !halves[0].begun);
    }
};

using Http2Streams = std::map<std::uint32_t, Http2Stream>; // lowest number: oldest

// What a stream costs with its place in the map.
inline constexpr std::size_t http2StreamBytes = sizeof(Http2Streams::value_type) + 64;

} // namespace podglass::parse
