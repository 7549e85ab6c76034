// SPDX-License-Identifier: Apache-2.0
// WebSocketSession: both directions of a WebSocket after its 101 (RFC 6455), as StreamData with the
// payloads unmasked and a MessageFrame for each frame. Connection feeds it.
// Thread: the one that feeds it. Time passed in.
#pragma once

#include "core/parse/event_output.h"
#include "core/parse/websocket_frames.h"

#include <array>

namespace podglass::parse {

class WebSocketSession
{
public:
    // `showData`: false where the stream is shown as it is on the wire anyway.
    WebSocketSession(EventOutput output, flow::ExchangeId exchange, bool showData)
        : m_out(output)
        , m_exchange(exchange)
        , m_showData(showData)
    {}

    // Consumes a prefix and returns its length: all of it, unless what follows is no frame (said by
    // an anomaly); the direction is over then.
    std::size_t read(flow::Direction direction,
                     bytes::ByteView input,
                     std::uint64_t position,
                     base::Timestamp at);

    // False: the direction is over.
    [[nodiscard]] bool reading(flow::Direction direction) const
    {
        return !m_sides.at(static_cast<std::size_t>(direction)).frames.failed();
    }

    // `count` bytes are missing here. False: where frames begin is not known any more.
    bool gap(flow::Direction direction, std::uint64_t count);

private:
    struct Side
    {
        WebSocketFrames frames;
        std::uint64_t payloadAt = 0; // in the stream
        std::uint32_t closeCode = 0;
        bool oddity = false; // said
    };

    void tell(flow::Direction direction, base::Timestamp at);
    void sayOdd(flow::Direction direction, std::uint64_t position, base::Timestamp at);
    void showPayload(flow::Direction direction,
                     bytes::ByteView data,
                     std::uint64_t position,
                     base::Timestamp at);

    EventOutput m_out;
    flow::ExchangeId m_exchange;
    bool m_showData;
    std::array<Side, 2> m_sides; // per Direction
};

} // namespace podglass::parse
