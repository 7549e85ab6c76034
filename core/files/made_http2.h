// SPDX-License-Identifier: Apache-2.0
// Http2Maker: the bytes of an HTTP/2 connection made anew from its messages: preface, settings,
// heads that use no table, data, resets. Numbers of streams are ours; contents are the messages'.
// Bounded by limits::http2Streams a connection: a message beyond that is not written, and
// counted. Pure. Sources: RFC 9113 4.1 and 6, RFC 7541 5 and 6.2.2.
#pragma once

#include "core/flow/event.h"

#include <functional>
#include <string>
#include <unordered_map>

namespace podglass::files {

class Http2Maker
{
public:
    // Where made bytes go; holes are the caller's.
    using Out = std::function<void(flow::Direction, const std::string&, base::Timestamp)>;

    // `joinedLate`: no preface.
    Http2Maker(Out out, bool joinedLate);

    // An HTTP/1.1 request that became stream 1 (RFC 7540 3.2).
    void upgraded(flow::ExchangeId exchange, base::Timestamp at);

    void request(const flow::RequestHead& head, base::Timestamp at);
    void response(const flow::ResponseHead& head, base::Timestamp at);
    // The header of a frame whose `length` bytes follow: data, or a hole.
    void beginData(flow::ExchangeId exchange,
                   flow::Direction direction,
                   std::uint64_t length,
                   base::Timestamp at);
    void end(const flow::MessageEnd& end, base::Timestamp at);
    void reset(flow::ExchangeId exchange,
               flow::Direction direction,
               std::uint32_t code,
               base::Timestamp at);

    [[nodiscard]] bool knows(flow::ExchangeId exchange) const
    {
        return m_streams.contains(exchange.value);
    }

    // A frame holds so much; a longer part is given in pieces.
    static constexpr std::uint64_t frameBytes = 16'384;

    [[nodiscard]] std::uint64_t refused() const { return m_refused; }

private:
    struct Half
    {
        std::string head;   // waits: it may be what ends the message
        base::Timestamp at; // of it
        bool ended = false;
    };

    struct Stream
    {
        std::uint32_t number = 0;
        std::array<Half, 2> halves;
    };

    Stream* open(flow::ExchangeId exchange, base::Timestamp at);
    void begin(base::Timestamp at);
    void putHead(Stream& stream, flow::Direction direction, bool last);
    void frame(flow::Direction direction,
               std::uint8_t type,
               std::uint8_t flags,
               std::uint32_t stream,
               const std::string& payload,
               base::Timestamp at);

    Out m_out;
    std::unordered_map<std::uint64_t, Stream> m_streams;
    std::uint32_t m_next = 1;
    std::uint64_t m_refused = 0;
    bool m_begun;
};

} // namespace podglass::files
