// SPDX-License-Identifier: Apache-2.0
// What a segment does when it arrives; reassembler_loss.cpp has what happens to holes.
#include "core/reassembly/reassembler.h"

#include "core/base/limits.h"

#include <algorithm>

namespace podglass::reassembly {

namespace {

using bytes::ByteView;
using flow::AnomalyKind;

// Sequence numbers further away than the largest window mean nothing (RFC 7323 2.3).
constexpr std::int64_t largestWindow = std::int64_t{1} << 30;
// Beyond the receiver's edge by more than this, not even lost acknowledgements explain it.
constexpr std::uint64_t doubtfulReach = std::uint64_t{16} << 20;
// The same packet captured twice comes this close; the shortest retransmission timers are longer.
constexpr std::chrono::milliseconds duplicateTime{1};

} // namespace

struct Reassembler::Arrival
{
    const demux::Segment& segment;
    StreamSink& sink;
    Moment when;
    std::uint64_t offset; // of the first byte that is not before the stream's start
    ByteView bytes;       // from there
    std::uint64_t length; // likewise, cut bytes included
    bool fin;

    [[nodiscard]] std::uint64_t end() const { return offset + length + (fin ? 1 : 0); }

    // Without the bytes before `from`.
    [[nodiscard]] Arrival cutTo(std::uint64_t from) const
    {
        Arrival rest = *this;
        const std::uint64_t skip = std::min(length, from > offset ? from - offset : 0);
        rest.offset += skip;
        rest.length -= skip;
        rest.bytes = bytes.subspan(std::min<std::uint64_t>(skip, bytes.size()));
        return rest;
    }
};

void Reassembler::begin(std::uint32_t sequence)
{
    m_first = sequence;
    m_begun = true;
}

std::int64_t Reassembler::offsetOf(std::uint32_t sequence) const
{
    const auto expected = static_cast<std::uint32_t>(m_first + m_next);
    return static_cast<std::int64_t>(m_next) + static_cast<std::int32_t>(sequence - expected);
}

std::uint64_t Reassembler::edge() const
{
    return m_edge != 0 ? m_edge : m_next + static_cast<std::uint64_t>(largestWindow);
}

void Reassembler::segment(const demux::Segment& segment, StreamSink& sink, Moment when)
{
    if (!m_begun)
        begin(segment.sequence);
    const std::int64_t offset = offsetOf(segment.sequence);
    const std::uint64_t length = segment.length();
    const bool fin = segment.has(demux::tcp::fin);
    if (std::cmp_equal(offset, m_next) && length > 0 && !fin && !m_queue && segment.missing == 0
        && !segment.badChecksum && !m_finished && m_next < edge()) {
        m_lastAt = when.at;
        m_lastIdentification = segment.identification;
        deliver(segment.payload, sink, when);
        return;
    }
    if (length == 0 && !fin) {
        if (offset + 1 == static_cast<std::int64_t>(m_next))
            ++m_shared.counters.keepAlives;
        return;
    }
    if (offset + static_cast<std::int64_t>(length) < 0) {
        ++m_shared.counters.retransmissions; // from before we joined
        return;
    }
    Arrival arrival{segment, sink, when, 0, segment.payload, length, fin};
    if (offset < 0) {
        const auto before = static_cast<std::uint64_t>(-offset);
        arrival.length -= before;
        arrival.bytes =
            arrival.bytes.subspan(std::min<std::uint64_t>(before, arrival.bytes.size()));
    } else {
        arrival.offset = static_cast<std::uint64_t>(offset);
    }
    slow(arrival);
}

void Reassembler::slow(const Arrival& arrival)
{
    if (arrival.segment.badChecksum) {
        ++m_shared.counters.badChecksums;
        note(AnomalyKind::BadChecksum, arrival.offset, arrival.length, arrival.sink, arrival.when);
    }
    if (m_finished)
        afterFin(arrival);
    else if (arrival.end() <= m_next)
        repeated(arrival);
    else if (arrival.offset <= m_next)
        inOrder(arrival);
    else
        enqueue(arrival, doubtOf(arrival));
}

// A FIN or its data again is a retransmission; more than that was never read.
void Reassembler::afterFin(const Arrival& arrival)
{
    if (arrival.offset < m_next)
        repeated(arrival);
    const std::uint64_t end = arrival.offset + arrival.length;
    if (end > m_next) {
        const std::uint64_t from = std::max(arrival.offset, m_next);
        note(AnomalyKind::DataAfterFin, from, end - from, arrival.sink, arrival.when);
    }
}

// Bytes before m_next once more. Whether they are the same is a matter of the history.
void Reassembler::repeated(const Arrival& arrival)
{
    const std::uint64_t length =
        std::min(arrival.length, m_next > arrival.offset ? m_next - arrival.offset : 0);
    const ByteView bytes =
        arrival.bytes.first(std::min<std::uint64_t>(length, arrival.bytes.size()));
    if (length == 0 || arrival.segment.badChecksum)
        return;
    if (arrival.length == 1 && arrival.offset + 1 == m_next && m_acknowledged >= m_next) {
        ++m_shared.counters.keepAlives; // one byte of no meaning (RFC 1122 4.2.3.6)
        return;
    }
    const auto outcome = m_shared.history.compare(m_lastRecord, arrival.offset, bytes);
    m_shared.counters.uncompared += length - outcome.compared;
    if (outcome.mismatch)
        conflict(*outcome.mismatch, false, arrival.sink, arrival.when);
    const bool sameMoment = arrival.segment.identification == m_lastIdentification
                            && base::elapsed(m_lastAt, arrival.when.at) < duplicateTime;
    if (!outcome.mismatch && sameMoment && arrival.offset + arrival.length == m_next) {
        ++m_shared.counters.duplicates;
        return;
    }
    ++m_shared.counters.retransmissions;
    note(AnomalyKind::Retransmission, arrival.offset, length, arrival.sink, arrival.when);
}

Doubt Reassembler::doubtOf(const Arrival& arrival) const
{
    if (arrival.segment.badChecksum)
        return Doubt::BadChecksum;
    // A bare FIN is taken even where no byte would be.
    if (arrival.length > 0 && std::max(arrival.offset, m_next) >= edge())
        return Doubt::OutOfWindow;
    return Doubt::None;
}

void Reassembler::inOrder(const Arrival& arrival)
{
    const Doubt doubt = doubtOf(arrival);
    if (arrival.offset < m_next)
        repeated(arrival);
    const Arrival fresh = arrival.cutTo(m_next);
    if (doubt != Doubt::None) {
        enqueue(fresh, doubt);
        return;
    }
    const std::uint64_t end = fresh.offset + fresh.length;
    if (m_queue) {
        // What fills the hole wins over what was queued.
        const auto report = reporter(arrival.sink, arrival.when);
        m_queue->clearDoubtful(fresh.offset, fresh.bytes, fresh.end(), report);
        m_queue->compare(fresh.offset, fresh.bytes, report);
    }
    m_lastAt = arrival.when.at;
    m_lastIdentification = arrival.segment.identification;
    if (!fresh.bytes.empty())
        deliver(fresh.bytes, arrival.sink, arrival.when);
    if (m_next < end)
        deliverGap(end - m_next, flow::GapKind::Truncated, arrival.sink, arrival.when);
    if (fresh.fin)
        finish(arrival.sink, arrival.when);
    else
        drain(arrival.sink, arrival.when);
}

void Reassembler::enqueue(const Arrival& arrival, Doubt doubt)
{
    if (doubt == Doubt::OutOfWindow) {
        ++m_shared.counters.outOfWindow;
        if (arrival.offset > edge() + doubtfulReach) {
            note(AnomalyKind::OutOfWindow,
                 arrival.offset,
                 arrival.length,
                 arrival.sink,
                 arrival.when);
            return;
        }
    }
    if (!m_queue) {
        m_queue = std::make_unique<OutOfOrderQueue>(m_shared.counters.outOfOrderBytes);
        m_holeSince = arrival.when.now;
        if (doubt == Doubt::None)
            note(AnomalyKind::OutOfOrder,
                 arrival.offset,
                 arrival.length,
                 arrival.sink,
                 arrival.when);
    }
    QueuedSegment queued{arrival.offset,
                         arrival.length,
                         arrival.fin,
                         doubt,
                         {arrival.bytes.begin(), arrival.bytes.end()}};
    if (m_queue->insert(std::move(queued), reporter(arrival.sink, arrival.when)))
        ++m_shared.counters.outOfOrder;
    else
        ++m_shared.counters.retransmissions;
    // Doubtful data may be acknowledged already: captures can swap the two.
    drain(arrival.sink, arrival.when);
}

void Reassembler::synData(ByteView data, StreamSink& sink, Moment when)
{
    demux::Segment segment;
    segment.payload = data;
    enqueue({segment, sink, when, m_next, data, data.size(), false}, Doubt::SynData);
}

void Reassembler::acknowledged(std::uint32_t number,
                               std::uint64_t window,
                               StreamSink& sink,
                               Moment when)
{
    if (!m_begun)
        return;
    const std::int64_t signedOffset = offsetOf(number);
    if (signedOffset < 0 || signedOffset > static_cast<std::int64_t>(m_next) + largestWindow)
        return;
    const auto offset = static_cast<std::uint64_t>(signedOffset);
    m_sawAcknowledgement = true;
    m_edge = std::max(m_edge, offset + window);
    if (offset <= m_acknowledged)
        return;
    if (m_acknowledged <= m_next)
        m_acknowledgedHoleSince = when.now;
    m_acknowledged = offset;
    if (m_queue)
        drain(sink, when);
}

} // namespace podglass::reassembly
