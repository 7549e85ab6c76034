// SPDX-License-Identifier: Apache-2.0
#include "core/parse/websocket_frames.h"

#include <algorithm>

namespace podglass::parse {

// As far as the gathered bytes tell.
std::size_t WebSocketFrames::headerSize() const
{
    constexpr std::size_t fixed = 2;
    if (m_gathered < fixed)
        return fixed;
    const unsigned shortLength = m_header[1] & 0x7f;
    const std::size_t extended = shortLength == 126 ? 2 : shortLength == 127 ? 8 : 0;
    return fixed + extended + (masked() ? m_mask.size() : 0);
}

WebSocketFrames::Step WebSocketFrames::next(bytes::ByteView input)
{
    if (m_failed)
        return {Item::Error, 0};
    if (m_done < m_length) {
        const auto part =
            static_cast<std::size_t>(std::min<std::uint64_t>(m_length - m_done, input.size()));
        m_done += part;
        return {part == 0 ? Item::NeedMore : Item::Payload, part};
    }
    std::size_t used = 0;
    while (m_gathered < headerSize()) {
        if (used == input.size())
            return {Item::NeedMore, used};
        m_header.at(m_gathered++) = input[used++];
    }
    takeHeader();
    return {m_failed ? Item::Error : Item::Header, used};
}

void WebSocketFrames::takeHeader()
{
    const std::size_t size = headerSize();
    const std::size_t maskAt = size - (masked() ? m_mask.size() : 0);
    std::copy_n(
        m_header.begin() + static_cast<std::ptrdiff_t>(maskAt), size - maskAt, m_mask.begin());
    m_length = m_header[1] & 0x7f;
    if (maskAt > 2) {
        m_length = 0;
        for (std::size_t i = 2; i < maskAt; ++i)
            m_length = m_length << 8 | m_header.at(i);
    }
    m_done = 0;
    m_gathered = 0;
    const unsigned code = m_header[0] & 0x0f;
    m_failed = (code > 2 && code < 8) || code > 10 || (m_length >> 63) != 0;
}

bool WebSocketFrames::skip(std::uint64_t count)
{
    if (m_failed || count > m_length - m_done)
        return false;
    m_done += count;
    return true;
}

void WebSocketFrames::unmask(std::uint8_t* data, std::size_t size, std::uint64_t place) const
{
    if (!masked())
        return;
    for (std::size_t i = 0; i < size; ++i)
        data[i] = static_cast<std::uint8_t>(data[i] ^ m_mask.at((place + i) % m_mask.size()));
}

} // namespace podglass::parse
