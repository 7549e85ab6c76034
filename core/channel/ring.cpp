// SPDX-License-Identifier: Apache-2.0
// The writer's side: chunks are taken, filled and taken again.
#include "core/channel/chunk.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include <sys/mman.h>

namespace podglass::channel {

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
        wakeReader();
        openChunk();
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

    m_current->published.store(used + needed, std::memory_order_release);
    m_news = true;
    if (!m_batching)
        wakeReader();
    return true;
}

// seq_cst pairs with arm(): either the reader sees what was published or we see it armed. Stored
// once more for that, since to store each record so would cost it a full barrier.
void Ring::wakeReader()
{
    if (!std::exchange(m_news, false))
        return;
    std::atomic<std::size_t>& published = m_current->published;
    published.store(published.load(std::memory_order_relaxed), std::memory_order_seq_cst);
    if (m_armed.load(std::memory_order_seq_cst) && m_armed.exchange(false))
        io::ring(m_bell);
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

Totals Ring::written() const
{
    return {.records = m_records.load(std::memory_order_relaxed),
            .messages = m_messages.load(std::memory_order_relaxed),
            .payload = m_payload.load(std::memory_order_relaxed),
            .bytes = m_bytes.load(std::memory_order_relaxed)};
}

} // namespace podglass::channel
