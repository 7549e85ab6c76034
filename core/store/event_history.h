// SPDX-License-Identifier: Apache-2.0
// EventHistory: the events themselves, as the store applied them, to record them later. Kept as
// frames (wire/codec.h) in chunks; beyond the limit the oldest chunk goes, and is counted. Of a
// connection that goes on, what it is (its opening, its protocol) stays, as of one joined late.
// Thread: the store's; a snapshot() may be read by another thread.
#pragma once

#include "core/bytes/slice.h"
#include "core/flow/event.h"

#include <deque>
#include <map>
#include <vector>

namespace podglass::store {

class EventHistory
{
public:
    // 0: nothing is kept.
    explicit EventHistory(std::size_t limit)
        : m_limit(limit)
    {}

    void keep(const flow::Event& event);
    // From now on; what is there goes.
    void begin(std::size_t limit);

    // Frames, in order; shares what it can with this object.
    [[nodiscard]] std::vector<bytes::Slice> snapshot() const;

    // Remembers this place; forgetMarked() drops what came before it.
    void mark();
    void forgetMarked();

    [[nodiscard]] std::size_t bytes() const { return m_bytes + m_chunk.size(); }

    // Bytes of frames that went to stay within the limit.
    [[nodiscard]] std::uint64_t forgotten() const { return m_forgotten; }

private:
    void closeChunk();
    void dropOldest();

    std::size_t m_limit;
    std::vector<std::uint8_t> m_chunk; // the newest
    std::deque<bytes::Slice> m_chunks;
    std::size_t m_bytes = 0;  // of m_chunks
    std::size_t m_marked = 0; // chunks before the mark
    std::uint64_t m_forgotten = 0;
    std::map<std::uint64_t, std::vector<std::uint8_t>> m_begun; // frames, by connection
};

} // namespace podglass::store
