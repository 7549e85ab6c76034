// SPDX-License-Identifier: Apache-2.0
// WebSocketFrames: one direction of a WebSocket (RFC 6455 5.2), bytes in, frame headers and payload
// pieces out; keeps at most fourteen bytes. Nothing is unmasked here: unmask() does it on a copy.
// Errors: a reserved opcode, a length that no sender can mean: failed(), nothing more is read.
#pragma once

#include "core/bytes/view.h"

#include <array>
#include <cstdint>

namespace podglass::parse {

class WebSocketFrames
{
public:
    enum class Opcode : std::uint8_t
    {
        Continuation = 0,
        Text = 1,
        Binary = 2,
        Close = 8,
        Ping = 9,
        Pong = 10,
    };

    enum class Item : std::uint8_t
    {
        NeedMore, // all was consumed
        Header,   // the fields below are of a new frame; `consumed` ends with its header
        Payload,
        Error,
    };

    struct Step
    {
        Item item = Item::NeedMore;
        std::size_t consumed = 0;
    };

    Step next(bytes::ByteView input);

    // `count` bytes are missing here. False: where the next frame begins is not known.
    bool skip(std::uint64_t count);

    [[nodiscard]] Opcode opcode() const { return static_cast<Opcode>(m_header[0] & 0x0f); }

    [[nodiscard]] bool control() const { return (m_header[0] & 0x08) != 0; }

    [[nodiscard]] bool final() const { return (m_header[0] & 0x80) != 0; }

    [[nodiscard]] bool compressed() const { return (m_header[0] & 0x40) != 0; }

    [[nodiscard]] bool masked() const { return (m_header[1] & 0x80) != 0; }

    [[nodiscard]] std::uint64_t length() const { return m_length; }

    [[nodiscard]] bool failed() const { return m_failed; }

    // Payload bytes read so far, the current piece included.
    [[nodiscard]] std::uint64_t done() const { return m_done; }

    // RFC 6455 5.5, 5.2: a control frame that is long or in parts, reserved bits without a meaning.
    [[nodiscard]] bool odd() const
    {
        return (m_header[0] & 0x30) != 0 || (control() && (m_length > 125 || !final()));
    }

    // `place`: of data[0] in the payload.
    void unmask(std::uint8_t* data, std::size_t size, std::uint64_t place) const;

private:
    [[nodiscard]] std::size_t headerSize() const;
    void takeHeader();

    std::array<std::uint8_t, 14> m_header{};
    std::array<std::uint8_t, 4> m_mask{};
    std::size_t m_gathered = 0; // of the next header
    std::uint64_t m_length = 0;
    std::uint64_t m_done = 0;
    bool m_failed = false;
};

} // namespace podglass::parse
