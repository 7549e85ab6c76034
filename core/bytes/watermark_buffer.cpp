// SPDX-License-Identifier: Apache-2.0
#include "core/bytes/watermark_buffer.h"

#include <algorithm>

namespace podglass::bytes {

std::size_t WatermarkBuffer::append(ByteView bytes)
{
    const std::size_t taken = std::min(bytes.size(), room());
    compact();
    m_bytes.insert(
        m_bytes.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(taken));
    return taken;
}

void WatermarkBuffer::consume(std::size_t count)
{
    m_begin += std::min(count, size());
    if (m_begin == m_bytes.size()) {
        m_bytes.clear();
        m_begin = 0;
    }
}

void WatermarkBuffer::truncate(std::size_t kept)
{
    if (kept < size())
        m_bytes.resize(m_begin + kept);
}

std::span<std::uint8_t> WatermarkBuffer::prepare(std::size_t wanted)
{
    compact();
    m_prepared = std::min(wanted, room());
    const std::size_t used = m_bytes.size();
    m_bytes.resize(used + m_prepared);
    return std::span(m_bytes).subspan(used);
}

void WatermarkBuffer::commit(std::size_t count)
{
    m_bytes.resize(m_bytes.size() - m_prepared + std::min(count, m_prepared));
    m_prepared = 0;
}

void WatermarkBuffer::releaseIfEmpty()
{
    if (empty())
        std::vector<std::uint8_t>().swap(m_bytes);
}

// Moves bytes to the front only when at least half is consumed, so each byte moves O(1) times.
void WatermarkBuffer::compact()
{
    if (m_begin == 0 || m_begin < m_bytes.size() / 2)
        return;
    m_bytes.erase(m_bytes.begin(), m_bytes.begin() + static_cast<std::ptrdiff_t>(m_begin));
    m_begin = 0;
}

} // namespace podglass::bytes
