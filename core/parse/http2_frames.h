// SPDX-License-Identifier: Apache-2.0
// Http2FrameWalk: one direction of an HTTP/2 connection behind the preface, bytes in, frames out
// (RFC 9113 4.1). Streaming: keeps nine bytes of a frame header and counters, no payload.
//
// Contract: call next() with the bytes not consumed yet. It gives Start (frame() is known), then
// the content of the frame in pieces, then End. prefix() are the fixed fields in front of the
// content (pad length, priority, promised stream, error code), complete when the first content
// comes; padding is left out. malformed() says that the frame's length does not fit its type or
// that its padding is longer than the frame (RFC 9113 6.1); its content is empty then.
#pragma once

#include "core/bytes/view.h"

#include <array>
#include <cstdint>

namespace podglass::parse {

enum class Http2Type : std::uint8_t // RFC 9113 6
{
    Data,
    Headers,
    Priority,
    ResetStream,
    Settings,
    PushPromise,
    Ping,
    GoAway,
    WindowUpdate,
    Continuation,
};

namespace http2 {

// Flags, RFC 9113 6.1, 6.2, 6.5.
inline constexpr std::uint8_t endStream = 0x1;
inline constexpr std::uint8_t ack = 0x1;
inline constexpr std::uint8_t endHeaders = 0x4;
inline constexpr std::uint8_t padded = 0x8;
inline constexpr std::uint8_t priority = 0x20;

inline constexpr std::size_t frameHeaderBytes = 9;

} // namespace http2

struct Http2Frame
{
    std::uint32_t length = 0;
    Http2Type type{}; // may be a type that nobody knows
    std::uint8_t flags = 0;
    std::uint32_t stream = 0; // without the reserved bit

    [[nodiscard]] bool has(std::uint8_t flag) const { return (flags & flag) != 0; }
};

Http2Frame readFrameHeader(bytes::ByteView nine);

// Four bytes, big endian; 0 where there are fewer.
std::uint32_t readNumber(bytes::ByteView bytes);

class Http2FrameWalk
{
public:
    enum class Item : std::uint8_t
    {
        NeedMore,
        Start,
        Content, // content(): borrows from the input
        End,
    };

    struct Step
    {
        Item item = Item::NeedMore;
        std::size_t consumed = 0;
    };

    Step next(bytes::ByteView input);

    // `count` bytes are missing here. False: the place of the next frame is not known any more.
    // `lostContent` says how many of them were content.
    bool skip(std::uint64_t count, std::uint64_t& lostContent);

    [[nodiscard]] const Http2Frame& frame() const { return m_frame; }

    [[nodiscard]] bytes::ByteView content() const { return m_content; }

    // The fixed fields, the pad length left out.
    [[nodiscard]] bytes::ByteView prefix() const
    {
        const std::size_t pad = padLengthBytes();
        return bytes::ByteView(m_prefix).subspan(pad, m_prefixLength - pad);
    }

    [[nodiscard]] bool malformed() const { return m_malformed; }

    [[nodiscard]] bool insideFrame() const { return m_inside; }

private:
    [[nodiscard]] std::size_t padLengthBytes() const;
    void start();
    void beginContent();

    Http2Frame m_frame;
    bytes::ByteView m_content;
    std::array<std::uint8_t, http2::frameHeaderBytes> m_header{};
    std::array<std::uint8_t, 8> m_prefix{};
    std::size_t m_headerSize = 0;   // gathered
    std::size_t m_prefixSize = 0;   // gathered
    std::size_t m_prefixLength = 0; // of this frame
    std::uint32_t m_remaining = 0;  // of the payload, all parts
    std::uint32_t m_contentLeft = 0;
    bool m_inside = false;
    bool m_malformed = false;
};

} // namespace podglass::parse
