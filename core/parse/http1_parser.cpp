// SPDX-License-Identifier: Apache-2.0
// The stages in order and the head; the body's stages are in http1_body.cpp.
#include "core/parse/http1_parser.h"

#include "core/base/limits.h"
#include "core/parse/http1_head.h"
#include "core/parse/http1_text.h"

#include <algorithm>
#include <cstring>

namespace podglass::parse {

Http1Parser::Http1Parser(Kind kind)
    : m_kind(kind)
{}

Http1Parser::Step Http1Parser::next(bytes::ByteView input)
{
    std::size_t used = 0;
    for (;;) {
        const Stage did = stage(input.subspan(used));
        used += did.consumed;
        if (did.consumed > 0)
            m_scanned = 0;
        if (did.done)
            return {did.item, used};
    }
}

Http1Parser::Stage Http1Parser::stage(bytes::ByteView input)
{
    switch (m_state) {
    case State::Head:
        return readHead(input);
    case State::Length:
    case State::ChunkData:
        return readData(input);
    case State::ChunkSize:
        return readChunkSize(input);
    case State::ChunkEnd:
        return readChunkEnd(input);
    case State::Trailers:
        return readTrailers(input);
    case State::UntilClose:
        return readUntilClose(input);
    case State::Finish:
        m_state = m_tunnelNext ? State::Tunnel : State::Head;
        return {true, Http1Item::End, 0};
    case State::Failed:
        return {true, Http1Item::Error, 0};
    case State::Tunnel:
        break;
    }
    return {};
}

// RFC 9112 2.2: an empty line before the start line is ignored.
Http1Parser::Stage Http1Parser::emptyLines(bytes::ByteView input) const
{
    std::size_t skipped = 0;
    while (skipped < input.size()) {
        if (input[skipped] == '\n')
            ++skipped;
        else if (input[skipped] == '\r' && skipped + 1 < input.size() && input[skipped + 1] == '\n')
            skipped += 2;
        else
            break;
    }
    const bool undecided = skipped + 1 == input.size() && input[skipped] == '\r';
    return {undecided || skipped == input.size(), Http1Item::NeedMore, skipped};
}

Http1Parser::Stage Http1Parser::readHead(bytes::ByteView input)
{
    if (input.empty() || input[0] == '\r' || input[0] == '\n') {
        const Stage skipped = emptyLines(input);
        if (skipped.done || skipped.consumed > 0)
            return skipped;
    }
    m_started = true;
    if (!http1::canBegin(m_kind, input))
        return fail(m_kind == Kind::Request ? "not an HTTP request" : "not an HTTP response");

    const std::size_t lineLimit = std::min(input.size(), limits::requestLineBytes);
    const void* lineEnd = std::memchr(input.data(), '\n', lineLimit);
    if (lineEnd == nullptr) {
        return input.size() >= limits::requestLineBytes
                   ? takeOversizedHead(input.first(limits::requestLineBytes), lineLimit)
                   : Stage{};
    }
    const std::size_t lineBytes =
        static_cast<std::size_t>(static_cast<const std::uint8_t*>(lineEnd) - input.data()) + 1;
    const bytes::ByteView searched = input.first(std::min(input.size(), limits::headBytes));
    if (m_scanned == 0) {
        if (const Stage whole = takeWholeHead(searched, lineBytes); whole.done)
            return whole;
    }
    if (m_kind == Kind::Request
        && http1::isSimpleRequest(http1::withoutLineEnd(bytes::asText(input.first(lineBytes)))))
        return takeHead(input.first(lineBytes), lineBytes);

    const std::size_t length = http1::findHeadEnd(searched, m_scanned);
    if (length > 0)
        return takeHead(input.first(length), lineBytes);
    return input.size() >= limits::headBytes ? takeOversizedHead(searched, lineBytes) : Stage{};
}

void Http1Parser::clearHead()
{
    m_head.method = {};
    m_head.target = {};
    m_head.status = 0;
    m_head.reason = {};
    m_head.version = 11;
    m_head.flags = 0;
    m_head.keepAlive = true;
    m_head.upgrade = false;
    m_head.expectContinue = false;
    m_head.fields.clear();
    m_trailers.clear();
}

std::string_view Http1Parser::readStartLine(std::string_view line)
{
    clearHead();
    const std::string_view content = http1::withoutLineEnd(line);
    if (content.size() + 2 != line.size())
        m_head.flags |= static_cast<std::uint16_t>(flow::MessageFlag::Malformed); // a bare LF
    m_head.flags |= http1::controlFlags(content);
    return m_kind == Kind::Request ? http1::readRequestLine(content, m_head)
                                   : http1::readStatusLine(content, m_head);
}

// Reads in one pass what is there as a whole and begins well, as nearly every head. Not done: it
// has to be looked at more closely.
Http1Parser::Stage Http1Parser::takeWholeHead(bytes::ByteView input, std::size_t lineBytes)
{
    const std::string_view text = bytes::asText(input);
    if (!readStartLine(text.substr(0, lineBytes)).empty() || m_head.version < 10)
        return {.done = false};
    http1::FramingFacts facts;
    const http1::FieldSection section =
        http1::readFields(text.substr(lineBytes), m_head.fields, &facts);
    if (section.length == 0)
        return {.done = false};
    return finishHead(input.first(lineBytes + section.length), section.flags, facts);
}

Http1Parser::Stage Http1Parser::takeHead(bytes::ByteView raw, std::size_t lineBytes)
{
    const std::string_view text = bytes::asText(raw);
    const std::string_view problem = readStartLine(text.substr(0, lineBytes));
    if (!problem.empty())
        return fail(problem);
    http1::FramingFacts facts;
    const http1::FieldSection section =
        http1::readFields(text.substr(lineBytes), m_head.fields, &facts);
    return finishHead(raw, section.flags, facts);
}

Http1Parser::Stage
Http1Parser::finishHead(bytes::ByteView raw, std::uint16_t flags, const http1::FramingFacts& facts)
{
    m_head.raw = raw;
    m_head.flags |= flags;
    decideBody(facts);
    m_started = false;
    return {true, Http1Item::Head, raw.size()};
}

// Limits are reached at the same byte however the input is cut, so the same part is shown.
Http1Parser::Stage Http1Parser::takeOversizedHead(bytes::ByteView raw, std::size_t lineBytes)
{
    const std::string_view text = bytes::asText(raw);
    const bool wholeLine = raw[lineBytes - 1] == '\n';
    if (wholeLine || m_kind == Kind::Response) {
        const std::string_view problem = readStartLine(text.substr(0, lineBytes));
        if (!problem.empty())
            return fail(problem);
        m_head.flags |= http1::readFields(text.substr(lineBytes), m_head.fields, nullptr).flags;
    } else {
        clearHead();
        const std::size_t space = text.find(' ');
        if (space == std::string_view::npos)
            return fail("not an HTTP request line");
        m_head.method = text.substr(0, space);
        m_head.target = text.substr(space + 1);
    }
    m_head.raw = raw;
    m_head.keepAlive = false;
    m_head.flags |= static_cast<std::uint16_t>(flow::MessageFlag::HeadTooLarge);
    m_problem = "the head is larger than the limit";
    m_state = State::Failed;
    m_started = false;
    return {true, Http1Item::Head, raw.size()};
}

void Http1Parser::decideBody(const http1::FramingFacts& facts)
{
    http1::Framing framing;
    m_tunnelNext = false;
    m_head.keepAlive =
        !facts.connectionClose && (m_head.version >= 11 || facts.connectionKeepAlive);
    if (m_kind == Kind::Request) {
        m_head.upgrade = facts.upgrade && facts.connectionUpgrade && m_head.version >= 11;
        m_head.expectContinue = facts.expectContinue && m_head.version >= 11;
        if (m_head.version >= 10)
            framing = http1::requestFraming(facts, m_head.version);
    } else {
        const bool interim = m_head.status < 200 && m_head.status != 101;
        const bool connected = m_connect && m_head.status >= 200 && m_head.status < 300;
        m_head.upgrade = m_head.status == 101;
        m_tunnelNext = m_head.upgrade || connected;
        const bool mayHaveBody =
            !interim && !m_tunnelNext && !m_noBody && m_head.status != 204 && m_head.status != 304;
        framing = http1::responseFraming(facts, m_head.version, mayHaveBody);
        if (!interim)
            m_noBody = m_connect = false;
    }
    m_head.flags |= framing.flags;
    m_remaining = framing.length;
    switch (framing.kind) {
    case http1::BodyKind::None:
        m_state = State::Finish;
        break;
    case http1::BodyKind::Length:
        m_state = State::Length;
        break;
    case http1::BodyKind::Chunked:
        m_state = State::ChunkSize;
        break;
    case http1::BodyKind::UntilClose:
        m_state = State::UntilClose;
        m_head.keepAlive = false;
        break;
    case http1::BodyKind::Undecidable:
        m_state = State::Failed;
        m_head.keepAlive = false;
        m_problem = framing.problem;
        break;
    }
}

Http1Parser::Stage Http1Parser::fail(std::string_view problem)
{
    m_state = State::Failed;
    m_problem = problem;
    return {true, Http1Item::Error, 0};
}

void Http1Parser::answering(std::string_view requestMethod)
{
    m_noBody = requestMethod == "HEAD";
    m_connect = requestMethod == "CONNECT";
}

flow::MessageFate Http1Parser::finish()
{
    switch (m_state) {
    case State::Head:
        return m_started ? flow::MessageFate::CutByClose : flow::MessageFate::Complete;
    case State::Length:
    case State::ChunkSize:
    case State::ChunkData:
    case State::ChunkEnd:
    case State::Trailers:
        return flow::MessageFate::CutByClose;
    case State::Failed:
        return flow::MessageFate::FramingError;
    case State::UntilClose:
        m_state = State::Head;
        break;
    case State::Finish:
    case State::Tunnel:
        break;
    }
    return flow::MessageFate::Complete;
}

bool Http1Parser::skip(std::uint64_t count)
{
    switch (m_state) {
    case State::Length:
    case State::ChunkData:
        if (count > m_remaining)
            return false;
        m_remaining -= count;
        if (m_remaining == 0)
            m_state = m_state == State::Length ? State::Finish : State::ChunkEnd;
        return true;
    case State::UntilClose:
    case State::Tunnel:
        return true;
    default:
        return false;
    }
}

void Http1Parser::reset()
{
    clearHead();
    m_head.raw = {};
    m_state = State::Head;
    m_started = m_noBody = m_connect = m_tunnelNext = false;
    m_scanned = 0;
    m_remaining = 0;
    m_body = {};
    m_problem = {};
}

} // namespace podglass::parse
