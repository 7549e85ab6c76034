// SPDX-License-Identifier: Apache-2.0
// Ring: the bounded broadcast channel of the agent. One thread writes each record once, one other
// thread reads for all clients, each client with a Cursor of its own.
//
// Contract: the writer never waits and takes no lock; when the ring is full it reuses the oldest
// chunk. A reader that is overtaken learns exactly how many records, messages and bytes it missed.
// Memory is bounded by the ring's size and by a budget that rings share, whatever the number of
// cursors and their speed; below that it is what the slowest cursor needs: chunks that all cursors
// have read are written again first, and releaseIdle() gives back those that nobody used lately.
// Units: bytes; lag also in records and by the capture time of the oldest unread record.
// Threads: append() from one writer thread; Cursors from one reader thread; wakeFd() may be polled
// anywhere. Records are opaque (encoded events); a record never spans chunks.
#pragma once

#include "core/base/limits.h"
#include "core/channel/ring_budget.h"
#include "core/flow/event.h"
#include "core/io/fd.h"

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

namespace podglass::channel {

struct RecordInfo
{
    base::TargetId target;
    base::ConnectionId connection;
    std::uint16_t port = 0; // server port: what clients subscribe to
    flow::Direction direction = flow::Direction::ClientToServer;
    bool beginsMessage = false;
    bool opensConnection = false;
    bool endsConnection = false;
    bool bulk = false;         // data of a body or stream: the first to go when there is too much
    std::uint8_t kind = 0;     // index of the event's body in flow::Body
    std::uint64_t payload = 0; // bytes of the stream that the record stands for
    std::int64_t at = 0;       // when it was written, monotonic ns
};

// Totals since the ring began.
struct Totals
{
    std::uint64_t records = 0;
    std::uint64_t messages = 0;
    std::uint64_t payload = 0;
    std::uint64_t bytes = 0; // encoded

    Totals operator-(const Totals& earlier) const;
    bool operator==(const Totals&) const = default;
};

struct Chunk; // ring.cpp

class Ring
{
public:
    // `chunkBytes`: a multiple of the page size, else nothing can be given back. `budget`: shared
    // with other rings; none: this ring may take all of its size.
    explicit Ring(std::size_t bytes = limits::ringBytes,
                  std::size_t chunkBytes = limits::ringChunkBytes,
                  std::shared_ptr<RingBudget> budget = {});
    Ring(const Ring&) = delete;
    Ring& operator=(const Ring&) = delete;
    ~Ring();

    // Writer. False: the record is larger than a chunk and was not written. `rest`: what follows
    // `record` in it, where the two do not lie together.
    bool append(const RecordInfo& info, bytes::ByteView record, bytes::ByteView rest = {});

    // Writer: while one lives, readers are woken at its end and with each new chunk, not by its
    // first record, so that they find more than that one.
    class Batch
    {
    public:
        explicit Batch(Ring& ring)
            : m_ring(ring)
        {
            m_ring.m_batching = true;
            ++m_ring.m_batches;
        }

        Batch(const Batch&) = delete;
        Batch& operator=(const Batch&) = delete;

        ~Batch()
        {
            m_ring.m_batching = false;
            m_ring.wakeReader();
        }

    private:
        Ring& m_ring;
    };

    // Writer: which batch lives; 0: none.
    [[nodiscard]] std::uint64_t batch() const { return m_batching ? m_batches : 0; }

    // Readable once something was appended after the last arm().
    [[nodiscard]] int wakeFd() const { return m_bell.get(); }

    // Reader: call at the start of each reading round, then read until the cursors are at the head;
    // whatever is appended meanwhile rings again, so nothing is slept through.
    void arm();

    [[nodiscard]] std::size_t capacity() const;
    // How far a cursor can lag now: less than the capacity when other rings use the budget. Any
    // thread.
    [[nodiscard]] std::size_t reach() const;
    // Bytes that hold memory now. Any thread.
    [[nodiscard]] std::size_t memory() const;

    // Reader: gives back chunks that everybody has read and that were not written since the call
    // before the last one. Call it at a steady interval; records that were given out end here.
    void releaseIdle();
    [[nodiscard]] Totals written() const; // any thread

    // Reader side. A cursor starts at the head: it sees only what is appended afterwards. While it
    // lives, the ring keeps what it has not read for as long as there is room.
    class Cursor
    {
    public:
        explicit Cursor(Ring& ring);
        Cursor(const Cursor&) = delete;
        Cursor& operator=(const Cursor&) = delete;
        ~Cursor();

        struct Record
        {
            RecordInfo info;
            bytes::ByteView bytes; // valid until the next call on any cursor of the ring
        };

        // The next record, which stays the next; none: at the head. An overrun met on the way is
        // kept for takeOverrun(), and the cursor goes on at the oldest record there is.
        std::optional<Record> peek();
        // Past what peek() gave.
        void skip(const Record& peeked);
        // Both at once.
        std::optional<Record> next();

        // What was overwritten before this cursor read it, once after it happened.
        std::optional<Totals> takeOverrun();

        // Written and not yet read; contains what is overwritten already.
        [[nodiscard]] Totals lag() const { return m_ring->written() - m_read; }

        // Age of the oldest unread record still there; 0 at the head.
        [[nodiscard]] std::int64_t lagNanoseconds(std::int64_t now);

    private:
        friend class Ring;
        // The pinned chunk with an unread record at m_offset, or null at the head.
        const Chunk* seek();
        void enter(std::uint64_t sequence);

        Ring* m_ring;
        std::uint64_t m_sequence = 0; // of the chunk
        std::size_t m_offset = 0;
        Totals m_read;
        std::optional<Totals> m_overrun;
    };

private:
    friend class Cursor;

    // Writer: seals the current chunk and takes over another that nobody reads.
    void openChunk();
    void wakeReader();
    [[nodiscard]] Chunk* chooseChunk(const Chunk* refused, bool mayGrow) const;
    bool warm(Chunk& chunk);
    // Reader: tells the writer what all cursors have read.
    void publishDrained();
    // Reader: holds the chunk with this sequence against reuse; null: it was reused already.
    const Chunk* pin(std::uint64_t sequence);
    // Reader: holds the chunk with the lowest sequence above `sequence`.
    const Chunk* pinOldestAfter(std::uint64_t sequence);
    void unpin();

    std::size_t m_chunkBytes;
    std::shared_ptr<RingBudget> m_budget;
    std::uint8_t* m_memory = nullptr; // mapped; what is not in use holds no pages
    std::vector<std::unique_ptr<Chunk>> m_chunks;
    io::Fd m_bell;

    // Writer's own.
    Chunk* m_current = nullptr;
    Totals m_total;
    bool m_batching = false;
    std::uint64_t m_batches = 0;
    bool m_news = false; // appended since a reader was last woken

    // Reader's own.
    Chunk* m_pinned = nullptr;
    std::vector<Cursor*> m_cursors;
    std::uint64_t m_idleBefore = 0; // chunks with lower sequences were not written lately
    std::uint64_t m_headThen = 0;   // at the last releaseIdle()

    // Shared.
    std::atomic<std::uint64_t> m_head{0};    // sequence of the writer's chunk
    std::atomic<std::uint64_t> m_drained{0}; // chunks with lower sequences were read by everybody
    std::atomic<std::size_t> m_warm{0};      // chunks that hold memory
    std::atomic<std::uint64_t> m_records{0};
    std::atomic<std::uint64_t> m_messages{0};
    std::atomic<std::uint64_t> m_payload{0};
    std::atomic<std::uint64_t> m_bytes{0};
    std::atomic<bool> m_armed{false};
};

} // namespace podglass::channel
