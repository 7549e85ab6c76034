// SPDX-License-Identifier: Apache-2.0
// Chunk: the piece of a ring that is written, read and used again as a whole. Private to the ring.
// Thread: written by the ring's writer, pinned by its reader; that is what the atomics are for.
#pragma once

#include "core/channel/ring.h"

#include <atomic>
#include <type_traits>

namespace podglass::channel {

struct RecordHeader
{
    RecordInfo info;
    std::uint32_t size = 0;
};

static_assert(std::is_trivially_copyable_v<RecordHeader>);

// Set while the writer takes a chunk over, or the reader gives its memory back.
inline constexpr std::uint32_t owned = 1U << 31;

// One is being written, one may be held by the reader: with three, one is always free.
inline constexpr std::size_t leastChunks = 3;

inline std::size_t stored(std::size_t recordBytes)
{
    return sizeof(RecordHeader) + recordBytes;
}

// A chunk is filled once, front to back, while readers follow `published`; it is reused only when
// its pin count could be swapped from none to `owned`, so no byte is ever written under a reader.
// Sequence 0: it holds no records and no memory.
struct Chunk
{
    explicit Chunk(std::uint8_t* memory)
        : bytes(memory)
    {}

    [[nodiscard]] bytes::ByteView view(std::size_t offset, std::size_t length) const
    {
        return {bytes + offset, length};
    }

    std::uint8_t* bytes;
    Totals before; // everything written before this chunk
    std::atomic<std::uint64_t> sequence{0};
    std::atomic<std::size_t> published{0};
    std::atomic<std::uint32_t> pins{0};
};

// Holds the chunk against reuse if it still is the one with `sequence`.
inline bool tryPin(Chunk& chunk, std::uint64_t sequence)
{
    std::uint32_t pins = chunk.pins.load(std::memory_order_relaxed);
    do {
        if ((pins & owned) != 0)
            return false;
    } while (!chunk.pins.compare_exchange_weak(pins, pins + 1, std::memory_order_acquire));
    if (chunk.sequence.load(std::memory_order_relaxed) == sequence)
        return true;
    chunk.pins.fetch_sub(1, std::memory_order_release);
    return false;
}

inline bool tryOwn(Chunk& chunk)
{
    std::uint32_t none = 0;
    return chunk.pins.compare_exchange_strong(none, owned, std::memory_order_acquire);
}

} // namespace podglass::channel
