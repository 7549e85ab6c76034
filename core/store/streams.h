// SPDX-License-Identifier: Apache-2.0
// What is kept of connections beside their rows: bytes that no HTTP message claims (raw protocols,
// tunnels, WebSocket payloads, TLS), and where something is missing or odd. Within limits: of one
// direction the oldest bytes go, of all connections those of the one that has been silent longest;
// what went is counted. Keys are numbers of Connections. Thread: one.
#pragma once

#include "core/flow/event.h"
#include "core/store/row.h"

#include <array>
#include <deque>
#include <list>
#include <string>
#include <unordered_map>
#include <vector>

namespace podglass::store {

// Bytes that came one behind the other.
struct StreamPart
{
    flow::Direction direction = flow::Direction::ClientToServer;
    std::uint64_t offset = 0; // in the stream
    base::Timestamp at;       // of the first of them
    std::vector<std::uint8_t> data;
};

// A gap or an oddity, at its place.
struct StreamNote
{
    base::Timestamp at;
    flow::Direction direction = flow::Direction::ClientToServer;
    bool gap = false;
    flow::GapKind gapKind = flow::GapKind::Network;
    flow::AnomalyKind anomaly = flow::AnomalyKind::Malformed;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    std::string kept;    // OverlapConflict: what the application read
    std::string dropped; // the other version
};

struct Stream
{
    std::deque<StreamPart> parts; // as they came
    std::vector<StreamNote> notes;
    std::uint64_t notesBeyond = 0;            // counted, not kept
    std::array<std::uint64_t, 2> bytes{};     // kept, per Direction
    std::array<std::uint64_t, 2> forgotten{}; // per Direction

    // Bytes [offset, offset + length) of a direction as far as they are kept, in one piece.
    [[nodiscard]] std::string
    read(flow::Direction direction, std::uint64_t offset, std::uint64_t length) const;
};

class Streams
{
public:
    Streams(std::size_t bytesEach, std::size_t bytesAll)
        : m_bytesEach(bytesEach)
        , m_bytesAll(bytesAll)
    {}

    void append(Number connection, const flow::StreamData& data, base::Timestamp at);
    void note(Number connection, StreamNote note);

    // Null when there is nothing.
    [[nodiscard]] const Stream* find(Number connection) const;

    [[nodiscard]] std::size_t bytes() const { return m_bytes; }

    // Of connections below `first`.
    void forgetBelow(Number first);

private:
    struct Kept
    {
        Stream stream;
        std::list<Number>::iterator age;
    };

    Kept& touch(Number connection);
    void fitOne(Stream& stream, flow::Direction direction);
    void fitAll();

    std::unordered_map<Number, Kept> m_streams;
    std::list<Number> m_ages; // silent longest first
    std::size_t m_bytesEach;
    std::size_t m_bytesAll;
    std::size_t m_bytes = 0;
};

} // namespace podglass::store
