// SPDX-License-Identifier: Apache-2.0
#include "core/files/made_http2.h"

#include "core/base/limits.h"

#include <algorithm>

namespace podglass::files {

using flow::Direction;

namespace {

constexpr std::uint8_t typeData = 0;
constexpr std::uint8_t typeHeaders = 1;
constexpr std::uint8_t typeReset = 3;
constexpr std::uint8_t typeSettings = 4;
constexpr std::uint8_t typeContinuation = 9;
constexpr std::uint8_t flagEndStream = 1;
constexpr std::uint8_t flagEndHeaders = 4;

std::size_t index(Direction direction)
{
    return static_cast<std::size_t>(direction);
}

// RFC 7541 5.1, behind a prefix of seven bits that are ours.
void putLength(std::string& out, std::size_t length)
{
    constexpr std::size_t inPrefix = 127;
    constexpr std::size_t inByte = 128;
    if (length < inPrefix) {
        out.push_back(static_cast<char>(length));
        return;
    }
    out.push_back(static_cast<char>(inPrefix));
    length -= inPrefix;
    while (length >= inByte) {
        out.push_back(static_cast<char>(length % inByte + inByte));
        length /= inByte;
    }
    out.push_back(static_cast<char>(length));
}

// A literal without indexing, its name new (RFC 7541 6.2.2).
void putField(std::string& out, std::string_view name, std::string_view value)
{
    out.push_back('\0');
    putLength(out, name.size());
    out += name;
    putLength(out, value.size());
    out += value;
}

std::string lower(std::string_view name)
{
    std::string text(name);
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

void putNumber(std::string& out, std::uint32_t value, int bytes)
{
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
        out.push_back(static_cast<char>(value >> shift));
}

std::string block(std::span<const flow::HeaderField> fields, bool pseudo)
{
    std::string out;
    for (const flow::HeaderField& field : fields)
        if (field.name.starts_with(':') == pseudo)
            putField(out, lower(field.name), field.value);
    return out;
}

std::string requestBlock(const flow::RequestHead& head)
{
    std::string out;
    putField(out, ":method", head.method);
    const bool tunnel = head.method == "CONNECT"
                        && std::ranges::none_of(head.fields, [](const flow::HeaderField& field) {
                               return field.name == ":protocol";
                           });
    if (tunnel) {
        putField(out, ":authority", head.target);
    } else {
        putField(out, ":scheme", "http");
        putField(out, ":path", head.target);
    }
    return out + block(head.fields, true) + block(head.fields, false);
}

} // namespace

Http2Maker::Http2Maker(Out out, bool joinedLate)
    : m_out(std::move(out))
    , m_begun(joinedLate)
{}

void Http2Maker::begin(base::Timestamp at)
{
    if (std::exchange(m_begun, true))
        return;
    m_out(Direction::ClientToServer, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", at);
    for (const Direction side : {Direction::ClientToServer, Direction::ServerToClient})
        frame(side, typeSettings, 0, 0, {}, at);
}

Http2Maker::Stream* Http2Maker::open(flow::ExchangeId exchange, base::Timestamp at)
{
    begin(at);
    const auto found = m_streams.find(exchange.value);
    if (found != m_streams.end())
        return &found->second;
    if (m_streams.size() >= limits::http2Streams) {
        ++m_refused;
        return nullptr;
    }
    Stream& stream = m_streams[exchange.value];
    stream.number = m_next;
    m_next += 2; // clients count by odd numbers
    return &stream;
}

void Http2Maker::upgraded(flow::ExchangeId exchange, base::Timestamp at)
{
    if (Stream* stream = open(exchange, at))
        stream->halves[index(Direction::ClientToServer)].ended = true;
}

void Http2Maker::request(const flow::RequestHead& head, base::Timestamp at)
{
    if (Stream* stream = open(head.exchange, at))
        stream->halves[index(Direction::ClientToServer)] = {requestBlock(head), at};
}

void Http2Maker::response(const flow::ResponseHead& head, base::Timestamp at)
{
    Stream* stream = open(head.exchange, at);
    if (stream == nullptr)
        return;
    putHead(*stream, Direction::ServerToClient, false); // an interim one
    std::string made;
    putField(made, ":status", std::to_string(head.status));
    stream->halves[index(Direction::ServerToClient)] = {made + block(head.fields, false), at};
}

void Http2Maker::putHead(Stream& stream, Direction direction, bool last)
{
    Half& half = stream.halves[index(direction)];
    const std::string head = std::exchange(half.head, {});
    std::size_t at = 0;
    while (at < head.size()) {
        const std::string part = head.substr(at, frameBytes);
        const bool first = at == 0;
        at += part.size();
        const unsigned flags = (at == head.size() ? unsigned{flagEndHeaders} : 0U)
                               | (first && last ? unsigned{flagEndStream} : 0U);
        frame(direction,
              first ? typeHeaders : typeContinuation,
              static_cast<std::uint8_t>(flags),
              stream.number,
              part,
              half.at);
    }
}

void Http2Maker::beginData(flow::ExchangeId exchange,
                           Direction direction,
                           std::uint64_t length,
                           base::Timestamp at)
{
    const auto found = m_streams.find(exchange.value);
    if (found == m_streams.end())
        return;
    putHead(found->second, direction, false);
    std::string header;
    putNumber(header, static_cast<std::uint32_t>(length), 3);
    header.push_back(static_cast<char>(typeData));
    header.push_back('\0');
    putNumber(header, found->second.number, 4);
    m_out(direction, header, at);
}

void Http2Maker::end(const flow::MessageEnd& end, base::Timestamp at)
{
    const auto found = m_streams.find(end.exchange.value);
    if (found == m_streams.end())
        return;
    Stream& stream = found->second;
    Half& half = stream.halves[index(end.direction)];
    const bool whole =
        end.fate == flow::MessageFate::Complete || end.fate == flow::MessageFate::CutByGap;
    if (!half.ended && whole && end.trailers.empty() && !half.head.empty()) {
        putHead(stream, end.direction, true);
    } else if (!half.ended) {
        putHead(stream, end.direction, false);
        if (whole && end.trailers.empty())
            frame(end.direction, typeData, flagEndStream, stream.number, {}, at);
        else if (whole)
            frame(end.direction,
                  typeHeaders,
                  flagEndHeaders | flagEndStream,
                  stream.number,
                  block(end.trailers, false),
                  at);
    }
    half.ended = true;
    if (stream.halves[0].ended && stream.halves[1].ended)
        m_streams.erase(found);
}

void Http2Maker::reset(flow::ExchangeId exchange,
                       Direction direction,
                       std::uint32_t code,
                       base::Timestamp at)
{
    const auto found = m_streams.find(exchange.value);
    if (found == m_streams.end())
        return;
    for (const Direction side : {Direction::ClientToServer, Direction::ServerToClient})
        putHead(found->second, side, false);
    std::string payload;
    putNumber(payload, code, 4);
    frame(direction, typeReset, 0, found->second.number, payload, at);
}

void Http2Maker::frame(Direction direction,
                       std::uint8_t type,
                       std::uint8_t flags,
                       std::uint32_t stream,
                       const std::string& payload,
                       base::Timestamp at)
{
    std::string made;
    putNumber(made, static_cast<std::uint32_t>(payload.size()), 3);
    made.push_back(static_cast<char>(type));
    made.push_back(static_cast<char>(flags));
    putNumber(made, stream, 4);
    m_out(direction, made + payload, at);
}

} // namespace podglass::files
