// SPDX-License-Identifier: Apache-2.0
// GrpcFraming: where the messages of one gRPC body begin: a flag byte, four bytes of length, the
// message (gRPC over HTTP/2, "Length-Prefixed-Message"). Keeps five bytes. Thread: the parser's.
#pragma once

#include "core/flow/event.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace podglass::parse {

class GrpcFraming
{
public:
    void begin() { m_active = true; }

    // Bytes up to the next boundary, at most all. `began`: a prefix ended there, see length().
    std::size_t advance(bytes::ByteView data, bool& began)
    {
        began = false;
        if (!m_active)
            return data.size();
        if (m_left > 0) {
            const std::uint64_t part = std::min<std::uint64_t>(m_left, data.size());
            m_left -= part;
            return static_cast<std::size_t>(part);
        }
        const std::size_t part = std::min(m_prefix.size() - m_gathered, data.size());
        std::copy_n(data.begin(), part, m_prefix.begin() + static_cast<std::ptrdiff_t>(m_gathered));
        m_gathered += part;
        if (m_gathered == m_prefix.size()) {
            m_gathered = 0;
            m_left = length();
            began = true;
        }
        return part;
    }

    // `count` bytes are missing: the places of later messages are only known behind this one.
    void skip(std::uint64_t count)
    {
        m_active = m_active && count <= m_left;
        m_left -= std::min(count, m_left);
    }

    // The message that began; `offset`: in the body, behind its prefix.
    [[nodiscard]] flow::MessageFrame
    frame(flow::ExchangeId exchange, flow::Direction direction, std::uint64_t offset) const
    {
        flow::MessageFrame frame;
        frame.exchange = exchange;
        frame.direction = direction;
        frame.offset = offset;
        frame.length = length();
        if (compressed())
            frame.flags |= static_cast<std::uint16_t>(flow::FrameFlag::Compressed);
        if (trailers())
            frame.flags |= static_cast<std::uint16_t>(flow::FrameFlag::Trailers);
        return frame;
    }

    [[nodiscard]] std::uint32_t length() const
    {
        return static_cast<std::uint32_t>(m_prefix[1]) << 24
               | static_cast<std::uint32_t>(m_prefix[2] << 16 | m_prefix[3] << 8 | m_prefix[4]);
    }

    [[nodiscard]] bool compressed() const { return (m_prefix[0] & 1) != 0; }

    // gRPC-Web only.
    [[nodiscard]] bool trailers() const { return (m_prefix[0] & 0x80) != 0; }

private:
    std::array<std::uint8_t, 5> m_prefix{};
    std::size_t m_gathered = 0;
    std::uint64_t m_left = 0; // of the current message
    bool m_active = false;
};

} // namespace podglass::parse
