// SPDX-License-Identifier: Apache-2.0
// Ring: the bounded broadcast channel of the agent. One thread writes each record once, one other
// thread reads for all clients, each client with a Cursor of its own.
//
// Contract: the writer never waits and takes no lock; when the ring is full it reuses the oldest
// chunk. A reader that is overtaken learns exactly how many records, messages and bytes it missed.
// Memory is fixed at construction and does not depend on the number of cursors or their speed.
// Units: bytes; lag also in records and by the capture time of the oldest unread record.
// Threads: append() from one writer thread; Cursors from one reader thread; wakeFd() may be polled
// anywhere. Records are opaque (encoded events); a record never spans chunks.
#pragma once

#include "core/base/limits.h"
#include "core/flow/event.h"
#include "core/io/fd.h"

#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace podglass::channel {

struct RecordInfo
{
    base::TargetId target;
    base::ConnectionId connection;
    std::uint16_t port = 0; // server port: what clients subscribe to
    flow::Direction direction = flow::Direction::ClientToServer;
    bool beginsMessage = false;
    bool endsConnection = false;
    std::uint32_t payload = 0; // flow::payloadBytes
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
};

class Ring
{
public:
    explicit Ring(std::size_t bytes = limits::ringBytes,
                  std::size_t chunkBytes = limits::ringChunkBytes);
    Ring(const Ring&) = delete;
    Ring& operator=(const Ring&) = delete;
    ~Ring();

    // Writer. False: `record` is larger than a chunk and was not written.
    bool append(const RecordInfo& info, bytes::ByteView record);

    // Readable when something was appended since the reader last called drained().
    [[nodiscard]] int wakeFd() const;

    [[nodiscard]] std::size_t capacity() const;
    [[nodiscard]] Totals written() const; // any thread

    // Reader side. A cursor starts at the head: it sees only what is appended afterwards.
    class Cursor
    {
    public:
        explicit Cursor(Ring& ring);

        struct Record
        {
            RecordInfo info;
            bytes::ByteView bytes; // valid until the next call of next() on any cursor of the ring
        };

        // The next record; none: at the head. After an overrun, overrun() is due first.
        std::optional<Record> next();

        // What was overwritten before this cursor read it, once after it happened.
        std::optional<Totals> takeOverrun();

        [[nodiscard]] Totals lag() const;
        // Age of the oldest unread record.
        [[nodiscard]] std::int64_t lagNanoseconds(std::int64_t now) const;

    private:
        friend class Ring;
        Ring* m_ring;
        std::uint64_t m_chunk = 0; // sequence number of the chunk
        std::size_t m_offset = 0;
        Totals m_read;
        Totals m_overrun;
    };

    // Reader: call before sleeping on wakeFd().
    void drained();

private:
    struct Chunk;
    Chunk& openChunk();
    const Chunk* pin(std::uint64_t sequence);

    std::vector<std::unique_ptr<Chunk>> m_chunks;
    io::Fd m_bell;
};

} // namespace podglass::channel
