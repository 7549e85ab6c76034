// SPDX-License-Identifier: Apache-2.0
// Reassembler: the segments of one direction of one connection in, its bytes in order out.
//
// Contract: what comes out is what a Linux receiver's application reads, as far as that can be
// known from outside; where it cannot, there is an Anomaly. Data in order goes to the sink as a
// view into the packet: nothing is allocated, one copy goes into the History. Bytes that are not
// seen become a Gap, never silence:
//   - acknowledged by the peer and still missing after limits::acknowledgedHolePatience: Capture
//   - not acknowledged by anybody for limits::holePatience (no acknowledgements seen at all) or
//     limits::unacknowledgedHolePatience: Network
//   - more waiting behind it than the limits allow: Limit
//   - cut off by the snapshot length: Truncated
// Offsets are 64 bits wide; sequence numbers are read relative to the next one expected.
// Time passed in. Thread: the table's.
// Source: RFC 9293 3.10.7.4; overlaps as a real Linux receiver reads them (tests/golden/kernel).
#pragma once

#include "core/demux/segment.h"
#include "core/reassembly/counters.h"
#include "core/reassembly/history.h"
#include "core/reassembly/moment.h"
#include "core/reassembly/out_of_order.h"
#include "core/reassembly/stream_sink.h"

#include <memory>
#include <optional>

namespace podglass::reassembly {

// What all directions of one table share.
struct Shared
{
    History history;
    Counters counters;
};

class Reassembler
{
public:
    Reassembler(Shared& shared, flow::Direction direction)
        : m_shared(shared)
        , m_direction(direction)
    {}

    Reassembler(const Reassembler&) = delete;
    Reassembler& operator=(const Reassembler&) = delete;
    ~Reassembler() = default;

    // `sequence` is the number of the stream's first byte. Again only before anything is delivered.
    void begin(std::uint32_t sequence);

    [[nodiscard]] bool hasBegun() const { return m_begun; }

    // Payload and FIN of a segment that belongs to this direction.
    void segment(const demux::Segment& segment, StreamSink& sink, Moment when);

    // Data that came in a SYN; it counts once acknowledged.
    void synData(bytes::ByteView data, StreamSink& sink, Moment when);

    // What the peer says in its acknowledgement number and window. `edge` in bytes, scaled;
    // nothing: not known.
    void acknowledged(std::uint32_t number, std::uint64_t window, StreamSink& sink, Moment when);

    // Decides about holes that waited long enough. True: there is still one.
    bool decide(StreamSink& sink, Moment when);

    // Declares the first hole lost; `kind` for what nobody acknowledged.
    void giveUpHole(flow::GapKind kind, StreamSink& sink, Moment when);

    // The connection is over: everything that waits is delivered with its gaps.
    void flush(StreamSink& sink, Moment when);

    // The offset of a sequence number, relative to what is expected next; may be negative.
    [[nodiscard]] std::int64_t offsetOf(std::uint32_t sequence) const;

    [[nodiscard]] std::uint64_t next() const { return m_next; }

    [[nodiscard]] bool finished() const { return m_finished; }

    [[nodiscard]] bool untouched() const { return m_next == 0 && !m_finished && !m_queue; }

    [[nodiscard]] std::uint64_t acknowledgedTo() const { return m_acknowledged; }

    [[nodiscard]] bool sawAcknowledgement() const { return m_sawAcknowledgement; }

    // The offset that the receiver takes nothing from; far away while not known.
    [[nodiscard]] std::uint64_t edge() const;

    // Waits for missing bytes. One acknowledged position behind the last byte may be a FIN.
    [[nodiscard]] bool hasHole() const { return m_queue != nullptr || m_acknowledged > m_next + 1; }

    [[nodiscard]] std::size_t held() const { return m_queue ? m_queue->held() : 0; }

    [[nodiscard]] base::Instant holeSince() const { return m_holeSince; }

    // The sequence number of next().
    [[nodiscard]] std::uint32_t nextSequence() const
    {
        return static_cast<std::uint32_t>(m_first + m_next);
    }

    // The end of what was seen of this direction, queued data included.
    [[nodiscard]] std::uint64_t seenTo() const { return m_queue ? m_queue->end() : m_next; }

private:
    struct Arrival;

    void slow(const Arrival& arrival);
    void afterFin(const Arrival& arrival);
    void repeated(const Arrival& arrival);
    void inOrder(const Arrival& arrival);
    void enqueue(const Arrival& arrival, Doubt doubt);
    [[nodiscard]] Doubt doubtOf(const Arrival& arrival) const;

    void deliver(bytes::ByteView data, StreamSink& sink, Moment when);
    void deliverGap(std::uint64_t length, flow::GapKind kind, StreamSink& sink, Moment when);
    void deliverSegment(const QueuedSegment& queued, StreamSink& sink, Moment when);
    void drain(StreamSink& sink, Moment when);
    void finish(StreamSink& sink, Moment when);
    void loseUpTo(std::uint64_t offset, flow::GapKind kind, StreamSink& sink, Moment when);
    void loseAcknowledged(StreamSink& sink, Moment when);
    void settleDoubtful(StreamSink& sink, Moment when);
    void releaseQueueIfEmpty();
    void note(flow::AnomalyKind kind,
              std::uint64_t offset,
              std::uint64_t length,
              StreamSink& sink,
              Moment when) const;
    [[nodiscard]] OutOfOrderQueue::OnConflict reporter(StreamSink& sink, Moment when) const;
    void conflict(const Mismatch& mismatch, bool newerKept, StreamSink& sink, Moment when) const;

    Shared& m_shared;
    std::uint64_t m_next = 0;         // offset of the next byte to deliver
    std::uint64_t m_edge = 0;         // the receiver takes nothing from here on; 0: not known
    std::uint64_t m_acknowledged = 0; // by the peer
    std::uint64_t m_lastRecord = 0;   // in the history
    std::uint32_t m_first = 0;        // sequence number of offset 0
    flow::Direction m_direction;
    bool m_begun = false;
    bool m_finished = false;
    bool m_sawAcknowledgement = false;
    base::Instant m_holeSince;
    base::Instant m_acknowledgedHoleSince;
    base::Timestamp m_lastAt;                 // of the packet that ends at m_next
    std::uint32_t m_lastIdentification = 0;   // likewise
    std::unique_ptr<OutOfOrderQueue> m_queue; // only while there is a hole
};

} // namespace podglass::reassembly
