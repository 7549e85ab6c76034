// SPDX-License-Identifier: Apache-2.0
#include "core/store/streams.h"

#include "core/base/limits.h"

#include <algorithm>

namespace podglass::store {

namespace {

// A part grows to this; parts are what is given up at once.
constexpr std::size_t partBytes = 16 * limits::kibibyte;

std::size_t index(flow::Direction direction)
{
    return static_cast<std::size_t>(direction);
}

} // namespace

std::string
Stream::read(flow::Direction direction, std::uint64_t offset, std::uint64_t length) const
{
    std::string text;
    std::uint64_t next = offset;
    for (const StreamPart& part : parts) {
        const std::uint64_t end = part.offset + part.data.size();
        if (part.direction != direction || end <= next || part.offset >= offset + length)
            continue;
        if (part.offset > next)
            break; // a hole
        const auto from = static_cast<std::size_t>(next - part.offset);
        const auto to = static_cast<std::size_t>(std::min(end, offset + length) - part.offset);
        text.append(bytes::asText(bytes::ByteView(part.data).subspan(from, to - from)));
        next = part.offset + to;
    }
    return text;
}

Streams::Kept& Streams::touch(Number connection)
{
    const auto [found, fresh] = m_streams.try_emplace(connection);
    if (fresh)
        found->second.age = m_ages.insert(m_ages.end(), connection);
    else
        m_ages.splice(m_ages.end(), m_ages, found->second.age);
    return found->second;
}

void Streams::append(Number connection, const flow::StreamData& data, base::Timestamp at)
{
    Stream& stream = touch(connection).stream;
    StreamPart* last = stream.parts.empty() ? nullptr : &stream.parts.back();
    const bool goesOn = last != nullptr && last->direction == data.direction
                        && last->offset + last->data.size() == data.offset
                        && last->data.size() + data.data.size() <= partBytes;
    if (!goesOn)
        last = &stream.parts.emplace_back(StreamPart{data.direction, data.offset, at, {}});
    last->data.insert(last->data.end(), data.data.begin(), data.data.end());
    stream.bytes.at(index(data.direction)) += data.data.size();
    m_bytes += data.data.size();
    fitOne(stream, data.direction);
    fitAll();
}

void Streams::fitOne(Stream& stream, flow::Direction direction)
{
    std::uint64_t& kept = stream.bytes.at(index(direction));
    while (kept > m_bytesEach) {
        const auto oldest = std::ranges::find_if(
            stream.parts, [&](const StreamPart& part) { return part.direction == direction; });
        kept -= oldest->data.size();
        m_bytes -= oldest->data.size();
        stream.forgotten.at(index(direction)) += oldest->data.size();
        stream.parts.erase(oldest);
    }
}

void Streams::fitAll()
{
    for (auto age = m_ages.begin(); m_bytes > m_bytesAll && age != m_ages.end(); ++age) {
        Stream& stream = m_streams.at(*age).stream;
        for (std::size_t i = 0; i < stream.bytes.size(); ++i) {
            m_bytes -= stream.bytes.at(i);
            stream.forgotten.at(i) += std::exchange(stream.bytes.at(i), 0);
        }
        stream.parts.clear();
    }
}

void Streams::note(Number connection, StreamNote note)
{
    Stream& stream = touch(connection).stream;
    if (stream.notes.size() >= limits::storeNotes)
        ++stream.notesBeyond;
    else
        stream.notes.push_back(std::move(note));
}

const Stream* Streams::find(Number connection) const
{
    const auto found = m_streams.find(connection);
    return found == m_streams.end() ? nullptr : &found->second.stream;
}

void Streams::forgetBelow(Number first)
{
    std::erase_if(m_streams, [&](const auto& entry) {
        if (entry.first >= first)
            return false;
        m_bytes -= entry.second.stream.bytes[0] + entry.second.stream.bytes[1];
        m_ages.erase(entry.second.age);
        return true;
    });
}

} // namespace podglass::store
