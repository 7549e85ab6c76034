// SPDX-License-Identifier: Apache-2.0
// Http1Parser: one direction of an HTTP/1.x connection, bytes in, items out (RFC 9112). A pull
// parser without I/O: the mirror and the proxy use the same object. It never rewrites: `consumed`
// says exactly which raw bytes an item covers, so a relay can forward them unchanged.
//
// Contract: call next() with the bytes not yet consumed; it consumes a prefix and returns one item.
// NeedMore consumes nothing or framing only; keep the unconsumed rest and call again with more
// behind it (the rest never grows beyond limits::headBytes). Any cut of the input gives the same
// items (Body items may be cut differently). Empty lines before a start line are framing, consumed
// with the Head that follows; head().raw leaves them out.
// Memory: keeps no bytes of the input between calls except counters and flags.
// Errors: Error consumes nothing further and is repeated; the caller shows the rest as raw bytes. A
// head beyond a limit, or one whose body length cannot be known, is still given as a Head with its
// flags, and the Error follows it.
#pragma once

#include "core/bytes/view.h"
#include "core/flow/event.h"
#include "core/parse/http1_framing.h"

#include <string_view>
#include <vector>

namespace podglass::parse {

struct Http1Head
{
    // Request:
    std::string_view method;
    std::string_view target;
    // Response:
    std::uint16_t status = 0;
    std::string_view reason;

    std::uint16_t version = 11; // 9, 10, 11
    std::uint16_t flags = 0;    // flow::MessageFlag bits
    bool keepAlive = true;      // by version and Connection
    bool upgrade = false;       // request: Upgrade asked; response: 101
    bool expectContinue = false;
    std::vector<flow::HeaderField> fields;
    bytes::ByteView raw; // through the empty line
};

enum class Http1Item : std::uint8_t
{
    NeedMore,
    Head,  // head(): valid until the next call, borrows from the input of this call
    Body,  // body(): payload, transfer coding removed
    End,   // the message is complete; trailers() may hold fields
    Error, // problem() says what, in words
};

class Http1Parser
{
public:
    enum class Kind : std::uint8_t
    {
        Request,
        Response,
    };

    explicit Http1Parser(Kind kind);

    struct Step
    {
        Http1Item item = Http1Item::NeedMore;
        std::size_t consumed = 0; // raw bytes of the input that this step used
    };

    Step next(bytes::ByteView input);

    // Response only, before its head is parsed: decides whether a body follows (HEAD, CONNECT).
    void answering(std::string_view requestMethod);

    // The stream ended; call next() until NeedMore first. Returns the fate of the message it ended
    // in (Complete for a body that runs until close), or Complete between messages.
    flow::MessageFate finish();

    // `count` bytes of the stream are missing here and all before them were consumed. True: still
    // in step (inside body bytes of known extent, or after HTTP ended); false: the message is lost:
    // reset() at a place that is certain to begin one, or give up.
    bool skip(std::uint64_t count);

    // After a loss: forget the current message and expect the start of the next one.
    void reset();

    [[nodiscard]] const Http1Head& head() const { return m_head; }

    [[nodiscard]] bytes::ByteView body() const { return m_body; }

    [[nodiscard]] std::span<const flow::HeaderField> trailers() const { return m_trailers; }

    [[nodiscard]] std::string_view problem() const { return m_problem; }

    // No byte of a message seen yet.
    [[nodiscard]] bool betweenMessages() const { return m_state == State::Head && !m_started; }

    // Body bytes are due next, of a length that is known (how many, unless chunks follow).
    [[nodiscard]] bool insideData() const
    {
        return m_state == State::Length || m_state == State::ChunkData;
    }

    // The current message's body runs until the connection closes.
    [[nodiscard]] bool untilClose() const { return m_state == State::UntilClose; }

    // After CONNECT 2xx or 101: everything that follows is not HTTP any more.
    [[nodiscard]] bool tunnelled() const { return m_state == State::Tunnel; }

private:
    enum class State : std::uint8_t
    {
        Head,
        Length,
        ChunkSize,
        ChunkData,
        ChunkEnd,
        Trailers,
        UntilClose,
        Finish, // End is due, consuming nothing
        Tunnel,
        Failed,
    };

    // What one stage did: an item to hand out, or nothing yet and the loop goes on.
    struct Stage
    {
        bool done = true;
        Http1Item item = Http1Item::NeedMore;
        std::size_t consumed = 0;
    };

    Stage stage(bytes::ByteView input);
    Stage readHead(bytes::ByteView input);
    Stage emptyLines(bytes::ByteView input) const;
    Stage takeWholeHead(bytes::ByteView input, std::size_t lineBytes);
    Stage takeHead(bytes::ByteView raw, std::size_t lineBytes);
    Stage finishHead(bytes::ByteView raw, std::uint16_t flags, const http1::FramingFacts& facts);
    Stage takeOversizedHead(bytes::ByteView raw, std::size_t lineBytes);
    Stage readData(bytes::ByteView input);
    Stage readChunkSize(bytes::ByteView input);
    Stage readChunkEnd(bytes::ByteView input);
    Stage readTrailers(bytes::ByteView input);
    Stage readUntilClose(bytes::ByteView input);
    Stage fail(std::string_view problem);

    void clearHead();
    std::string_view readStartLine(std::string_view line);
    void decideBody(const http1::FramingFacts& facts);

    Kind m_kind;
    State m_state = State::Head;
    bool m_started = false;    // part of a head was seen
    bool m_noBody = false;     // the answered request was HEAD
    bool m_connect = false;    // or CONNECT
    bool m_tunnelNext = false; // this message is the last of HTTP
    std::size_t m_scanned = 0; // of the unconsumed rest, searched without finding an end
    std::uint64_t m_remaining = 0;
    Http1Head m_head;
    bytes::ByteView m_body;
    std::vector<flow::HeaderField> m_trailers;
    std::string_view m_problem;
};

} // namespace podglass::parse
