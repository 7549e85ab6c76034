// SPDX-License-Identifier: Apache-2.0
#include "core/parse/http1_framing.h"

#include "core/flow/event.h"
#include "core/parse/http1_text.h"

namespace podglass::parse::http1 {

namespace {

constexpr auto ambiguous = static_cast<std::uint16_t>(flow::MessageFlag::AmbiguousFraming);
constexpr auto malformed = static_cast<std::uint16_t>(flow::MessageFlag::Malformed);

// 1*DIGIT and nothing else; false when it is anything else or too large.
bool readDecimal(std::string_view text, std::uint64_t& out)
{
    if (text.empty())
        return false;
    std::uint64_t value = 0;
    for (const char c : text) {
        if (!isDigit(c) || value > largestSize / 10)
            return false;
        value = value * 10 + static_cast<std::uint64_t>(c - '0');
    }
    out = value;
    return value <= largestSize;
}

std::uint16_t commonFlags(const FramingFacts& facts, std::uint16_t version)
{
    std::uint16_t flags = 0;
    if (facts.hasLength && facts.hasTransferCoding)
        flags |= ambiguous;
    if (facts.lengthConflict || facts.lengthRepeated || facts.writtenOddly)
        flags |= ambiguous;
    if (facts.lengthBad || facts.chunkedTwice)
        flags |= ambiguous | malformed;
    // RFC 9112 6.1: in HTTP/1.0 transfer codings did not exist; who honours them is unknown.
    if (facts.hasTransferCoding && version < 11)
        flags |= ambiguous;
    return flags;
}

Framing byLength(const FramingFacts& facts, std::uint16_t flags)
{
    if (facts.lengthBad)
        return {BodyKind::Undecidable, 0, flags, "Content-Length is not a number in range"};
    if (facts.lengthConflict)
        return {BodyKind::Undecidable, 0, flags, "several Content-Length values that differ"};
    return {facts.length == 0 ? BodyKind::None : BodyKind::Length, facts.length, flags, {}};
}

} // namespace

void FramingFacts::note(std::string_view name, std::string_view value, bool odd)
{
    switch (name.size()) {
    case 6:
        if (equalsLower(name, "expect"))
            expectContinue = expectContinue || equalsLower(trimmed(value), "100-continue");
        break;
    case 7:
        upgrade = upgrade || equalsLower(name, "upgrade");
        break;
    case 10:
        if (equalsLower(name, "connection"))
            noteConnection(value);
        break;
    case 14:
        if (equalsLower(name, "content-length")) {
            writtenOddly = writtenOddly || odd;
            noteLength(value);
        }
        break;
    case 17:
        if (equalsLower(name, "transfer-encoding")) {
            writtenOddly = writtenOddly || odd;
            noteTransferCoding(value);
        }
        break;
    default:
        break;
    }
}

void FramingFacts::noteLength(std::string_view value)
{
    bool any = false;
    forEachElement(value, [&](std::string_view element) {
        any = true;
        std::uint64_t number = 0;
        if (!readDecimal(element, number)) {
            lengthBad = true;
        } else if (!hasLength) {
            length = number;
        } else {
            (number == length ? lengthRepeated : lengthConflict) = true;
        }
        hasLength = true;
    });
    if (!any)
        hasLength = lengthBad = true;
    if (value.find(',') != std::string_view::npos)
        lengthRepeated = true;
}

void FramingFacts::noteTransferCoding(std::string_view value)
{
    hasTransferCoding = true;
    forEachElement(value, [this](std::string_view element) {
        const bool chunked = equalsLower(element, "chunked");
        if (chunked && chunkedLast)
            chunkedTwice = true;
        chunkedLast = chunked;
    });
}

void FramingFacts::noteConnection(std::string_view value)
{
    forEachElement(value, [this](std::string_view element) {
        connectionClose = connectionClose || equalsLower(element, "close");
        connectionKeepAlive = connectionKeepAlive || equalsLower(element, "keep-alive");
        connectionUpgrade = connectionUpgrade || equalsLower(element, "upgrade");
    });
}

Framing requestFraming(const FramingFacts& facts, std::uint16_t version)
{
    const std::uint16_t flags = commonFlags(facts, version);
    if (facts.hasTransferCoding) {
        if (facts.chunkedLast)
            return {BodyKind::Chunked, 0, flags, {}};
        return {BodyKind::Undecidable,
                0,
                static_cast<std::uint16_t>(flags | ambiguous | malformed),
                "Transfer-Encoding of a request does not end in chunked"};
    }
    if (facts.hasLength)
        return byLength(facts, flags);
    return {};
}

Framing responseFraming(const FramingFacts& facts, std::uint16_t version, bool mayHaveBody)
{
    const std::uint16_t flags = commonFlags(facts, version);
    if (!mayHaveBody)
        return {BodyKind::None, 0, flags, {}};
    if (facts.hasTransferCoding)
        return {facts.chunkedLast ? BodyKind::Chunked : BodyKind::UntilClose, 0, flags, {}};
    if (facts.hasLength)
        return byLength(facts, flags);
    return {BodyKind::UntilClose, 0, flags, {}};
}

} // namespace podglass::parse::http1
