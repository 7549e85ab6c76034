// SPDX-License-Identifier: Apache-2.0
#include "core/parse/protocol.h"

#include "core/base/limits.h"
#include "core/parse/http1_head.h"
#include "core/parse/http1_text.h"
#include "core/parse/http2_frames.h"
#include "core/parse/tls_hello.h"

#include <algorithm>
#include <array>

namespace podglass::parse {

namespace {

// Longer than any registered method (RFC 9110 16.1: UPDATEREDIRECTREF has 17 letters).
constexpr std::size_t longestMethod = 32;

Certainty beginsWith(std::string_view text, std::string_view whole)
{
    if (text.substr(0, whole.size()) != whole.substr(0, text.size()))
        return Certainty::No;
    return text.size() >= whole.size() ? Certainty::Yes : Certainty::Open;
}

bool commonMethod(std::string_view method)
{
    constexpr std::array<std::string_view, 9> common{
        "GET", "POST", "PUT", "HEAD", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE"};
    return std::find(common.begin(), common.end(), method) != common.end();
}

// Many text protocols begin with a word and a blank. Of an unusual method, the target must look
// like one, so that they are not held back until their line ends.
Certainty couldBeRequest(std::string_view text)
{
    std::size_t blank = 0;
    while (blank < text.size() && blank <= longestMethod && http1::isTokenChar(text[blank]))
        ++blank;
    if (blank > longestMethod)
        return Certainty::No;
    if (blank == text.size())
        return Certainty::Open;
    if (blank == 0 || text[blank] != ' ')
        return Certainty::No;
    if (commonMethod(text.substr(0, blank)))
        return Certainty::Yes;
    if (blank + 1 == text.size())
        return Certainty::Open;
    constexpr std::string_view targets = "/*hH";
    return targets.find(text[blank + 1]) == std::string_view::npos ? Certainty::No : Certainty::Yes;
}

Certainty isRequest(std::string_view text)
{
    while (!text.empty() && (text.front() == '\r' || text.front() == '\n'))
        text.remove_prefix(1);
    const Certainty start = text.empty() ? Certainty::Open : couldBeRequest(text);
    if (start != Certainty::Yes)
        return start;
    const std::size_t end = text.substr(0, limits::requestLineBytes).find('\n');
    if (end == std::string_view::npos)
        return text.size() >= limits::requestLineBytes ? Certainty::Yes : Certainty::Open;
    Http1Head head;
    const std::string_view line = http1::withoutLineEnd(text.substr(0, end + 1));
    return http1::readRequestLine(line, head).empty() ? Certainty::Yes : Certainty::No;
}

// Strict: what an endpoint would accept but no common one sends is not plausible.
bool plausibleFrame(const Http2Frame& frame, bool reserved, flow::Direction direction)
{
    constexpr std::uint32_t commonLength = 16'384; // RFC 9113 4.2, where nothing else is agreed
    constexpr std::uint32_t highestStream = 1U << 24U;
    const bool connection = frame.stream == 0;
    if (reserved || frame.length > commonLength || frame.stream > highestStream)
        return false;
    const auto flags = [&frame](unsigned allowed) { return (frame.flags & ~allowed) == 0; };
    const bool request = !connection && frame.stream % 2 == 1;
    switch (frame.type) {
    case Http2Type::Data:
        return request && flags(0x09);
    case Http2Type::Headers:
        return request && flags(0x2d) && frame.length > 0;
    case Http2Type::Priority:
        return request && frame.length == 5 && flags(0);
    case Http2Type::ResetStream:
        return request && frame.length == 4 && flags(0);
    case Http2Type::Settings:
        return connection && frame.length % 6 == 0 && flags(1)
               && (!frame.has(http2::ack) || frame.length == 0);
    case Http2Type::PushPromise:
        return request && direction == flow::Direction::ServerToClient && frame.length > 4;
    case Http2Type::Ping:
        return connection && frame.length == 8 && flags(1);
    case Http2Type::GoAway:
        return connection && frame.length >= 8 && flags(0);
    case Http2Type::WindowUpdate:
        return frame.length == 4 && flags(0);
    case Http2Type::Continuation:
        return request && flags(4);
    }
    return false;
}

} // namespace

Detection detectFromClient(bytes::ByteView start)
{
    if (start.empty())
        return {};
    TlsHello hello = readTlsHello(start);
    if (hello.state == TlsHello::State::Complete)
        return {flow::Protocol::Tls, std::move(hello.serverName)};
    if (hello.state == TlsHello::State::Incomplete)
        return {};
    const Certainty http2 = beginsHttp2Client(start);
    if (http2 == Certainty::Yes)
        return {flow::Protocol::Http2, {}};
    if (http2 == Certainty::Open)
        return {};
    switch (isRequest(bytes::asText(start))) {
    case Certainty::Yes:
        return {flow::Protocol::Http1, {}};
    case Certainty::Open:
        return {};
    case Certainty::No:
        break;
    }
    return {flow::Protocol::Raw, {}};
}

Certainty beginsResponse(bytes::ByteView start)
{
    return beginsWith(bytes::asText(start), "HTTP/1.");
}

Certainty beginsHttp2Client(bytes::ByteView start)
{
    return beginsWith(bytes::asText(start), http2Preface);
}

Certainty beginsHttp2Server(bytes::ByteView start)
{
    // Length, type 4, no flags, stream 0; the length a multiple of six, below 16 KiB.
    constexpr std::size_t fixed = http2::frameHeaderBytes;
    std::array<std::uint8_t, fixed> header{0, 0, 0, 4, 0, 0, 0, 0, 0};
    for (std::size_t i = 0; i < std::min(start.size(), fixed); ++i)
        if (i != 1 && i != 2 && start[i] != header.at(i))
            return Certainty::No;
    if (start.size() < fixed)
        return Certainty::Open;
    const std::uint32_t length = readFrameHeader(start).length;
    return length % 6 == 0 && length < 16'384 ? Certainty::Yes : Certainty::No;
}

Certainty followsFrames(bytes::ByteView start, flow::Direction direction)
{
    constexpr int certain = 2;
    for (int seen = 0; seen < certain; ++seen) {
        if (!start.empty() && start[0] != 0)
            return Certainty::No; // no frame of 64 KiB is sent unasked
        if (start.size() < http2::frameHeaderBytes)
            return Certainty::Open;
        const Http2Frame frame = readFrameHeader(start);
        if (!plausibleFrame(frame, start[5] & 0x80, direction))
            return Certainty::No;
        const std::size_t whole = http2::frameHeaderBytes + frame.length;
        if (seen + 1 < certain && start.size() < whole)
            return Certainty::Open;
        start = start.subspan(std::min(whole, start.size()));
    }
    return Certainty::Yes;
}

Certainty certainRequest(bytes::ByteView start)
{
    const std::string_view text = bytes::asText(start);
    const Certainty could = couldBeRequest(text);
    if (could != Certainty::Yes)
        return could;
    const std::size_t end = text.substr(0, limits::requestLineBytes).find('\n');
    if (end == std::string_view::npos)
        return text.size() >= limits::requestLineBytes ? Certainty::No : Certainty::Open;
    Http1Head head;
    const bool exact = end > 0 && text[end - 1] == '\r'
                       && http1::readRequestLine(text.substr(0, end - 1), head).empty()
                       && head.version >= 10 && head.flags == 0;
    return exact ? Certainty::Yes : Certainty::No;
}

Certainty certainResponse(bytes::ByteView start)
{
    const Certainty begins = beginsResponse(start);
    if (begins != Certainty::Yes)
        return begins;
    const std::string_view text = bytes::asText(start);
    const std::size_t end = text.substr(0, limits::requestLineBytes).find('\n');
    if (end == std::string_view::npos)
        return text.size() >= limits::requestLineBytes ? Certainty::No : Certainty::Open;
    Http1Head head;
    const bool exact = end > 0 && text[end - 1] == '\r'
                       && http1::readStatusLine(text.substr(0, end - 1), head).empty()
                       && head.flags == 0;
    return exact ? Certainty::Yes : Certainty::No;
}

} // namespace podglass::parse
