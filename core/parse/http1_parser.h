// SPDX-License-Identifier: Apache-2.0
// Http1Parser: one direction of an HTTP/1.x connection, bytes in, items out (RFC 9112). A pull
// parser without I/O: the mirror and the proxy use the same object. It never rewrites: `consumed`
// says exactly which raw bytes an item covers, so a relay can forward them unchanged.
//
// Contract: call next() with the bytes not yet consumed; it consumes a prefix and returns one item.
// NeedMore consumes nothing or framing only; keep the unconsumed rest and call again with more
// behind it. Any cut of the input gives the same items (Body items may be cut differently).
// Memory: keeps no bytes of the input between calls except counters and flags.
// Errors: Error consumes nothing further; the caller shows the rest as raw bytes.
#pragma once

#include "core/bytes/view.h"
#include "core/flow/event.h"

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

    // The stream ended. Returns the fate of the message it ended in (Complete for a body that runs
    // until close), or Complete between messages.
    flow::MessageFate finish();

    // `count` bytes of the stream are missing here. True: still in step (inside a body of known
    // length, which is counted); false: the message is lost, resynchronise() or give up.
    bool skip(std::uint64_t count);

    // After a loss: forget the current message and expect the start of the next one.
    void reset();

    [[nodiscard]] const Http1Head& head() const { return m_head; }

    [[nodiscard]] bytes::ByteView body() const { return m_body; }

    [[nodiscard]] std::span<const flow::HeaderField> trailers() const { return m_trailers; }

    [[nodiscard]] std::string_view problem() const { return m_problem; }

    // No byte of a message consumed yet.
    [[nodiscard]] bool betweenMessages() const { return m_state == State::Head && !m_started; }

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

    Kind m_kind;
    State m_state = State::Head;
    bool m_started = false;
    bool m_noBody = false;
    bool m_connect = false;
    std::uint64_t m_remaining = 0;
    Http1Head m_head;
    bytes::ByteView m_body;
    std::vector<flow::HeaderField> m_trailers;
    std::string_view m_problem;
};

} // namespace podglass::parse
