// SPDX-License-Identifier: Apache-2.0
// One row of the list: a request with its response, or a place where something is missing. 64 bytes
// and no pointers, because there may be two million of them. Texts are ids of the StringPool.
#pragma once

#include "core/base/id.h"
#include "core/base/time.h"
#include "core/store/string_pool.h"

#include <cstdint>

namespace podglass::store {

// The number a row gets when it comes, from 1; it never changes, whatever is filtered or dropped.
using Number = std::uint32_t;

enum class RowKind : std::uint8_t
{
    Exchange,
    Gap,        // part of one connection was not seen
    Lost,       // messages were offered and not delivered
    Break,      // the session was cut and came back
    Connection, // it carries no HTTP that could be read: TLS, raw
    Conflict,   // the same bytes of one connection came twice with different content
};

enum class RowMode : std::uint8_t
{
    Mirror,
    Stolen,   // a client answered
    Passed,   // went through the proxy, the service answered
    Fallback, // was to be stolen, the taker could not
    File,
};

// What an exchange turned out to carry.
enum class RowForm : std::uint8_t
{
    Http,
    Grpc,
    GrpcWeb,
    WebSocket,
    EventStream, // server-sent events
    Tunnel,      // CONNECT
};

inline constexpr std::uint8_t noGrpcStatus = 255;

enum class RowState : std::uint8_t
{
    Open, // the response is not complete
    Done,
    Cut,        // the connection ended inside it
    Gapped,     // capture lost part of it
    Broken,     // framing error, the rest is raw
    Unanswered, // the connection ended without a response
};

// Bits of Row::flags.
enum RowFlag : std::uint16_t
{
    RowMarked = 1,
    RowBytesDropped = 2,    // heads and bodies were dropped to stay within the budget
    RowRequestPartial = 4,  // not all of the request body is kept
    RowResponsePartial = 8, // not all of the response body is kept
    RowResponseEnded = 16,
    RowRequestEnded = 32,
    RowSuspicious = 64, // a MessageFlag other than JoinedLate or HeadUnreadable is set
    RowJoinedLate = 128,
    RowUnreadable = 256,    // heads are compressed with what was not seen
    RowRequestUnseen = 512, // only the response was seen
    RowReset = 1024,        // HTTP/2: one side reset the stream
    RowLateStart = 2048,    // the first of a connection whose start was not seen
};

struct Row
{
    base::ExchangeId exchange;       // Gap, Lost, Break: none
    base::Timestamp at;              // first byte of the request
    std::uint64_t responseBytes = 0; // body; Gap, Lost: bytes missing; Conflict: bytes
    std::uint32_t requestBytes = 0;  // body, saturating; Lost: messages
    std::uint32_t microseconds = 0;  // first byte of request to end of response, saturating
    std::uint32_t connection = 0;    // number of the connection, 0: none
    TextId method = 0;
    TextId path = 0;
    TextId host = 0;
    std::uint16_t status = 0;
    std::uint16_t port = 0; // of the server
    std::uint16_t flags = 0;
    std::uint8_t version = 11;
    std::uint8_t grpcStatus = noGrpcStatus;
    RowKind kind = RowKind::Exchange;
    RowMode mode = RowMode::Mirror;
    RowState state = RowState::Open;
    // Gap: flow::GapKind, Lost: flow::LossPlace, Exchange: RowForm, Connection: flow::Protocol,
    // Conflict: flow::Direction
    std::uint8_t detail = 0;
    // Lost: events (kernel: packets); Break: milliseconds; Exchange: frames; Gap, Conflict: how
    // many
    std::uint32_t events = 0;

    bool operator==(const Row&) const = default;
};

static_assert(sizeof(Row) == 64);

} // namespace podglass::store
