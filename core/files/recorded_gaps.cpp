// SPDX-License-Identifier: Apache-2.0
// RecordedConnection: what is missing, came twice or was not delivered.
#include "core/files/recorded_connection.h"
#include "core/files/recorded_text.h"

namespace podglass::files {

using flow::Direction;

// Holes that were told before the bytes in front of them, and what was not delivered.
void RecordedConnection::fillUpTo(Direction direction, std::uint64_t offset, base::Timestamp at)
{
    Side& in = side(direction);
    while (m_made.position(direction) < offset) {
        const std::uint64_t position = m_made.position(direction);
        const bool gapFirst = !in.gaps.empty() && in.gaps.front().offset < offset;
        const std::uint64_t end = gapFirst ? in.gaps.front().offset : offset;
        if (end > position)
            notDelivered(direction, end - position, "of the stream", at);
        settleGaps(direction, at);
    }
}

void RecordedConnection::on(const flow::Gap& body, base::Timestamp at)
{
    Side& in = side(body.direction);
    m_missing += body.length;
    in.gaps.push_back(body);
    if (in.chunked && in.exchange)
        return; // whether it is inside the body, what follows says
    in.expected += body.length;
    if (!in.exact)
        in.gaps.back().offset = 0; // where it is, is here
    settleGaps(body.direction, at);
}

void RecordedConnection::writeGap(const flow::Gap& gap, base::Timestamp at)
{
    m_made.comment(bytesText(gap.length, sideText(gap.direction))
                   + " are missing here: " + kindText(gap.kind));
    m_made.hole(gap.direction, gap.length, gap.kind, at);
}

// Of a chunked body: inside one chunk it counts as body; else nobody knows how much of it does.
void RecordedConnection::settleChunks(Direction direction,
                                      std::uint64_t bodyOffset,
                                      base::Timestamp at)
{
    Side& in = side(direction);
    while (!in.gaps.empty()) {
        const flow::Gap gap = in.gaps.front();
        in.gaps.pop_front();
        const bool inside = bodyOffset >= in.expected + gap.length;
        if (inside) {
            in.expected += gap.length;
            sendText(direction, chunkHead(gap.length), at);
        }
        writeGap(gap, at);
        if (inside)
            sendText(direction, "\r\n", at);
    }
}

void RecordedConnection::settleGaps(Direction direction, base::Timestamp at)
{
    Side& in = side(direction);
    while (!in.gaps.empty() && in.gaps.front().offset <= m_made.position(direction)) {
        const flow::Gap gap = in.gaps.front();
        in.gaps.pop_front();
        if (in.frames && !in.frames->skip(gap.length))
            in.frames.reset();
        writeGap(gap, at);
    }
}

void RecordedConnection::on(const flow::Anomaly& body, base::Timestamp at)
{
    if (body.kind != flow::AnomalyKind::OverlapConflict)
        return;
    m_made.comment("conflict: " + bytesText(body.length, sideText(body.direction)) + " at byte "
                   + std::to_string(body.offset)
                   + " of the stream came twice with different content; the stream has what the "
                     "application read");
    Side& in = side(body.direction);
    constexpr std::size_t most = 64;
    if (in.exact && in.conflicts.size() < most)
        in.conflicts.push_back({body.offset, {body.dropped.begin(), body.dropped.end()}});
    tellConflicts(body.direction, at);
}

// The other version follows the one that was read, so that a reader sees the conflict too.
void RecordedConnection::tellConflicts(Direction direction, base::Timestamp at)
{
    Side& in = side(direction);
    std::erase_if(in.conflicts, [&](const Conflict& conflict) {
        if (conflict.offset + conflict.dropped.size() > m_made.position(direction))
            return false;
        m_made.again(direction, conflict.offset, conflict.dropped, at);
        return true;
    });
}

void RecordedConnection::lost(const flow::Lost& lost, base::Timestamp at)
{
    m_notDelivered += lost.bytes;
    m_made.comment(bytesText(lost.bytes, sideText(lost.direction)) + " were observed and lost "
                   + placeText(lost.place));
    Side& in = side(lost.direction);
    in.exact = false; // its heads have no place of their own
    in.lossy = true;
    m_made.hole(lost.direction, lost.bytes, flow::GapKind::Capture, at);
}

void RecordedConnection::notDelivered(Direction direction,
                                      std::uint64_t length,
                                      const char* what,
                                      base::Timestamp at)
{
    m_notDelivered += length;
    m_made.comment(bytesText(length, sideText(direction)) + " " + what
                   + " were observed and not delivered to this client");
    m_made.hole(direction, length, flow::GapKind::Capture, at);
}

} // namespace podglass::files
