// SPDX-License-Identifier: Apache-2.0
// StreamDecoder: one content coding, bytes in, bytes out, a piece at a time. Hostile input cannot
// make one call long: it writes at most what it is given room for. Thread: one object, one thread.
#pragma once

#include "core/bytes/view.h"

#include <memory>
#include <string_view>

namespace podglass::content {

enum class Coding : std::uint8_t
{
    Gzip,    // RFC 1952
    Deflate, // RFC 1950, or 1951 as some send it
    Brotli,  // RFC 7932
    Zstd,    // RFC 8878
};

const char* nameOf(Coding coding);

class StreamDecoder
{
public:
    struct Step
    {
        enum class State : std::uint8_t
        {
            More, // room is used up, or the input is
            Ended,
            Wrong, // what follows is not of this coding
        };

        State state = State::More;
        std::size_t read = 0;
        std::size_t written = 0;
    };

    StreamDecoder() = default;
    StreamDecoder(const StreamDecoder&) = delete;
    StreamDecoder& operator=(const StreamDecoder&) = delete;
    virtual ~StreamDecoder() = default;

    virtual Step step(bytes::ByteView in, std::span<std::uint8_t> room) = 0;
    // In words, after Wrong.
    [[nodiscard]] virtual std::string_view problem() const = 0;
};

std::unique_ptr<StreamDecoder> makeDecoder(Coding coding);

} // namespace podglass::content
