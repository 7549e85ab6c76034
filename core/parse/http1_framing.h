// SPDX-License-Identifier: Apache-2.0
// How long a body is: collects what the fields say while a head is read, then decides by the rules
// of RFC 9112 6.3. Where two readings are possible it takes the one the RFC names and says so in
// the flags; where the RFC names none it says why (`problem`).
#pragma once

#include <cstdint>
#include <string_view>

namespace podglass::parse::http1 {

// Sizes beyond this are refused rather than counted: nothing real comes near it, and sums of
// offsets stay far from wrapping.
inline constexpr std::uint64_t largestSize = std::uint64_t{1} << 62;

// What the fields of one head say about framing and the connection.
struct FramingFacts
{
    bool hasLength = false;
    bool lengthBad = false;      // not a number, or beyond largestSize
    bool lengthConflict = false; // several that differ
    bool lengthRepeated = false; // several, equal
    std::uint64_t length = 0;
    bool hasTransferCoding = false;
    bool chunkedLast = false;  // the final coding is chunked
    bool chunkedTwice = false; // applied more than once (RFC 9112 6.1 forbids it)
    bool writtenOddly = false; // a framing field with a blank before its colon, or folded
    bool connectionClose = false;
    bool connectionKeepAlive = false;
    bool connectionUpgrade = false;
    bool upgrade = false;
    bool expectContinue = false;

    // False: note() has no use for a field of this name. Length and first letter tell for nearly
    // all of them.
    static bool mayConcern(std::string_view name)
    {
        const auto first = name.empty() ? '\0' : static_cast<char>(name.front() | 0x20);
        switch (name.size()) {
        case 6:
            return first == 'e';
        case 7:
            return first == 'u';
        case 10:
        case 14:
            return first == 'c';
        case 17:
            return first == 't';
        default:
            return false;
        }
    }

    // `odd`: the field line itself was malformed, so that others may read it differently.
    void note(std::string_view name, std::string_view value, bool odd);

private:
    void noteLength(std::string_view value);
    void noteTransferCoding(std::string_view value);
    void noteConnection(std::string_view value);
};

enum class BodyKind : std::uint8_t
{
    None,
    Length,
    Chunked,
    UntilClose,
    Undecidable,
};

struct Framing
{
    BodyKind kind = BodyKind::None;
    std::uint64_t length = 0;
    std::uint16_t flags = 0;  // flow::MessageFlag bits
    std::string_view problem; // Undecidable: why
};

Framing requestFraming(const FramingFacts& facts, std::uint16_t version);

// `mayHaveBody`: false for answers to HEAD, 1xx, 204, 304 and 2xx to CONNECT.
Framing responseFraming(const FramingFacts& facts, std::uint16_t version, bool mayHaveBody);

} // namespace podglass::parse::http1
