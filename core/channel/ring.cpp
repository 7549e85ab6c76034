// SPDX-License-Identifier: Apache-2.0
#include "core/channel/ring.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <type_traits>
#include <utility>

namespace podglass::channel {

namespace {

struct RecordHeader
{
    RecordInfo info;
    std::uint32_t size = 0;
};

static_assert(std::is_trivially_copyable_v<RecordHeader>);

constexpr std::uint32_t writerOwns = 1U << 31;

std::size_t stored(std::size_t recordBytes)
{
    return sizeof(RecordHeader) + recordBytes;
}

} // namespace

// A chunk is filled once, front to back, while readers follow `published`; it is reused only when
// its pin count could be swapped from none to writerOwns, so no byte is ever written under a
// reader.
struct Chunk
{
    explicit Chunk(std::size_t size)
        : bytes(std::make_unique_for_overwrite<std::uint8_t[]>(size))
    {}

    [[nodiscard]] bytes::ByteView view(std::size_t offset, std::size_t length) const
    {
        return {bytes.get() + offset, length};
    }

    // Not cleared: a ring that carries little takes little memory.
    std::unique_ptr<std::uint8_t[]> bytes;
    Totals before; // everything written before this chunk
    std::atomic<std::uint64_t> sequence{0};
    std::atomic<std::size_t> published{0};
    std::atomic<std::uint32_t> pins{0};
};

namespace {

// Holds the chunk against reuse if it still is the one with `sequence`.
bool tryPin(Chunk& chunk, std::uint64_t sequence)
{
    std::uint32_t pins = chunk.pins.load(std::memory_order_relaxed);
    do {
        if ((pins & writerOwns) != 0)
            return false;
    } while (!chunk.pins.compare_exchange_weak(pins, pins + 1, std::memory_order_acquire));
    if (chunk.sequence.load(std::memory_order_relaxed) == sequence)
        return true;
    chunk.pins.fetch_sub(1, std::memory_order_release);
    return false;
}

} // namespace

Totals Totals::operator-(const Totals& earlier) const
{
    return {.records = records - earlier.records,
            .messages = messages - earlier.messages,
            .payload = payload - earlier.payload,
            .bytes = bytes - earlier.bytes};
}

Ring::Ring(std::size_t bytes, std::size_t chunkBytes)
    : m_chunkBytes(chunkBytes)
    , m_bell(io::makeEventFd())
{
    // One is being written and one may be pinned by the reader, so three is the least.
    const std::size_t count = std::max<std::size_t>(bytes / chunkBytes, 3);
    for (std::size_t i = 0; i < count; ++i)
        m_chunks.push_back(std::make_unique<Chunk>(chunkBytes));
    openChunk();
}

Ring::~Ring() = default;

std::size_t Ring::capacity() const
{
    return m_chunks.size() * m_chunkBytes;
}

bool Ring::append(const RecordInfo& info, bytes::ByteView record)
{
    const std::size_t needed = stored(record.size());
    if (needed > m_chunkBytes)
        return false;
    std::size_t used = m_current->published.load(std::memory_order_relaxed);
    if (used + needed > m_chunkBytes) {
        openChunk();
        used = 0;
    }
    const RecordHeader header{info, static_cast<std::uint32_t>(record.size())};
    std::memcpy(m_current->bytes.get() + used, &header, sizeof header);
    std::memcpy(m_current->bytes.get() + used + sizeof header, record.data(), record.size());

    ++m_total.records;
    m_total.messages += info.beginsMessage ? 1 : 0;
    m_total.payload += info.payload;
    m_total.bytes += record.size();
    m_records.store(m_total.records, std::memory_order_relaxed);
    m_messages.store(m_total.messages, std::memory_order_relaxed);
    m_payload.store(m_total.payload, std::memory_order_relaxed);
    m_bytes.store(m_total.bytes, std::memory_order_relaxed);

    m_current->published.store(used + needed, std::memory_order_seq_cst);
    // seq_cst pairs with arm(): either the reader sees the record or the writer sees it armed.
    if (m_armed.load(std::memory_order_seq_cst) && m_armed.exchange(false))
        io::ring(m_bell);
    return true;
}

void Ring::arm()
{
    io::silence(m_bell);
    m_armed.store(true, std::memory_order_seq_cst);
}

void Ring::openChunk()
{
    Chunk* oldest = nullptr;
    for (const auto& chunk : m_chunks) {
        if (chunk.get() == m_current)
            continue;
        if (oldest != nullptr
            && chunk->sequence.load(std::memory_order_relaxed)
                   > oldest->sequence.load(std::memory_order_relaxed))
            continue;
        // Only the reader's one pinned chunk can refuse; then the next older is taken.
        std::uint32_t none = 0;
        if (!chunk->pins.compare_exchange_strong(none, writerOwns, std::memory_order_acquire))
            continue;
        if (oldest != nullptr)
            oldest->pins.store(0, std::memory_order_release);
        oldest = chunk.get();
    }
    // Three chunks at least, of which one is current and one at most is pinned: one is always free.
    if (oldest == nullptr)
        std::abort();
    const std::uint64_t sequence = m_head.load(std::memory_order_relaxed) + 1;
    oldest->before = m_total;
    oldest->published.store(0, std::memory_order_relaxed);
    oldest->sequence.store(sequence, std::memory_order_relaxed);
    oldest->pins.store(0, std::memory_order_release);
    m_current = oldest;
    m_head.store(sequence, std::memory_order_release);
}

Totals Ring::written() const
{
    return {.records = m_records.load(std::memory_order_relaxed),
            .messages = m_messages.load(std::memory_order_relaxed),
            .payload = m_payload.load(std::memory_order_relaxed),
            .bytes = m_bytes.load(std::memory_order_relaxed)};
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
    // Walk to the head, so that m_read counts exactly what was before.
    while (next())
        ;
    m_overrun.reset();
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
            m_sequence = chunk->sequence.load(std::memory_order_relaxed);
            m_offset = 0;
        }
        if (m_offset < chunk->published.load(std::memory_order_seq_cst))
            return chunk;
        // The head was read first: if it is past this chunk, `published` above was final.
        if (head == m_sequence || head < m_sequence)
            return nullptr;
        ++m_sequence;
        m_offset = 0;
    }
}

std::optional<Ring::Cursor::Record> Ring::Cursor::next()
{
    const Chunk* chunk = seek();
    if (chunk == nullptr)
        return std::nullopt;
    RecordHeader header;
    std::memcpy(&header, chunk->bytes.get() + m_offset, sizeof header);
    const Record record{header.info, chunk->view(m_offset + sizeof header, header.size)};
    m_offset += stored(header.size);
    ++m_read.records;
    m_read.messages += header.info.beginsMessage ? 1 : 0;
    m_read.payload += header.info.payload;
    m_read.bytes += header.size;
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
    std::memcpy(&header, chunk->bytes.get() + m_offset, sizeof header);
    return std::max<std::int64_t>(now - header.info.at, 0);
}

} // namespace podglass::channel
