// SPDX-License-Identifier: Apache-2.0
// Scratch: memory that one frame after another is encoded into. What it has is kept, and not filled
// with zeros anew, which for a small event would cost as much as encoding it.
// Ownership: its own bytes; a view of them lives until the next change. Thread: one.
#pragma once

#include "core/bytes/view.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>

namespace podglass::wire {

class Scratch
{
public:
    Scratch() = default;
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() = default;

    void clear() { m_used = 0; }

    // `size` bytes behind what is there, to be written at once.
    std::uint8_t* take(std::size_t size)
    {
        if (m_capacity - m_used < size) [[unlikely]]
            grow(size);
        std::uint8_t* const room = m_bytes + m_used;
        m_used += size;
        return room;
    }

    [[nodiscard]] std::uint8_t* data() { return m_bytes; }

    [[nodiscard]] std::size_t size() const { return m_used; }

    [[nodiscard]] bytes::ByteView view() const { return {m_bytes, m_used}; }

private:
    void grow(std::size_t size)
    {
        const std::size_t wanted = std::max(m_capacity * 2, m_used + size);
        auto larger = std::make_unique_for_overwrite<std::uint8_t[]>(wanted);
        std::memcpy(larger.get(), m_bytes, m_used);
        m_heap = std::move(larger);
        m_bytes = m_heap.get();
        m_capacity = wanted;
    }

    static constexpr std::size_t inPlace = 512; // most control messages

    std::array<std::uint8_t, inPlace> m_small{};
    std::unique_ptr<std::uint8_t[]> m_heap;
    std::uint8_t* m_bytes = m_small.data();
    std::size_t m_capacity = inPlace;
    std::size_t m_used = 0;
};

} // namespace podglass::wire
