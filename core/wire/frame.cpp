// SPDX-License-Identifier: Apache-2.0
#include "core/wire/frame.h"

#include "core/base/limits.h"
#include "core/bytes/cursor.h"

namespace podglass::wire {

namespace {

std::uint32_t lengthAt(bytes::ByteView bytes)
{
    return bytes::LittleReader(bytes).number<std::uint32_t>();
}

} // namespace

std::size_t beginFrame(std::vector<std::uint8_t>& out, std::uint16_t type, std::uint32_t channel)
{
    const std::size_t mark = out.size();
    out.resize(mark + frameHeaderBytes); // length and flags: none yet
    const auto wireType = bytes::convert<std::endian::little>(type);
    const auto wireChannel = bytes::convert<std::endian::little>(channel);
    std::memcpy(out.data() + mark + sizeof(std::uint32_t), &wireType, sizeof wireType);
    std::memcpy(out.data() + mark + 2 * sizeof(std::uint32_t), &wireChannel, sizeof wireChannel);
    return mark;
}

void finishFrame(std::vector<std::uint8_t>& out, std::size_t mark, std::size_t toFollow)
{
    const auto length = bytes::convert<std::endian::little>(
        static_cast<std::uint32_t>(out.size() + toFollow - mark - frameHeaderBytes));
    std::memcpy(out.data() + mark, &length, sizeof length);
}

std::span<std::uint8_t> FrameBuffer::prepare(std::size_t wanted)
{
    m_bytes.resize(m_used + wanted);
    return std::span(m_bytes).subspan(m_used);
}

void FrameBuffer::commit(std::size_t count)
{
    m_used = std::min(m_used + count, m_bytes.size());
}

base::Result<bytes::Slice> FrameBuffer::takeComplete()
{
    const bytes::ByteView all = bytes::ByteView(m_bytes).first(m_used);
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
    std::vector<std::uint8_t> tail(all.begin() + static_cast<std::ptrdiff_t>(end), all.end());
    m_bytes.resize(end);
    bytes::Slice complete = bytes::Slice::take(std::move(m_bytes));
    m_used = tail.size();
    m_bytes = std::move(tail);
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
