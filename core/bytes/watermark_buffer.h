// SPDX-License-Identifier: Apache-2.0
// WatermarkBuffer: bytes on their way from a reader to a slower writer; one owner, one thread.
// Contract: never holds more than its limit; append() takes what fits and says how much, so the
// caller stops reading (back-pressure) instead of growing. Consumed space is reused.
#pragma once

#include "core/bytes/view.h"

#include <vector>

namespace podglass::bytes {

class WatermarkBuffer
{
public:
    explicit WatermarkBuffer(std::size_t limit)
        : m_limit(limit)
    {}

    // Takes as much of `bytes` as fits; returns how much that was.
    std::size_t append(ByteView bytes);

    [[nodiscard]] ByteView view() const { return ByteView(m_bytes).subspan(m_begin); }

    void consume(std::size_t count);

    // Forgets all but the first `kept` bytes.
    void truncate(std::size_t kept);

    // Room to read into directly; call commit() with what was written there.
    std::span<std::uint8_t> prepare(std::size_t wanted);
    void commit(std::size_t count);

    [[nodiscard]] std::size_t size() const { return m_bytes.size() - m_begin; }

    [[nodiscard]] std::size_t room() const { return m_limit - size(); }

    [[nodiscard]] bool empty() const { return size() == 0; }

    [[nodiscard]] bool full() const { return room() == 0; }

    // Gives idle memory back: an idle connection holds no buffer.
    void releaseIfEmpty();

private:
    void compact();

    std::vector<std::uint8_t> m_bytes;
    std::size_t m_begin = 0;
    std::size_t m_prepared = 0; // bytes at the end of m_bytes handed out by prepare()
    std::size_t m_limit;
};

} // namespace podglass::bytes
