// SPDX-License-Identifier: Apache-2.0
// The stages of Http1Parser that read bodies (RFC 9112 6 and 7).
#include "core/base/hex.h"
#include "core/base/limits.h"
#include "core/parse/http1_head.h"
#include "core/parse/http1_parser.h"
#include "core/parse/http1_text.h"

#include <algorithm>
#include <cstring>

namespace podglass::parse {

namespace {

// chunk-size [ chunk-ext ], without the line end; false when it is neither.
bool readSizeLine(std::string_view line, std::uint64_t& size)
{
    size = 0;
    std::size_t digits = 0;
    for (; digits < line.size(); ++digits) {
        const int value = base::hexDigit(line[digits]);
        if (value < 0)
            break;
        if (size > http1::largestSize / 16)
            return false;
        size = size * 16 + static_cast<std::uint64_t>(value);
    }
    if (digits == 0 || size > http1::largestSize)
        return false;
    const std::string_view rest = line.substr(digits);
    const std::size_t text = rest.find_first_not_of(" \t");
    return text == std::string_view::npos || rest[text] == ';';
}

} // namespace

Http1Parser::Stage Http1Parser::readData(bytes::ByteView input)
{
    if (input.empty())
        return {};
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(input.size(), m_remaining));
    m_body = input.first(count);
    m_remaining -= count;
    if (m_remaining == 0)
        m_state = m_state == State::Length ? State::Finish : State::ChunkEnd;
    return {true, Http1Item::Body, count};
}

Http1Parser::Stage Http1Parser::readUntilClose(bytes::ByteView input)
{
    if (input.empty())
        return {};
    m_body = input;
    return {true, Http1Item::Body, input.size()};
}

// Line ends are strict here: a bare LF that one side takes for a line end and the other for part
// of an extension makes two readings of the stream, and no flag can be put on a head already given.
Http1Parser::Stage Http1Parser::readChunkSize(bytes::ByteView input)
{
    const std::size_t limit = std::min(input.size(), limits::chunkLineBytes);
    const std::size_t from = std::min(m_scanned, limit);
    const void* found =
        limit > from ? std::memchr(input.data() + from, '\n', limit - from) : nullptr;
    if (found == nullptr) {
        m_scanned = limit;
        return input.size() >= limits::chunkLineBytes ? fail("a chunk's size line is too long")
                                                      : Stage{};
    }
    const auto length =
        static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - input.data());
    std::uint64_t size = 0;
    if (length == 0 || input[length - 1] != '\r'
        || !readSizeLine(bytes::asText(input.first(length - 1)), size))
        return fail("malformed chunk size");
    m_remaining = size;
    m_state = size == 0 ? State::Trailers : State::ChunkData;
    return {false, Http1Item::NeedMore, length + 1};
}

Http1Parser::Stage Http1Parser::readChunkEnd(bytes::ByteView input)
{
    constexpr std::string_view lineEnd = "\r\n";
    const std::string_view seen = bytes::asText(input).substr(0, lineEnd.size());
    if (seen != lineEnd.substr(0, seen.size()))
        return fail("no line end after a chunk");
    if (seen.size() < lineEnd.size())
        return {};
    m_state = State::ChunkSize;
    return {false, Http1Item::NeedMore, lineEnd.size()};
}

Http1Parser::Stage Http1Parser::readTrailers(bytes::ByteView input)
{
    std::size_t length = 0;
    if (bytes::asText(input).substr(0, 2) == "\r\n") {
        length = 2;
    } else if (!input.empty() && input[0] == '\n') {
        length = 1;
    } else {
        const bytes::ByteView searched = input.first(std::min(input.size(), limits::headBytes));
        length = http1::findHeadEnd(searched, m_scanned);
        if (length == 0)
            return input.size() >= limits::headBytes
                       ? fail("the trailers are larger than the limit")
                       : Stage{};
    }
    m_trailers.clear();
    http1::readFields(bytes::asText(input.first(length)), m_trailers, nullptr);
    m_state = m_tunnelNext ? State::Tunnel : State::Head;
    return {true, Http1Item::End, length};
}

} // namespace podglass::parse
