// SPDX-License-Identifier: Apache-2.0
// Http2Session: both directions of one HTTP/2 connection in cleartext (RFC 9113), bytes in, events
// out. Each stream is an exchange; frames are walked, never gathered. Connection feeds it and shows
// raw what it does not take.
//
// Header blocks (RFC 7541) beyond limits::headerBlockBytes or limits::headerBlockFrames end the
// reading (failure()). Blocks that cannot be decoded, because bytes before them are missing or
// wrong, make the heads of that direction HeadUnreadable from there, which is said once, by
// ProtocolDetected; bodies go on. Streams are forgotten when they are finished.
// Files: http2_session.cpp bytes and frames; http2_messages.cpp heads, bodies, ends;
// http2_loss.cpp gaps and ends of the stream. Thread: the one that feeds it. Time passed in.
#pragma once

#include "core/parse/connection_parser.h"
#include "core/parse/event_output.h"
#include "core/parse/hpack_decoder.h"
#include "core/parse/http2_frames.h"
#include "core/parse/http2_head.h"
#include "core/parse/http2_stream.h"
#include "core/parse/reset_meter.h"

namespace podglass::parse {

class Http2Session
{
public:
    Http2Session(EventOutput output, Ids& exchangeIds, ParseOptions options, MemoryBudget& budget);
    Http2Session(const Http2Session&) = delete;
    Http2Session& operator=(const Http2Session&) = delete;
    ~Http2Session();

    // The HTTP/1.1 request that asked for the upgrade is stream 1, half closed (RFC 7540 3.2).
    void upgraded(flow::ExchangeId exchange);

    // `direction` is seen from a frame in mid-stream on: its heads are unreadable, and streams that
    // began before are told by their bodies.
    void joinLate(flow::Direction direction, base::Timestamp at);

    struct Input
    {
        bytes::ByteView bytes;
        std::uint64_t position = 0; // stream offset of the first of them
        base::Timestamp at;
        bool mayWait = false; // a response may wait for its request, which may only be late
    };

    // Consumes a prefix and returns its length: all of it, unless it waits or has failed.
    std::size_t read(flow::Direction direction, const Input& input);

    // Not empty: in words, why nothing more is read; all messages are ended.
    [[nodiscard]] std::string_view failure() const { return m_failure; }

    // A response waits for a request.
    [[nodiscard]] bool serverWaits() const { return m_sides[1].heldBack; }

    // None: that stream is finished or not shown.
    [[nodiscard]] flow::ExchangeId exchangeOf(std::uint32_t stream) const
    {
        const auto place = m_streams.find(stream);
        return place == m_streams.end() ? flow::ExchangeId{} : place->second.exchange;
    }

    // `length` bytes are missing, all before them were consumed. False: the places of the frames
    // are lost, and the direction is over.
    bool gap(flow::Direction direction, std::uint64_t length, base::Timestamp at);

    // No more bytes of this direction; `fate` of the messages that are not whole.
    void finish(flow::Direction direction, flow::MessageFate fate, base::Timestamp at);

private:
    struct Block
    {
        std::uint32_t stream = 0;
        std::uint32_t promised = 0; // PUSH_PROMISE
        std::size_t bytes = 0;
        std::size_t frames = 0;
        bool endStream = false;
        bool push = false;
        bool open = false;
    };

    struct Side
    {
        Side(flow::Direction which, MemoryBudget& budget)
            : direction(which)
            , hpack(budget)
        {}

        flow::Direction direction;
        Http2FrameWalk walk;
        HpackDecoder hpack;
        Block block;
        std::uint64_t position = 0;  // stream offset behind what was consumed
        std::size_t prefaceLeft = 0; // client
        bool begun = false;          // the first frame was seen
        bool heldBack = false;       // a frame has begun and waits
        bool unreadable = false;     // said that heads cannot be decoded
        bool oddity = false;         // said that a frame is against the rules
        bool over = false;
        flow::MessageFate overFate = flow::MessageFate::CutByClose; // for what begins later
    };

    using Place = Http2Streams::iterator;

    Side& side(flow::Direction direction) { return m_sides[static_cast<std::size_t>(direction)]; }

    // Bytes and frames.
    std::size_t readPreface(Side& side, bytes::ByteView bytes);
    void onStart(Side& side);
    void onContent(Side& side);
    void onEnd(Side& side);
    void beginBlock(Side& side);
    void continueBlock(Side& side);
    void endBlock(Side& side);
    void headersLost(Side& side);
    void sayUnreadable(Side& side);
    void sayOdd(Side& side);
    void fail(std::string_view why);
    [[nodiscard]] bool awaitsRequest(const Side& side) const;

    // Messages.
    void onRequestBlock(Side& side);
    void onResponseBlock(Side& side);
    void onPush(Side& side);
    void beginRequest(Place place, const Http2Head& head, std::uint16_t flags);
    void onTrailers(Side& side, Place place);
    void onBody(Side& side, bytes::ByteView data);
    void showBody(Http2Stream& stream, flow::Direction direction, bytes::ByteView data);
    void tellGrpcStatus(const Http2Stream& stream, std::span<const flow::HeaderField> fields);
    Place joinStream(std::uint32_t id);
    void beginLate(Side& side, Place place);
    void onReset(Side& side);
    void onGoAway(Side& side);
    Place openStream(std::uint32_t id);
    void endHalf(Place place,
                 flow::Direction direction,
                 flow::MessageFate fate,
                 std::span<const flow::HeaderField> trailers = {});
    void endStream(Place place, flow::MessageFate fate);
    void settle(Place place);
    void forget(Place place);
    void tellEnd(Http2Stream& stream,
                 flow::Direction direction,
                 flow::MessageFate fate,
                 std::span<const flow::HeaderField> trailers = {});
    void tellHidden();

    EventOutput m_out;
    Ids& m_exchangeIds;
    ParseOptions m_options;
    MemoryBudget& m_budget;
    std::array<Side, 2> m_sides;
    Http2Streams m_streams;
    ResetMeter m_resets;
    std::uint64_t m_hidden = 0;               // streams not shown, not told yet
    std::uint32_t m_lastOpened = 0;           // highest stream of the client
    std::uint32_t m_lastPromised = 0;         // highest of the server
    std::uint32_t m_firstOpened = UINT32_MAX; // lowest stream whose head was seen
    std::vector<std::uint32_t> m_joined;      // streams that began before, told already
    bool m_late = false;                      // joined late
    base::Timestamp m_now;
    std::string_view m_failure;
};

} // namespace podglass::parse
