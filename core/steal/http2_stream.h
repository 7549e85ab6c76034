// SPDX-License-Identifier: Apache-2.0
// One HTTP/2 stream in the path: where it goes and its two bodies under way. Plain state; the
// Http2Relay moves and decides. Its messages must stay until every end has closed the stream.
#pragma once

#include "core/base/limits.h"
#include "core/http2/end.h"
#include "core/steal/steal_port.h"
#include "core/steal/taken_exchange.h"

#include <memory>
#include <optional>

namespace podglass::steal {

// The connection to a taker: one HTTP/2 connection with one stream, inside one TakerStream.
struct Http2Taker
{
    Http2Taker(Taking by, http2::End::Owner& owner)
        : taking(std::move(by))
        , end(http2::End::Role::Client, owner)
        , out(limits::http2ConnectionWindow + 2 * limits::http2HeadBytes)
    {}

    Taking taking;
    http2::End end;
    std::unique_ptr<TakerStream> stream;
    bytes::WatermarkBuffer out; // not taken by the stream yet
    std::string firstBytes;     // of its answer, to say what it speaks instead
    std::optional<TakerFailed> failed;
    bool ended = false; // its FIN
    base::Instant deadline{};
};

struct Http2Stream
{
    enum class Goes : std::uint8_t
    {
        Nowhere, // not decided, answered by ourselves, or refused: the request's body is dropped
        Service,
        Taker,
    };

    std::int32_t id = 0; // towards the caller
    Goes goes = Goes::Nowhere;
    std::int32_t onward = 0;           // its number at the end it goes to
    std::unique_ptr<Http2Taker> taker; // after its end: until retired
    std::uint64_t takerSerial = 0;     // callbacks of an older taker are not heard
    http2::Message up;                 // the request's body
    http2::Message down;               // the response's
    http2::Fields head;                // of the request, while it may be needed again
    std::vector<std::uint8_t> replay;  // what the taker got of the body
    base::ExchangeId exchange;
    std::optional<std::uint32_t> downReset; // after the bytes before it
    bool replayable = false;
    bool decided = false;
    bool answered = false;   // a final head went to the caller
    bool callerGone = false; // closed at the end towards the caller
    bool onwardGone = true;  // closed, or never opened, at the other
};

} // namespace podglass::steal
