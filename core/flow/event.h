// SPDX-License-Identifier: Apache-2.0
// The one vocabulary: everything that is known about observed traffic is one of these events. The
// agent makes them, core/wire carries them, core/store applies them, podglassctl prints them.
//
// Ownership: an Event borrows (string_view, ByteView, span) from the packet or frame it was made
// of and is valid during the call that hands it over; keepers copy. flow::EventBatch keeps a frame
// buffer alive beside its events.
// Order: events of one connection are in order; of two connections, in order of production.
// Units: offsets and lengths in bytes of the TCP stream (offset 0 is the first byte after the SYN,
// or the first byte seen when joined late) or of the message body, as named.
#pragma once

#include "core/base/id.h"
#include "core/base/time.h"
#include "core/bytes/view.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace podglass::flow {

using base::ClientId;
using base::ConnectionId;
using base::ExchangeId;
using base::TargetId;
using base::Timestamp;
using bytes::ByteView;

// -- endpoints -----------------------------------------------------------------------------------

struct Endpoint
{
    std::array<std::uint8_t, 16> address{}; // IPv4 as ::ffff:a.b.c.d (RFC 4291 2.5.5.2)
    std::uint16_t port = 0;

    static Endpoint v4(std::uint32_t hostOrderAddress, std::uint16_t port);
    [[nodiscard]] bool isV4() const;
    [[nodiscard]] std::string addressText() const; // "10.0.0.1", "fe80::1"
    [[nodiscard]] std::string text() const;        // "10.0.0.1:80", "[fe80::1]:80"

    auto operator<=>(const Endpoint&) const = default;
};

enum class Direction : std::uint8_t
{
    ClientToServer, // requests
    ServerToClient, // responses
};

constexpr Direction opposite(Direction direction)
{
    return direction == Direction::ClientToServer ? Direction::ServerToClient
                                                  : Direction::ClientToServer;
}

// -- connections ---------------------------------------------------------------------------------

enum class Origin : std::uint8_t
{
    Mirror, // seen by passive capture
    Steal,  // went through the agent's proxy
    File,   // read from a capture file
};

struct ConnectionOpened
{
    Endpoint client;
    Endpoint server;
    Origin origin = Origin::Mirror;
    bool joinedLate = false;  // no handshake seen
    bool roleUnknown = false; // which side is the client is a guess
    // VLAN ids (IEEE 802.1Q), the outer one first; 0: none. Since 1.2.
    std::array<std::uint16_t, 2> vlans{};
};

enum class CloseReason : std::uint8_t
{
    Finished,       // FIN both ways
    Reset,          // RST
    Idle,           // no packet for limits::idleConnection
    Evicted,        // the table was full
    Replaced,       // the four-tuple was used again
    CaptureStopped, // we stopped looking
    TakenOver,      // the proxy goes on with it
    Lagged,         // for this client only: it fell behind and had asked for that (since 1.2)
};

struct ConnectionClosed
{
    CloseReason reason = CloseReason::Finished;
    Direction by = Direction::ClientToServer;   // who reset or finished first
    std::array<std::uint64_t, 2> streamBytes{}; // per Direction, gaps included
};

enum class Protocol : std::uint8_t
{
    Unknown,
    Http1,
    Http2,
    Tls,
    WebSocket,
    ServerFirst, // the server spoke first; shown raw
    Raw,
};

struct ProtocolDetected
{
    Protocol protocol = Protocol::Unknown;
    // TLS: the server name asked for; HTTP/2, raw: what cannot be read, in words; else empty.
    std::string_view detail;
};

// -- messages ------------------------------------------------------------------------------------

struct HeaderField
{
    std::string_view name;  // as sent, case kept
    std::string_view value; // without the surrounding blanks

    bool operator==(const HeaderField&) const = default;
};

// How sure the parser is of a message; a set of bits.
enum class MessageFlag : std::uint16_t
{
    None = 0,
    AmbiguousFraming = 1, // RFC 9112 6.1/6.3: both lengths, or several that differ
    Malformed = 2,        // shown as read, RFC 9112 would refuse it
    HeadTooLarge = 4,
    JoinedLate = 8,
    ObsoleteFold = 16,
    HeadUnreadable = 32, // HTTP/2: compressed with what was not seen; method, target, fields empty
};

struct RequestHead
{
    ExchangeId exchange;
    std::string_view method;
    std::string_view target;    // request-target exactly as sent (RFC 9112 3.2)
    std::uint16_t version = 11; // 10, 11, 20
    std::uint16_t flags = 0;    // MessageFlag bits
    // HTTP/2 (RFC 9113 8.3): the pseudo-header fields are method and target (of CONNECT, the
    // authority); an :authority without a host field is given as the field "host". Pseudo fields
    // that have no other place (:protocol, an :authority that contradicts host) stay among these.
    std::span<const HeaderField> fields;
    ByteView raw; // the head exactly as on the wire; empty for HTTP/2
};

struct ResponseHead
{
    ExchangeId exchange;
    std::uint16_t status = 0; // 1xx: interim, another head of the same exchange follows
    std::string_view reason;
    std::uint16_t version = 11;
    std::uint16_t flags = 0;
    std::span<const HeaderField> fields;
    ByteView raw;
};

// A part of a message body, transfer coding removed, content coding kept.
struct BodyData
{
    ExchangeId exchange;
    Direction direction = Direction::ClientToServer;
    std::uint64_t offset = 0; // in the body
    ByteView data;
};

enum class MessageFate : std::uint8_t
{
    Complete,
    CutByClose,   // the connection ended inside it
    CutByGap,     // capture lost part of it
    FramingError, // the rest of the stream is shown raw
    Unanswered,   // request without response when the connection ended
};

struct MessageEnd
{
    ExchangeId exchange;
    Direction direction = Direction::ClientToServer;
    MessageFate fate = MessageFate::Complete;
    std::uint64_t bodyBytes = 0;         // whole length
    std::uint64_t bodyBytesWithheld = 0; // counted, not sent (body limit of the subscription)
    std::span<const HeaderField> trailers;
};

// Bytes of a stream that no parser claims, and those of a WebSocket, whose payloads are unmasked
// (unless the whole stream was asked for as it is on the wire).
struct StreamData
{
    Direction direction = Direction::ClientToServer;
    std::uint64_t offset = 0; // in the stream
    ByteView data;
};

// -- what is missing or odd ----------------------------------------------------------------------

enum class GapKind : std::uint8_t
{
    Network,   // never seen, never acknowledged
    Capture,   // the peer acknowledged it: we missed it
    Truncated, // the snapshot length cut it
    Limit,     // an out-of-order or table limit was reached
};

struct Gap
{
    Direction direction = Direction::ClientToServer;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    GapKind kind = GapKind::Network;
};

enum class AnomalyKind : std::uint8_t
{
    OverlapConflict, // the same bytes twice with different content; both versions given
    Retransmission,
    OutOfOrder,
    ResetOutOfWindow,
    ResetWithData,
    DataAfterFin,
    DataWithoutAck,
    SynInsideConnection,
    UrgentData,
    BadChecksum,
    OutOfWindow,
    DifferentInitialSequence,
    Malformed,
};

struct Anomaly
{
    AnomalyKind kind = AnomalyKind::Malformed;
    Direction direction = Direction::ClientToServer;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    ByteView kept;    // what the application read; up to limits::conflictBytes
    ByteView dropped; // the other version
};

enum class LossPlace : std::uint8_t
{
    Kernel,  // the capture ring was full
    Agent,   // this client's cursor fell off the agent's ring
    Tunnel,  // the session was cut
    Desktop, // the window's own limit
    Budget,  // this client's own sampling, rate cap or byte budget (since 1.2)
};

// Something was offered and not delivered. connection 0: not attributable to one connection.
struct Lost
{
    LossPlace place = LossPlace::Agent;
    Direction direction = Direction::ClientToServer;
    std::uint64_t events = 0;   // kernel: packets
    std::uint64_t messages = 0; // heads among them
    std::uint64_t bytes = 0;    // payload
};

// -- steal ---------------------------------------------------------------------------------------

enum class Decision : std::uint8_t
{
    PassedOn, // the original service answers
    Stolen,   // a client answers
    Fallback, // was to be stolen, its client could not: passed on or 502, see `status`
};

struct StealDecision
{
    ExchangeId exchange;
    Decision decision = Decision::PassedOn;
    ClientId taker;
    std::uint64_t filterRevision = 0;
};

// -- what is inside messages ---------------------------------------------------------------------

enum class FrameKind : std::uint8_t
{
    GrpcMessage,
    GrpcStatus, // code: grpc-status of the trailers, or of a head without a body
    WebSocketText,
    WebSocketBinary,
    WebSocketContinuation,
    WebSocketClose, // code: the reason, 0 if none is given (RFC 6455 7.4)
    WebSocketPing,
    WebSocketPong,
    StreamReset, // code: RFC 9113 7
    GoAway,      // offset: the last stream that is answered; code: RFC 9113 7
};

// A set of bits.
enum class FrameFlag : std::uint16_t
{
    None = 0,
    Compressed = 1, // gRPC's flag; WebSocket RSV1, permessage-deflate (RFC 7692)
    Final = 2,      // WebSocket FIN
    Masked = 4,     // WebSocket, on the wire
    Trailers = 8,   // gRPC-Web: a message that holds trailers
};

// A boundary inside what flows: given when its length is known, before its bytes (a WebSocket close
// behind them). Since minor version 1 of the protocol.
struct MessageFrame
{
    ExchangeId exchange; // none: of the connection
    Direction direction = Direction::ClientToServer;
    FrameKind kind = FrameKind::GrpcMessage;
    std::uint64_t offset = 0; // of the payload; gRPC: in the body; WebSocket: in the stream
    std::uint64_t length = 0; // of the payload
    std::uint16_t flags = 0;  // FrameFlag bits
    std::uint32_t code = 0;
};

// -- what comes before messages ------------------------------------------------------------------

// The hello of one side (RFC 8446 4.1.2, 4.1.3), as far as it can be read. Since minor version 2 of
// the protocol.
struct TlsHello
{
    Direction direction = Direction::ClientToServer;
    std::uint16_t version = 0;   // client: the highest offered, server: the one chosen; 0x0304: 1.3
    std::string_view serverName; // client; empty: none
    std::string_view protocols;  // ALPN (RFC 7301), with commas; client: offered, server: chosen
    bool encryptedName = false;  // client: another name is encrypted (ECH)
};

// Who speaks, by the word of a proxy in front of the stream (PROXY protocol 2.1, 2.2). Since minor
// version 2 of the protocol.
struct ProxyHeader
{
    std::uint8_t version = 1; // 1: text, 2: binary
    bool known = false;       // addresses were given
    Endpoint source;          // the client of the proxy
    Endpoint destination;     // what that client connected to
    std::uint32_t bytes = 0;  // length of the header
};

// Podglass ended the TLS of this connection where it was stolen, by the certificate and key that a
// user gave: what follows was encrypted between its two sides. Since minor version 3 of the
// protocol.
struct TlsTerminated
{
    std::uint16_t version = 0;   // towards the client; 0x0304: 1.3
    std::string_view serverName; // as the client asked for; empty: none
    std::string_view protocol;   // ALPN, agreed on by both sides; empty: none
};

// -- the event -----------------------------------------------------------------------------------

using Body = std::variant<ConnectionOpened,
                          ConnectionClosed,
                          ProtocolDetected,
                          RequestHead,
                          ResponseHead,
                          BodyData,
                          MessageEnd,
                          StreamData,
                          Gap,
                          Anomaly,
                          Lost,
                          StealDecision,
                          MessageFrame,
                          TlsHello,
                          ProxyHeader,
                          TlsTerminated>;

struct Event
{
    TargetId target;
    ConnectionId connection;
    Timestamp at; // capture time of the packet that completed it
    Body body;
};

class EventSink
{
public:
    EventSink() = default;
    EventSink(const EventSink&) = delete;
    EventSink& operator=(const EventSink&) = delete;
    virtual ~EventSink() = default;

    // Must not block and must not keep views.
    virtual void onEvent(const Event& event) = 0;
};

// Payload bytes that an event carries, for accounting (offered = delivered + lost).
std::uint64_t payloadBytes(const Event& event);

// True for the events that begin a message; a lagging client resumes at one of these.
bool beginsMessage(const Event& event);

} // namespace podglass::flow
