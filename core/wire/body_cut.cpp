// SPDX-License-Identifier: Apache-2.0
#include "core/wire/body_cut.h"

#include "core/bytes/cursor.h"
#include "core/wire/frame.h"

#include <algorithm>

namespace podglass::wire {

namespace {

// FORMAT.md: target, connection, time and exchange come first, 8 bytes each.
constexpr std::size_t directionAt = frameHeaderBytes + 32;
constexpr std::size_t bodyOffsetAt = directionAt + 1;
constexpr std::size_t bodyLengthAt = bodyOffsetAt + 8;
constexpr std::size_t bodyBytesAt = directionAt + 2;
constexpr std::size_t withheldAt = bodyBytesAt + 8;

template <typename T>
T numberAt(bytes::ByteView frame, std::size_t at)
{
    T value = 0;
    std::memcpy(&value, frame.subspan(at, sizeof value).data(), sizeof value);
    return bytes::convert<std::endian::little>(value);
}

template <typename T>
void putNumber(std::vector<std::uint8_t>& frame, std::size_t at, T value)
{
    const T wire = bytes::convert<std::endian::little>(value);
    std::memcpy(std::span(frame).subspan(at, sizeof wire).data(), &wire, sizeof wire);
}

std::uint64_t limitOf(bytes::ByteView frame, const BodyLimits& limits)
{
    return limits.at(frame[directionAt] == 0 ? 0 : 1);
}

} // namespace

std::uint64_t bodyBytesBeyond(bytes::ByteView frame, const BodyLimits& limits)
{
    const std::uint64_t limit = limitOf(frame, limits);
    const auto offset = numberAt<std::uint64_t>(frame, bodyOffsetAt);
    const std::uint64_t length = numberAt<std::uint32_t>(frame, bodyLengthAt);
    const std::uint64_t room = limit - std::min(limit, offset);
    return length - std::min(length, room);
}

void cutBodyData(bytes::ByteView frame, std::uint64_t cut, std::vector<std::uint8_t>& out)
{
    out.assign(frame.begin(), frame.end() - static_cast<std::ptrdiff_t>(cut));
    putNumber(out, 0, numberAt<std::uint32_t>(frame, 0) - static_cast<std::uint32_t>(cut));
    putNumber(out,
              bodyLengthAt,
              numberAt<std::uint32_t>(frame, bodyLengthAt) - static_cast<std::uint32_t>(cut));
}

bool adjustMessageEnd(bytes::ByteView frame,
                      const BodyLimits& limits,
                      std::vector<std::uint8_t>& out)
{
    const std::uint64_t limit = limitOf(frame, limits);
    const auto whole = numberAt<std::uint64_t>(frame, bodyBytesAt);
    const auto withheld = numberAt<std::uint64_t>(frame, withheldAt);
    const std::uint64_t ours = whole - std::min(whole, limit);
    if (ours <= withheld)
        return false;
    out.assign(frame.begin(), frame.end());
    putNumber(out, withheldAt, ours);
    return true;
}

} // namespace podglass::wire
