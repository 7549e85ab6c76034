// SPDX-License-Identifier: Apache-2.0
// Delivery, and what happens to holes that are not filled.
#include "core/base/limits.h"
#include "core/reassembly/reassembler.h"

#include <algorithm>

namespace podglass::reassembly {

using bytes::ByteView;
using flow::AnomalyKind;
using flow::GapKind;

void Reassembler::deliver(ByteView data, StreamSink& sink, Moment when)
{
    const std::uint64_t offset = m_next;
    m_next += data.size();
    m_lastRecord = m_shared.history.append(m_lastRecord, offset, data);
    m_shared.counters.deliveredBytes += data.size();
    sink.data(m_direction, offset, data, when.at);
}

void Reassembler::deliverGap(std::uint64_t length, GapKind kind, StreamSink& sink, Moment when)
{
    const flow::Gap gap{m_direction, m_next, length, kind};
    m_next += length;
    ++m_shared.counters.gaps[static_cast<std::size_t>(kind)];
    m_shared.counters.gapBytes[static_cast<std::size_t>(kind)] += length;
    sink.gap(gap, when.at);
}

void Reassembler::deliverSegment(const QueuedSegment& queued, StreamSink& sink, Moment when)
{
    const std::uint64_t skip = m_next > queued.offset ? m_next - queued.offset : 0;
    if (skip < queued.bytes.size())
        deliver(ByteView(queued.bytes).subspan(skip), sink, when);
    const std::uint64_t end = queued.offset + queued.length;
    if (m_next < end)
        deliverGap(end - m_next, GapKind::Truncated, sink, when);
    if (queued.fin)
        finish(sink, when);
}

// Delivers what has become contiguous.
void Reassembler::drain(StreamSink& sink, Moment when)
{
    const std::uint64_t before = m_next;
    while (m_queue && !m_queue->empty() && m_queue->front().offset <= m_next) {
        const QueuedSegment& front = m_queue->front();
        if (front.end() > m_next && front.doubt != Doubt::None && m_acknowledged <= m_next)
            break;
        const QueuedSegment queued = m_queue->takeFront();
        if (queued.end() > m_next)
            deliverSegment(queued, sink, when);
    }
    releaseQueueIfEmpty();
    if (m_queue && m_next != before)
        m_holeSince = when.now; // another hole
}

void Reassembler::releaseQueueIfEmpty()
{
    if (m_queue && m_queue->empty())
        m_queue.reset();
}

void Reassembler::finish(StreamSink& sink, Moment when)
{
    m_finished = true;
    while (m_queue && !m_queue->empty()) {
        const QueuedSegment queued = m_queue->takeFront();
        const std::uint64_t end = queued.offset + queued.length;
        const std::uint64_t from = std::max(queued.offset, m_next);
        if (end > from)
            note(AnomalyKind::DataAfterFin, from, end - from, sink, when);
    }
    releaseQueueIfEmpty();
    sink.finished(m_direction, when.at);
}

void Reassembler::loseUpTo(std::uint64_t offset, GapKind kind, StreamSink& sink, Moment when)
{
    const std::uint64_t acknowledged = std::min(m_acknowledged, offset);
    if (acknowledged > m_next)
        deliverGap(acknowledged - m_next, GapKind::Capture, sink, when);
    if (offset > m_next)
        deliverGap(offset - m_next, kind, sink, when);
    drain(sink, when);
}

void Reassembler::loseAcknowledged(StreamSink& sink, Moment when)
{
    while (!m_finished && m_acknowledged > m_next) {
        std::uint64_t target = m_acknowledged;
        if (m_queue)
            target = std::min(target, m_queue->front().offset);
        else if (m_acknowledged == m_next + 1)
            return; // likely a FIN
        loseUpTo(target, GapKind::Capture, sink, when);
    }
}

void Reassembler::settleDoubtful(StreamSink& sink, Moment when)
{
    if (!m_queue)
        return;
    const std::uint64_t dropped = m_queue->settleDoubtful(m_acknowledged, m_sawAcknowledgement);
    if (dropped > 0)
        note(AnomalyKind::OutOfWindow, m_next, dropped, sink, when);
    drain(sink, when);
}

bool Reassembler::decide(StreamSink& sink, Moment when)
{
    if (m_acknowledged > m_next
        && when.now - m_acknowledgedHoleSince >= limits::acknowledgedHolePatience)
        loseAcknowledged(sink, when);
    const base::Duration waited = when.now - m_holeSince;
    if (m_queue && waited >= limits::holePatience) {
        const bool onlyDoubtful = m_queue->firstCertain() == nullptr;
        if (onlyDoubtful)
            settleDoubtful(sink, when);
        else if (!m_sawAcknowledgement || waited >= limits::unacknowledgedHolePatience)
            giveUpHole(GapKind::Network, sink, when);
    }
    return hasHole();
}

void Reassembler::giveUpHole(GapKind kind, StreamSink& sink, Moment when)
{
    settleDoubtful(sink, when);
    if (m_queue)
        loseUpTo(m_queue->front().offset, kind, sink, when);
}

void Reassembler::flush(StreamSink& sink, Moment when)
{
    settleDoubtful(sink, when);
    while (m_queue)
        loseUpTo(m_queue->front().offset, GapKind::Network, sink, when);
    loseAcknowledged(sink, when);
}

void Reassembler::note(AnomalyKind kind,
                       std::uint64_t offset,
                       std::uint64_t length,
                       StreamSink& sink,
                       Moment when) const
{
    flow::Anomaly anomaly;
    anomaly.kind = kind;
    anomaly.direction = m_direction;
    anomaly.offset = offset;
    anomaly.length = length;
    sink.anomaly(anomaly, when.at);
}

OutOfOrderQueue::OnConflict Reassembler::reporter(StreamSink& sink, Moment when) const
{
    return [this, &sink, when](const Mismatch& mismatch, bool newerKept) {
        conflict(mismatch, newerKept, sink, when);
    };
}

void Reassembler::conflict(const Mismatch& mismatch,
                           bool newerKept,
                           StreamSink& sink,
                           Moment when) const
{
    ++m_shared.counters.conflicts;
    flow::Anomaly anomaly;
    anomaly.kind = AnomalyKind::OverlapConflict;
    anomaly.direction = m_direction;
    anomaly.offset = mismatch.offset;
    anomaly.length = mismatch.older.size();
    const std::size_t shown = std::min(mismatch.older.size(), limits::conflictBytes);
    anomaly.kept = (newerKept ? mismatch.newer : mismatch.older).first(shown);
    anomaly.dropped = (newerKept ? mismatch.older : mismatch.newer).first(shown);
    sink.anomaly(anomaly, when.at);
}

} // namespace podglass::reassembly
