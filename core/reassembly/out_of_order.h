// SPDX-License-Identifier: Apache-2.0
// OutOfOrderQueue: segments of one direction that wait for a hole to be filled. Overlaps are
// decided as the Linux receiver decides them when it queues such segments; every difference
// between two versions is reported with the one that wins.
//
// A *doubtful* segment is one that the receiver may have thrown away (beyond its window, wrong
// checksum, data in a SYN). It is delivered only once the receiver acknowledged it, and loses
// against any other version of its bytes.
//
// Ends count the FIN as one more position behind the bytes, as sequence numbers do.
// Memory: held() counts bytes and overhead; the owner holds it to the limits.
#pragma once

#include "core/reassembly/history.h"

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

namespace podglass::reassembly {

enum class Doubt : std::uint8_t
{
    None,
    OutOfWindow,
    BadChecksum,
    SynData,
};

struct QueuedSegment
{
    std::uint64_t offset = 0;
    std::uint64_t length = 0; // bytes, those cut by the snapshot length included
    bool fin = false;
    Doubt doubt = Doubt::None;
    std::vector<std::uint8_t> bytes; // shorter than `length` when cut

    [[nodiscard]] std::uint64_t end() const { return offset + length + (fin ? 1 : 0); }
};

class OutOfOrderQueue
{
public:
    // `heldByAll` sums up held() of all queues; it outlives them.
    explicit OutOfOrderQueue(std::size_t& heldByAll)
        : m_heldByAll(heldByAll)
    {}

    OutOfOrderQueue(const OutOfOrderQueue&) = delete;
    OutOfOrderQueue& operator=(const OutOfOrderQueue&) = delete;

    ~OutOfOrderQueue() { m_heldByAll -= m_held; }

    // Called for each pair of versions that differ; true: the new segment's version is kept.
    using OnConflict = std::function<void(const Mismatch&, bool newerKept)>;

    // The segment begins behind the hole. Returns false when all of it was there before.
    bool insert(QueuedSegment segment, const OnConflict& onConflict);

    // Reports where queued bytes differ from ones that are delivered now, over the hole's end.
    void compare(std::uint64_t offset, bytes::ByteView newer, const OnConflict& onConflict) const;

    [[nodiscard]] bool empty() const { return m_segments.empty(); }

    [[nodiscard]] const QueuedSegment& front() const { return m_segments.begin()->second; }

    // The end of the last segment; not for an empty queue.
    [[nodiscard]] std::uint64_t end() const { return m_segments.rbegin()->second.end(); }

    QueuedSegment takeFront();

    // Settles the doubtful segments that end behind `acknowledged`: they go, except for those of a
    // wrong checksum when `trustChecksums` is false (nobody acknowledges, so offload explains
    // them). Returns how many bytes went.
    std::uint64_t settleDoubtful(std::uint64_t acknowledged, bool trustChecksums);

    // Certain bytes are delivered here: doubtful versions of them go.
    void clearDoubtful(std::uint64_t offset,
                       bytes::ByteView newer,
                       std::uint64_t end,
                       const OnConflict& onConflict);

    // The first segment that is not doubtful, or nothing.
    [[nodiscard]] const QueuedSegment* firstCertain() const;

    [[nodiscard]] std::size_t held() const { return m_held; }

private:
    using Segments = std::map<std::uint64_t, QueuedSegment>;

    static void compareVersions(const QueuedSegment& older,
                                std::uint64_t offset,
                                bytes::ByteView newer,
                                bool newerKept,
                                const OnConflict& onConflict);
    [[nodiscard]] bool doubtfulLoses(const QueuedSegment& segment) const;
    void coverFollowing(Segments::iterator at, const OnConflict& onConflict);
    bool join(QueuedSegment& before, const QueuedSegment& segment);
    Segments::iterator erase(Segments::iterator at);
    static std::size_t costOf(const QueuedSegment& segment);

    void hold(std::size_t more)
    {
        m_held += more;
        m_heldByAll += more;
    }

    void let(std::size_t less)
    {
        m_held -= less;
        m_heldByAll -= less;
    }

    std::size_t& m_heldByAll;
    Segments m_segments; // by offset
    std::size_t m_held = 0;
    std::size_t m_doubtful = 0; // segments
};

} // namespace podglass::reassembly
