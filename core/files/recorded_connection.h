// SPDX-License-Identifier: Apache-2.0
// RecordedConnection: the events of one connection into the packets of a MadeConnection. Knows what
// each direction is inside of, so that what was not delivered leaves a hole of its length at its
// place, with a comment that says why. Thread: one.
#pragma once

#include "core/files/made_connection.h"
#include "core/files/made_http2.h"
#include "core/parse/websocket_frames.h"

#include <array>
#include <deque>
#include <memory>
#include <optional>

namespace podglass::files {

class RecordedConnection
{
public:
    RecordedConnection(PcapngWriter& out,
                       const flow::ConnectionOpened& opened,
                       std::uint64_t number);

    void onEvent(const flow::Event& event);
    void lost(const flow::Lost& lost, base::Timestamp at);
    // It is still open: nothing more will come.
    void finish(base::Timestamp at);

    [[nodiscard]] const base::Status& status() const { return m_made.status(); }

    [[nodiscard]] std::uint64_t packets() const { return m_made.packets(); }

    [[nodiscard]] std::uint64_t missingBytes() const { return m_missing; }

    [[nodiscard]] std::uint64_t notDelivered() const { return m_notDelivered; }

private:
    // Another version of bytes, until the first one is written.
    struct Conflict
    {
        std::uint64_t offset = 0;
        std::vector<std::uint8_t> dropped;
    };

    struct Side
    {
        flow::ExchangeId exchange;  // whose message it is inside of; HTTP/1
        std::uint64_t expected = 0; // offset of the next byte of its body
        bool chunked = false;
        bool lossy = false; // something was lost inside it: its next offset is believed
        bool exact = true;  // positions are those of the observed stream
        std::deque<Conflict> conflicts;
        std::deque<flow::Gap> gaps; // told before the bytes in front of them
        std::optional<parse::WebSocketFrames> frames;
    };

    void on(const flow::ConnectionOpened& body, base::Timestamp at);
    void on(const flow::ConnectionClosed& body, base::Timestamp at);
    void on(const flow::ProtocolDetected& body, base::Timestamp at);
    void on(const flow::RequestHead& body, base::Timestamp at);
    void on(const flow::ResponseHead& body, base::Timestamp at);
    void on(const flow::BodyData& body, base::Timestamp at);
    void on(const flow::MessageEnd& body, base::Timestamp at);
    void on(const flow::StreamData& body, base::Timestamp at);
    void on(const flow::Gap& body, base::Timestamp at);
    void on(const flow::Anomaly& body, base::Timestamp at);
    void on(const flow::MessageFrame& body, base::Timestamp at);

    template <typename Other>
    void on(const Other&, base::Timestamp)
    {}

    Side& side(flow::Direction direction) { return m_sides[static_cast<std::size_t>(direction)]; }

    void beginHttp1(flow::Direction direction,
                    flow::ExchangeId exchange,
                    std::span<const flow::HeaderField> fields,
                    bytes::ByteView raw,
                    base::Timestamp at);
    void send(flow::Direction direction, bytes::ByteView data, base::Timestamp at);
    void sendText(flow::Direction direction, const std::string& text, base::Timestamp at);
    void sendBody(const flow::BodyData& body, base::Timestamp at);
    // Bytes of a body that the agent saw and did not send.
    void bodyHole(flow::Direction direction,
                  flow::ExchangeId exchange,
                  std::uint64_t length,
                  base::Timestamp at);
    void notDelivered(flow::Direction direction,
                      std::uint64_t length,
                      const char* what,
                      base::Timestamp at);
    void sendMasked(flow::Direction direction, bytes::ByteView data, base::Timestamp at);
    void fillUpTo(flow::Direction direction, std::uint64_t offset, base::Timestamp at);
    void writeGap(const flow::Gap& gap, base::Timestamp at);
    void settleChunks(flow::Direction direction, std::uint64_t bodyOffset, base::Timestamp at);
    void settleGaps(flow::Direction direction, base::Timestamp at);
    void tellConflicts(flow::Direction direction, base::Timestamp at);

    MadeConnection m_made;
    std::array<Side, 2> m_sides;
    std::unique_ptr<Http2Maker> m_http2;
    // HTTP/2: how much of a body is written, by exchange, per Direction.
    std::unordered_map<std::uint64_t, std::array<std::uint64_t, 2>> m_bodies;
    flow::Protocol m_protocol = flow::Protocol::Unknown;
    base::Timestamp m_at; // of the event under way
    bool m_joinedLate;
    std::uint64_t m_missing = 0;
    std::uint64_t m_notDelivered = 0;
};

} // namespace podglass::files
