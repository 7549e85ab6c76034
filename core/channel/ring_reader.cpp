// SPDX-License-Identifier: Apache-2.0
// The reader's side: what is held against reuse, what is given back, and the cursors.
#include "core/channel/chunk.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <sys/mman.h>

namespace podglass::channel {

void Ring::arm()
{
    io::silence(m_bell);
    m_armed.store(true, std::memory_order_seq_cst);
}

void Ring::publishDrained()
{
    std::uint64_t drained = m_head.load(std::memory_order_acquire);
    for (const Cursor* cursor : m_cursors)
        drained = std::min(drained, cursor->m_sequence);
    m_drained.store(drained, std::memory_order_release);
}

void Ring::releaseIdle()
{
    unpin();
    publishDrained();
    const std::uint64_t drained = m_drained.load(std::memory_order_relaxed);
    const std::uint64_t bound = std::min(drained, m_idleBefore);
    for (const auto& chunk : m_chunks) {
        const std::uint64_t sequence = chunk->sequence.load(std::memory_order_relaxed);
        if (sequence == 0 || sequence >= bound || !tryOwn(*chunk))
            continue;
        // The writer may have been faster.
        if (chunk->sequence.load(std::memory_order_relaxed) == sequence) {
            ::madvise(chunk->bytes, m_chunkBytes, MADV_DONTNEED);
            chunk->sequence.store(0, std::memory_order_relaxed);
            m_warm.fetch_sub(1, std::memory_order_relaxed);
            if (m_budget)
                m_budget->give(m_chunkBytes);
        }
        chunk->pins.store(0, std::memory_order_release);
    }
    m_idleBefore = std::exchange(m_headThen, m_head.load(std::memory_order_relaxed));
}

const Chunk* Ring::pin(std::uint64_t sequence)
{
    if (m_pinned != nullptr && m_pinned->sequence.load(std::memory_order_relaxed) == sequence)
        return m_pinned;
    unpin();
    for (const auto& chunk : m_chunks) {
        if (chunk->sequence.load(std::memory_order_relaxed) == sequence
            && tryPin(*chunk, sequence)) {
            m_pinned = chunk.get();
            return m_pinned;
        }
    }
    return nullptr;
}

const Chunk* Ring::pinOldestAfter(std::uint64_t sequence)
{
    unpin();
    while (true) {
        std::uint64_t oldest = m_head.load(std::memory_order_acquire);
        for (const auto& chunk : m_chunks) {
            const std::uint64_t there = chunk->sequence.load(std::memory_order_relaxed);
            if (there > sequence && there < oldest)
                oldest = there;
        }
        // The writer may have taken it meanwhile; its head only grows, so this ends.
        if (const Chunk* chunk = pin(oldest))
            return chunk;
    }
}

void Ring::unpin()
{
    if (Chunk* chunk = std::exchange(m_pinned, nullptr))
        chunk->pins.fetch_sub(1, std::memory_order_release);
}

// -- cursor --------------------------------------------------------------------------------------

Ring::Cursor::Cursor(Ring& ring)
    : m_ring(&ring)
{
    const Chunk* chunk = ring.pinOldestAfter(ring.m_head.load(std::memory_order_acquire) - 1);
    m_sequence = chunk->sequence.load(std::memory_order_relaxed);
    m_read = chunk->before;
    ring.m_cursors.push_back(this);
    ring.publishDrained();
    // Walk to the head, so that m_read counts exactly what was before.
    while (next())
        ;
    m_overrun.reset();
}

Ring::Cursor::~Cursor()
{
    std::erase(m_ring->m_cursors, this);
    m_ring->publishDrained();
}

void Ring::Cursor::enter(std::uint64_t sequence)
{
    m_sequence = sequence;
    m_offset = 0;
    m_ring->publishDrained();
}

const Chunk* Ring::Cursor::seek()
{
    while (true) {
        const std::uint64_t head = m_ring->m_head.load(std::memory_order_acquire);
        const Chunk* chunk = m_ring->pin(m_sequence);
        if (chunk == nullptr) {
            chunk = m_ring->pinOldestAfter(m_sequence);
            const Totals missed = chunk->before - m_read;
            Totals& sum = m_overrun ? *m_overrun : m_overrun.emplace();
            sum.records += missed.records;
            sum.messages += missed.messages;
            sum.payload += missed.payload;
            sum.bytes += missed.bytes;
            m_read = chunk->before;
            enter(chunk->sequence.load(std::memory_order_relaxed));
        }
        if (m_offset < chunk->published.load(std::memory_order_seq_cst))
            return chunk;
        // The head was read first: if it is past this chunk, `published` above was final.
        if (head == m_sequence || head < m_sequence)
            return nullptr;
        enter(m_sequence + 1);
    }
}

std::optional<Ring::Cursor::Record> Ring::Cursor::peek()
{
    const Chunk* chunk = seek();
    if (chunk == nullptr)
        return std::nullopt;
    RecordHeader header;
    std::memcpy(&header, chunk->bytes + m_offset, sizeof header);
    return Record{header.info, chunk->view(m_offset + sizeof header, header.size)};
}

void Ring::Cursor::skip(const Record& peeked)
{
    m_offset += stored(peeked.bytes.size());
    ++m_read.records;
    m_read.messages += peeked.info.beginsMessage ? 1 : 0;
    m_read.payload += peeked.info.payload;
    m_read.bytes += peeked.bytes.size();
}

std::optional<Ring::Cursor::Record> Ring::Cursor::next()
{
    const auto record = peek();
    if (record)
        skip(*record);
    return record;
}

std::optional<Totals> Ring::Cursor::takeOverrun()
{
    return std::exchange(m_overrun, std::nullopt);
}

std::int64_t Ring::Cursor::lagNanoseconds(std::int64_t now)
{
    const Chunk* chunk = seek();
    if (chunk == nullptr)
        return 0;
    RecordHeader header;
    std::memcpy(&header, chunk->bytes + m_offset, sizeof header);
    return std::max<std::int64_t>(now - header.info.at, 0);
}

} // namespace podglass::channel
