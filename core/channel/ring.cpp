// SPDX-License-Identifier: Apache-2.0
#include "core/channel/ring.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>

#include <sys/mman.h>

namespace podglass::channel {

namespace {

struct RecordHeader
{
    RecordInfo info;
    std::uint32_t size = 0;
};

static_assert(std::is_trivially_copyable_v<RecordHeader>);

// Set while the writer takes a chunk over, or the reader gives its memory back.
constexpr std::uint32_t owned = 1U << 31;

// One is being written, one may be held by the reader: with three, one is always free.
constexpr std::size_t leastChunks = 3;

std::size_t stored(std::size_t recordBytes)
{
    return sizeof(RecordHeader) + recordBytes;
}

} // namespace

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

namespace {

// Holds the chunk against reuse if it still is the one with `sequence`.
bool tryPin(Chunk& chunk, std::uint64_t sequence)
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

bool tryOwn(Chunk& chunk)
{
    std::uint32_t none = 0;
    return chunk.pins.compare_exchange_strong(none, owned, std::memory_order_acquire);
}

} // namespace

Totals Totals::operator-(const Totals& earlier) const
{
    return {.records = records - earlier.records,
            .messages = messages - earlier.messages,
            .payload = payload - earlier.payload,
            .bytes = bytes - earlier.bytes};
}

Ring::Ring(std::size_t bytes, std::size_t chunkBytes, std::shared_ptr<RingBudget> budget)
    : m_chunkBytes(chunkBytes)
    , m_budget(std::move(budget))
    , m_bell(io::makeEventFd())
{
    const std::size_t count = std::max(bytes / chunkBytes, leastChunks);
    void* mapped = ::mmap(nullptr,
                          count * chunkBytes,
                          PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                          -1,
                          0);
    if (mapped == MAP_FAILED)
        throw std::bad_alloc(); // while a target is attached, not on the data path
    m_memory = static_cast<std::uint8_t*>(mapped);
    // A huge page would hold eight chunks' memory for one.
    ::madvise(mapped, count * chunkBytes, MADV_NOHUGEPAGE);
    for (std::size_t i = 0; i < count; ++i)
        m_chunks.push_back(std::make_unique<Chunk>(m_memory + i * chunkBytes));
    openChunk();
    m_drained.store(m_head.load());
}

Ring::~Ring()
{
    if (m_budget)
        m_budget->give(memory());
    ::munmap(m_memory, capacity());
}

std::size_t Ring::capacity() const
{
    return m_chunks.size() * m_chunkBytes;
}

std::size_t Ring::memory() const
{
    return m_warm.load(std::memory_order_relaxed) * m_chunkBytes;
}

std::size_t Ring::reach() const
{
    if (!m_budget)
        return capacity();
    const std::size_t least = std::max(memory(), leastChunks * m_chunkBytes);
    return std::min(capacity(), least + m_budget->left());
}

bool Ring::append(const RecordInfo& info, bytes::ByteView record, bytes::ByteView rest)
{
    const std::size_t size = record.size() + rest.size();
    const std::size_t needed = stored(size);
    if (needed > m_chunkBytes)
        return false;
    std::size_t used = m_current->published.load(std::memory_order_relaxed);
    if (used + needed > m_chunkBytes) {
        openChunk();
        wakeReader();
        used = 0;
    }
    const RecordHeader header{info, static_cast<std::uint32_t>(size)};
    std::uint8_t* const to = m_current->bytes + used;
    std::memcpy(to, &header, sizeof header);
    if (!record.empty())
        std::memcpy(to + sizeof header, record.data(), record.size());
    if (!rest.empty())
        std::memcpy(to + sizeof header + record.size(), rest.data(), rest.size());

    ++m_total.records;
    m_total.messages += info.beginsMessage ? 1 : 0;
    m_total.payload += info.payload;
    m_total.bytes += size;
    m_records.store(m_total.records, std::memory_order_relaxed);
    m_messages.store(m_total.messages, std::memory_order_relaxed);
    m_payload.store(m_total.payload, std::memory_order_relaxed);
    m_bytes.store(m_total.bytes, std::memory_order_relaxed);

    m_current->published.store(used + needed, std::memory_order_seq_cst);
    m_news = true;
    if (!m_batching)
        wakeReader();
    return true;
}

// seq_cst pairs with arm(): either the reader sees what was published or we see it armed.
void Ring::wakeReader()
{
    if (!std::exchange(m_news, false))
        return;
    if (m_armed.load(std::memory_order_seq_cst) && m_armed.exchange(false))
        io::ring(m_bell);
}

void Ring::arm()
{
    io::silence(m_bell);
    m_armed.store(true, std::memory_order_seq_cst);
}

// Best first: what everybody has read and was written last (it is still in the processor's cache),
// then memory not yet taken, then what somebody has not read, oldest first.
Chunk* Ring::chooseChunk(const Chunk* refused, bool mayGrow) const
{
    const std::uint64_t drained = m_drained.load(std::memory_order_acquire);
    Chunk* read = nullptr;
    Chunk* cold = nullptr;
    Chunk* oldest = nullptr;
    const auto sequenceOf = [](const Chunk* chunk) {
        return chunk->sequence.load(std::memory_order_relaxed);
    };
    for (const auto& each : m_chunks) {
        Chunk* chunk = each.get();
        if (chunk == m_current || chunk == refused)
            continue;
        const std::uint64_t sequence = sequenceOf(chunk);
        if (sequence == 0)
            cold = chunk;
        else if (sequence < drained && (read == nullptr || sequence > sequenceOf(read)))
            read = chunk;
        else if (sequence >= drained && (oldest == nullptr || sequence < sequenceOf(oldest)))
            oldest = chunk;
    }
    if (read != nullptr)
        return read;
    if (cold != nullptr && (mayGrow || oldest == nullptr))
        return cold;
    return oldest;
}

// Before memory is touched. False: the budget has nothing left.
bool Ring::warm(Chunk& chunk)
{
    if (chunk.sequence.load(std::memory_order_relaxed) != 0)
        return true;
    if (m_budget) {
        if (m_warm.load(std::memory_order_relaxed) < leastChunks)
            m_budget->takeAnyway(m_chunkBytes);
        else if (!m_budget->take(m_chunkBytes))
            return false;
    }
    m_warm.fetch_add(1, std::memory_order_relaxed);
    return true;
}

void Ring::openChunk()
{
    Chunk* chunk = nullptr;
    Chunk* refused = nullptr;
    bool mayGrow = true;
    while (chunk == nullptr) {
        Chunk* best = chooseChunk(refused, mayGrow);
        // Only the one chunk that the reader holds can refuse, so there is another; and with the
        // least number of chunks there is always one that may be warmed or reused.
        if (best == nullptr || !tryOwn(*best)) {
            refused = best;
            continue;
        }
        if (warm(*best)) {
            chunk = best;
        } else {
            best->pins.store(0, std::memory_order_release);
            mayGrow = false;
        }
    }
    const std::uint64_t sequence = m_head.load(std::memory_order_relaxed) + 1;
    chunk->before = m_total;
    chunk->published.store(0, std::memory_order_relaxed);
    chunk->sequence.store(sequence, std::memory_order_relaxed);
    chunk->pins.store(0, std::memory_order_release);
    m_current = chunk;
    m_head.store(sequence, std::memory_order_release);
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
