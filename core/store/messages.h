// SPDX-License-Identifier: Apache-2.0
// MessageReader: what flows inside one exchange, message by message: gRPC messages and status,
// WebSocket frames of both directions, server-sent events. A view made from what the store keeps:
// compressed messages are inflated, protocol buffers are put into a line, and what cannot be read
// says why. update() reads only what came since the last call.
// Limits: limits::storeFrames messages, of each at most limits::messageViewBytes decoded, all
// together limits::decodedBytes; older decoded texts go first. Thread: the store's.
#pragma once

#include "core/content/inflate_messages.h"
#include "core/content/server_events.h"
#include "core/store/store.h"

#include <deque>

namespace podglass::store {

struct MessageItem
{
    enum class Kind : std::uint8_t
    {
        GrpcMessage,
        GrpcTrailers, // gRPC-Web
        GrpcStatus,
        Text,
        Binary,
        Continuation,
        Close,
        Ping,
        Pong,
        ServerEvent,
        Comment, // of an event stream
        Reset,
    };

    base::Timestamp at;
    flow::Direction direction = flow::Direction::ClientToServer;
    Kind kind = Kind::Binary;
    bool compressed = false;
    bool final = true;        // WebSocket: FIN
    std::uint64_t length = 0; // on the wire
    std::uint32_t code = 0;   // GrpcStatus, Close, Reset
    std::string name;         // ServerEvent: its type
    std::string id;           // ServerEvent
    std::string payload;      // decoded, as far as kept
    std::string note;         // why the payload is not (all) here; empty: it is

    bool operator==(const MessageItem&) const = default;
};

// "OK", "NOT_FOUND"; "code 42" beyond the registered ones (grpc.io, status codes).
std::string grpcStatusName(std::uint32_t code);
// "normal closure"; empty when it has no registered meaning (RFC 6455 7.4.1).
std::string closeCodeName(std::uint32_t code);
// RFC 9113 7: "CANCEL"
std::string resetCodeName(std::uint32_t code);

class MessageReader
{
public:
    // Of another row than the last time: starts anew. True: items changed.
    bool update(const Store& store, Number row);

    [[nodiscard]] const std::deque<MessageItem>& items() const { return m_items; }

    // Older ones that are not here.
    [[nodiscard]] std::uint64_t dropped() const { return m_dropped; }

private:
    void begin(const Store& store, const Content& content);
    bool take(const Store& store, const Row& row, const Content& content, const Frame& frame);
    bool takeGrpc(const Content& content, const Frame& frame, MessageItem& item);
    void decodeGrpc(const Content& content, const Frame& frame, MessageItem& item);
    bool takeWebSocket(const Stream* stream, const Frame& frame, bool over, MessageItem& item);
    void inflate(const Frame& frame, MessageItem& item);
    bool takeEvents(const Row& row, const Content& content);
    void add(MessageItem item);

    struct Inflating
    {
        std::unique_ptr<content::MessageInflater> inflater;
        std::string message; // compressed, of the frames so far
        bool compressed = false;
        bool missed = false;
    };

    Number m_row = 0;
    std::deque<MessageItem> m_items;
    std::uint64_t m_read = 0; // frames, dropped ones included
    std::uint64_t m_dropped = 0;
    std::size_t m_bytes = 0; // of payloads
    std::array<Inflating, 2> m_inflating;
    content::ServerEvents m_events;
    std::size_t m_eventBytes = 0; // of the body, read
};

} // namespace podglass::store
