// SPDX-License-Identifier: Apache-2.0
#include "core/parse/http2_frames.h"

#include <algorithm>

namespace podglass::parse {

namespace {

// Of the types whose payload has one length (RFC 9113 6.3, 6.4, 6.5, 6.7, 6.9), or that have a
// least one (6.6, 6.8). What is too short for its fixed fields is found when they are read.
bool lengthFits(const Http2Frame& frame)
{
    switch (frame.type) {
    case Http2Type::Priority:
        return frame.length == 5;
    case Http2Type::ResetStream:
    case Http2Type::WindowUpdate:
        return frame.length == 4;
    case Http2Type::Settings:
        return frame.length % 6 == 0;
    case Http2Type::Ping:
        return frame.length == 8;
    default:
        return true;
    }
}

bool canBePadded(Http2Type type)
{
    return type == Http2Type::Data || type == Http2Type::Headers || type == Http2Type::PushPromise;
}

std::size_t fixedFieldBytes(const Http2Frame& frame)
{
    switch (frame.type) {
    case Http2Type::Headers:
        return frame.has(http2::priority) ? 5 : 0;
    case Http2Type::ResetStream:
    case Http2Type::PushPromise:
        return 4;
    case Http2Type::GoAway:
        return 8;
    default:
        return 0;
    }
}

} // namespace

Http2Frame readFrameHeader(bytes::ByteView nine)
{
    Http2Frame frame;
    frame.length = static_cast<std::uint32_t>(nine[0] << 16 | nine[1] << 8 | nine[2]);
    frame.type = static_cast<Http2Type>(nine[3]);
    frame.flags = nine[4];
    frame.stream = readNumber(nine.subspan(5)) & 0x7fffffff;
    return frame;
}

std::uint32_t readNumber(bytes::ByteView bytes)
{
    if (bytes.size() < 4)
        return 0;
    return static_cast<std::uint32_t>(bytes[0]) << 24
           | static_cast<std::uint32_t>(bytes[1] << 16 | bytes[2] << 8 | bytes[3]);
}

std::size_t Http2FrameWalk::padLengthBytes() const
{
    return canBePadded(m_frame.type) && m_frame.has(http2::padded) ? 1 : 0;
}

void Http2FrameWalk::start()
{
    m_frame = readFrameHeader(m_header);
    m_headerSize = 0;
    m_inside = true;
    m_remaining = m_frame.length;
    m_malformed = !lengthFits(m_frame);
    m_prefixSize = 0;
    m_prefixLength = padLengthBytes() + fixedFieldBytes(m_frame);
    m_contentLeft = 0;
    if (m_prefixLength > m_remaining)
        m_malformed = true;
    else if (m_prefixLength == 0)
        beginContent();
}

void Http2FrameWalk::beginContent()
{
    const std::uint32_t padding = padLengthBytes() == 0 ? 0 : m_prefix[0];
    if (padding > m_remaining)
        m_malformed = true;
    m_contentLeft = m_malformed ? 0 : m_remaining - padding;
}

Http2FrameWalk::Step Http2FrameWalk::next(bytes::ByteView input)
{
    if (!m_inside) {
        const std::size_t part = std::min(m_header.size() - m_headerSize, input.size());
        std::copy_n(
            input.begin(), part, m_header.begin() + static_cast<std::ptrdiff_t>(m_headerSize));
        m_headerSize += part;
        if (m_headerSize < m_header.size())
            return {Item::NeedMore, part};
        start();
        return {Item::Start, part};
    }
    std::size_t used = 0;
    if (m_prefixSize < m_prefixLength && m_remaining > 0) {
        const std::size_t wanted =
            std::min<std::size_t>(m_prefixLength - m_prefixSize, m_remaining);
        used = std::min(wanted, input.size());
        std::copy_n(
            input.begin(), used, m_prefix.begin() + static_cast<std::ptrdiff_t>(m_prefixSize));
        m_prefixSize += used;
        m_remaining -= static_cast<std::uint32_t>(used);
        if (m_prefixSize == m_prefixLength)
            beginContent();
    }
    if (m_remaining == 0) {
        m_inside = false;
        return {Item::End, used};
    }
    const bytes::ByteView rest = input.subspan(used);
    if (rest.empty())
        return {Item::NeedMore, used};
    const bool content = m_contentLeft > 0;
    m_content =
        rest.first(std::min<std::size_t>(content ? m_contentLeft : m_remaining, rest.size()));
    const auto size = static_cast<std::uint32_t>(m_content.size());
    m_remaining -= size;
    if (content)
        m_contentLeft -= size;
    else
        m_content = {}; // padding
    return {Item::Content, used + size};
}

bool Http2FrameWalk::skip(std::uint64_t count, std::uint64_t& lostContent)
{
    lostContent = 0;
    if (!m_inside || count > m_remaining)
        return false;
    if (m_prefixSize < m_prefixLength) {
        m_malformed = true; // where the content ends is not known
        m_prefixSize = m_prefixLength;
        lostContent = m_remaining;
    } else {
        lostContent = std::min<std::uint64_t>(count, m_contentLeft);
        m_contentLeft -= static_cast<std::uint32_t>(lostContent);
    }
    m_remaining -= static_cast<std::uint32_t>(count);
    return true;
}

} // namespace podglass::parse
