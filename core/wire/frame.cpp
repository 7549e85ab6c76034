// SPDX-License-Identifier: Apache-2.0
#include "core/wire/frame.h"

#include "core/base/limits.h"
#include "core/bytes/cursor.h"

#include <algorithm>

namespace podglass::wire {

namespace {

// Room made at once because as much was used before.
constexpr std::size_t mostAhead = std::size_t{512} << 10;

std::uint32_t lengthAt(bytes::ByteView bytes)
{
    return bytes::LittleReader(bytes).number<std::uint32_t>();
}

} // namespace

std::size_t beginFrame(Scratch& out, std::uint16_t type, std::uint32_t channel)
{
    const std::size_t mark = out.size();
    std::uint8_t* const header = out.take(frameHeaderBytes);
    std::memset(header, 0, frameHeaderBytes); // length and flags: none yet
    const auto wireType = bytes::convert<std::endian::little>(type);
    const auto wireChannel = bytes::convert<std::endian::little>(channel);
    std::memcpy(header + sizeof(std::uint32_t), &wireType, sizeof wireType);
    std::memcpy(header + 2 * sizeof(std::uint32_t), &wireChannel, sizeof wireChannel);
    return mark;
}

void finishFrame(Scratch& out, std::size_t mark, std::size_t toFollow)
{
    const auto length = bytes::convert<std::endian::little>(
        static_cast<std::uint32_t>(out.size() + toFollow - mark - frameHeaderBytes));
    std::memcpy(out.data() + mark, &length, sizeof length);
}

std::span<std::uint8_t> FrameBuffer::prepare(std::size_t wanted)
{
    if (m_capacity - m_used < wanted)
        renew(m_used + std::max({wanted, m_used, std::min(m_lastUsed, mostAhead)}));
    return {m_bytes.get() + m_used, wanted};
}

void FrameBuffer::commit(std::size_t count)
{
    m_used = std::min(m_used + count, m_capacity);
}

void FrameBuffer::renew(std::size_t capacity)
{
    auto bytes = std::make_shared_for_overwrite<std::uint8_t[]>(capacity);
    if (m_used > 0)
        std::memcpy(bytes.get(), m_bytes.get(), m_used);
    m_bytes = std::move(bytes);
    m_capacity = capacity;
}

base::Result<bytes::Slice> FrameBuffer::takeComplete()
{
    const bytes::ByteView all{m_bytes.get(), m_used};
    std::size_t end = 0;
    while (all.size() - end >= frameHeaderBytes) {
        const std::uint32_t length = lengthAt(all.subspan(end));
        if (length > limits::frameBytes)
            return base::Error{.what = "a frame of " + std::to_string(length)
                                       + " bytes was announced; the limit is "
                                       + std::to_string(limits::frameBytes),
                               .where = "agent protocol",
                               .advice = "the peer is not a Podglass program of this version"};
        if (all.size() - end - frameHeaderBytes < length)
            break;
        end += frameHeaderBytes + length;
    }
    if (end == 0)
        return bytes::Slice{};
    const bytes::Slice complete = bytes::Slice::of(m_bytes, all.first(end));
    m_lastUsed = end;
    m_bytes.reset();
    m_used = m_capacity = 0;
    if (const bytes::ByteView tail = all.subspan(end); !tail.empty()) {
        renew(tail.size());
        std::memcpy(m_bytes.get(), tail.data(), tail.size());
        m_used = tail.size();
    }
    return complete;
}

std::optional<Frame> FrameWalk::next()
{
    bytes::LittleReader reader(m_rest);
    const auto length = reader.number<std::uint32_t>();
    Frame frame;
    frame.type = reader.number<std::uint16_t>();
    frame.flags = reader.number<std::uint16_t>();
    frame.channel = reader.number<std::uint32_t>();
    frame.payload = reader.view(length);
    if (reader.failed())
        return std::nullopt;
    m_rest = reader.rest();
    return frame;
}

} // namespace podglass::wire
