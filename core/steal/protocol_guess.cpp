// SPDX-License-Identifier: Apache-2.0
#include "core/steal/protocol_guess.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace podglass::steal {

namespace {

constexpr std::size_t longestMethod = 32; // the longest registered one has 17 letters
constexpr std::array<std::string_view, 9> usualMethods = {
    "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"};

bool isTokenByte(char byte)
{
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z')
           || (byte >= '0' && byte <= '9') || marks.find(byte) != std::string_view::npos;
}

} // namespace

Guess guessProtocol(bytes::ByteView start)
{
    std::string_view text = bytes::asText(start);
    // A server ignores an empty line before a request line (RFC 9112 2.2).
    while (text.starts_with("\r\n"))
        text.remove_prefix(2);
    const auto end = static_cast<std::size_t>(
        std::ranges::find_if_not(text.substr(0, longestMethod + 1), isTokenByte) - text.begin());
    if (end == text.size() && end <= longestMethod)
        return Guess::Unsure;
    if (text == "\r")
        return Guess::Unsure;
    if (end == 0 || end > longestMethod || text[end] != ' ')
        return Guess::SomethingElse;
    return std::ranges::find(usualMethods, text.substr(0, end)) != usualMethods.end()
               ? Guess::Http
               : Guess::MaybeHttp;
}

Guess guessHttp2Client(bytes::ByteView start)
{
    constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    const std::string_view text = bytes::asText(start);
    if (text.starts_with(preface))
        return Guess::Http2;
    return preface.starts_with(text) ? Guess::Unsure : Guess::SomethingElse;
}

Guess guessHttp2Server(bytes::ByteView start)
{
    // Length (a multiple of six), type, flags, stream.
    constexpr std::size_t setting = 6;
    constexpr std::array<int, 9> header = {0, -1, -1, 4, 0, 0, 0, 0, 0}; // -1: any
    for (std::size_t at = 0; at < std::min(start.size(), header.size()); ++at)
        if (header[at] >= 0 && start[at] != header[at])
            return Guess::SomethingElse;
    if (start.size() < header.size())
        return Guess::Unsure;
    return (start[1] * 256U + start[2]) % setting == 0 ? Guess::Http2 : Guess::SomethingElse;
}

} // namespace podglass::steal
