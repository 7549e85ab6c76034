// SPDX-License-Identifier: Apache-2.0
// Frames: the unit of the agent protocol (FORMAT.md). Twelve bytes of header, then the payload:
//   u32 length of the payload · u16 type · u16 flags · u32 channel      (little endian)
// A decoder believes nothing: a length above limits::frameBytes is an error before any allocation.
#pragma once

#include "core/base/result.h"
#include "core/bytes/slice.h"
#include "core/bytes/view.h"
#include "core/wire/scratch.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace podglass::wire {

inline constexpr std::size_t frameHeaderBytes = 12;

// Channels carry credit each; 0 is control and needs none, stolen requests have their own.
inline constexpr std::uint32_t controlChannel = 0;
inline constexpr std::uint32_t eventChannel = 1;
inline constexpr std::uint32_t firstStealChannel = 16;

enum class FrameFlag : std::uint16_t
{
    None = 0,
    // A receiver that does not know the type must end the connection instead of skipping it.
    MustUnderstand = 1,
};

struct Frame
{
    std::uint16_t type = 0;
    std::uint16_t flags = 0;
    std::uint32_t channel = 0;
    bytes::ByteView payload; // borrows
};

// Starts a frame in `out`; finishFrame() with the returned mark writes its length, `toFollow` bytes
// more than there are.
std::size_t beginFrame(Scratch& out, std::uint16_t type, std::uint32_t channel);
void finishFrame(Scratch& out, std::size_t mark, std::size_t toFollow = 0);

// Collects what a stream brings and gives out whole frames.
class FrameBuffer
{
public:
    // Room to read into, then commit() what was read.
    std::span<std::uint8_t> prepare(std::size_t wanted);
    void commit(std::size_t count);

    // All complete frames so far as one slice (walk it with FrameWalk; empty: none), without
    // copying them. An oversized length is an error that ends the connection.
    base::Result<bytes::Slice> takeComplete();

private:
    void renew(std::size_t capacity);

    std::shared_ptr<std::uint8_t[]> m_bytes; // never cleared: it is read into before it is read
    std::size_t m_capacity = 0;
    std::size_t m_used = 0;
    std::size_t m_lastUsed = 0; // when frames were last taken: as much will come again
};

// Walks frames of a slice from FrameBuffer, or of a golden file.
class FrameWalk
{
public:
    explicit FrameWalk(bytes::ByteView frames)
        : m_rest(frames)
    {}

    std::optional<Frame> next();

private:
    bytes::ByteView m_rest;
};

} // namespace podglass::wire
