// SPDX-License-Identifier: Apache-2.0
// What is kept of one exchange beside its row: heads, bodies, who took it. Dropped as a whole when
// the store's byte budget needs it. Owned by the store; borrowed by the detail pane for a call.
#pragma once

#include "core/base/time.h"
#include "core/flow/event.h"

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <vector>

namespace podglass::store {

class FieldList
{
public:
    void assign(std::span<const flow::HeaderField> fields);

    // Views into this object.
    void read(std::vector<flow::HeaderField>& into) const;
    [[nodiscard]] std::vector<flow::HeaderField> all() const;

    [[nodiscard]] std::size_t size() const { return m_lengths.size(); }

    [[nodiscard]] std::size_t cost() const;

private:
    struct Lengths
    {
        std::uint32_t name;
        std::uint32_t value;
    };

    std::string m_text;
    std::vector<Lengths> m_lengths;
};

struct Message
{
    FieldList fields;
    FieldList trailers;
    std::string raw;                // the head as on the wire; HTTP/2: empty
    std::vector<std::uint8_t> body; // as far as kept
    std::uint64_t bodyBytes = 0;    // whole length, as far as known
    std::uint64_t missing = 0;      // bytes of holes inside `body`, left out
    flow::MessageFate fate = flow::MessageFate::Complete;
    base::Timestamp firstByte;
    base::Timestamp lastByte;
    std::uint16_t flags = 0; // flow::MessageFlag bits
    bool headSeen = false;
    bool ended = false;

    // Returns how many bytes were added.
    std::size_t append(const flow::BodyData& part, std::size_t limit);
};

// A boundary inside a body or a stream, as flow::MessageFrame tells it.
struct Frame
{
    base::Timestamp at;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    std::uint32_t code = 0;
    std::uint16_t flags = 0; // flow::FrameFlag bits
    flow::FrameKind kind = flow::FrameKind::GrpcMessage;
    flow::Direction direction = flow::Direction::ClientToServer;
};

// A response before the final one (RFC 9110 15.2).
struct Interim
{
    base::Timestamp at;
    std::uint16_t status = 0;
    FieldList fields;
};

struct Content
{
    Message request;
    Message response;
    std::vector<Interim> interims;
    std::deque<Frame> frames;
    std::uint64_t framesDropped = 0; // older ones, to stay within limits::storeFrames
    std::string reason;              // of the status line
    std::string takerProblem;        // why the taker could not answer; empty: it did
    base::ClientId taker;
    std::uint64_t filterRevision = 0;
    std::size_t cost = 0; // bytes, as accounted by the store
};

} // namespace podglass::store
