// SPDX-License-Identifier: Apache-2.0
// Start lines and field sections of HTTP/1 (RFC 9112 3, 4, 5). Views go into the given bytes;
// nothing is copied. Odd input is read as far as its meaning is certain and flagged.
#pragma once

#include "core/parse/http1_framing.h"
#include "core/parse/http1_parser.h"

namespace podglass::parse::http1 {

// Looks for the empty line that ends a head. `scanned` bytes were searched by earlier calls and is
// moved on, so that a head that arrives in many pieces is searched once. Returns its length
// through the empty line, or 0.
std::size_t findHeadEnd(bytes::ByteView input, std::size_t& scanned);

// False when these first bytes cannot begin a message any more, however they go on.
bool canBegin(Http1Parser::Kind kind, bytes::ByteView input);

// HTTP/0.9: "GET target" without a version; the line is the whole request.
bool isSimpleRequest(std::string_view line);

// Reads one line without its line end into `head`. Returns what is wrong, or an empty text.
std::string_view readRequestLine(std::string_view line, Http1Head& head);
std::string_view readStatusLine(std::string_view line, Http1Head& head);

struct FieldSection
{
    std::size_t length = 0;  // through the empty line; 0: there is none
    std::uint16_t flags = 0; // flow::MessageFlag bits
};

// Reads field lines up to the empty line, or the last whole line. At most limits::headFields are
// stored; `facts` (may be null) hears of all of them.
FieldSection
readFields(std::string_view section, std::vector<flow::HeaderField>& fields, FramingFacts* facts);

// Malformed when a control character that is no tab stands in a line without its line end.
std::uint16_t controlFlags(std::string_view line);

} // namespace podglass::parse::http1
