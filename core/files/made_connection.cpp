// SPDX-License-Identifier: Apache-2.0
#include "core/files/made_connection.h"

#include <algorithm>

namespace podglass::files {

using flow::Direction;

namespace {

// A longer cut is written as a hole: packets without data are told, not a flood of them.
constexpr std::uint64_t cutPackets = 16;

} // namespace

MadeConnection::MadeConnection(PcapngWriter& out,
                               const flow::ConnectionOpened& opened,
                               std::uint64_t number)
    : m_out(out)
    , m_opened(opened)
{
    // Far from the wrap, and another one for each connection: a port may be used again.
    constexpr std::uint64_t spread = 0x9e3779b97f4a7c15;
    constexpr std::uint32_t low = 0x0fffffff;
    m_sides[0].first = static_cast<std::uint32_t>(number * spread >> 32U) & low;
    m_sides[1].first = static_cast<std::uint32_t>(number * spread) & low;
}

void MadeConnection::packet(Direction direction,
                            TcpFlag flags,
                            std::uint64_t offset,
                            bytes::ByteView data,
                            base::Timestamp at,
                            std::uint32_t cut)
{
    if (!m_status)
        return;
    const Side& from = side(direction);
    Side& to = side(flow::opposite(direction));
    MadeSegment segment;
    segment.fromClient = direction == Direction::ClientToServer;
    segment.from = segment.fromClient ? m_opened.client : m_opened.server;
    segment.to = segment.fromClient ? m_opened.server : m_opened.client;
    segment.vlans = m_opened.vlans;
    segment.sequence = from.first + static_cast<std::uint32_t>(offset);
    segment.flags = flags;
    if (has(flags, TcpFlag::Ack))
        segment.acknowledged = to.first + static_cast<std::uint32_t>(to.acknowledged)
                               + (to.finished && !to.unacknowledged ? 1 : 0);
    segment.payload = data;
    segment.cut = cut;
    to.told = to.acknowledged;
    capture::Packet made;
    made.at = at;
    made.wireLength = makePacket(segment, m_frame);
    made.bytes = m_frame;
    m_status = m_out.write(made, m_comment);
    m_comment.clear();
    ++m_packets;
}

void MadeConnection::open(base::Timestamp at)
{
    if (m_opened.joinedLate)
        return;
    constexpr auto before = ~std::uint64_t{0}; // a SYN takes the number before offset 0
    packet(Direction::ClientToServer, TcpFlag::Syn, before, {}, at);
    packet(Direction::ServerToClient, TcpFlag::Syn | TcpFlag::Ack, before, {}, at);
    packet(Direction::ClientToServer, TcpFlag::Ack, 0, {}, at);
}

void MadeConnection::advance(Side& moved, std::uint64_t length)
{
    moved.next += length;
    if (!moved.unacknowledged)
        moved.acknowledged = moved.next;
}

// A peer says now and then how far it is, as peers do: who reads the file waits for that.
void MadeConnection::acknowledge(Direction direction, base::Timestamp at)
{
    constexpr std::uint64_t often = 30'000;
    const Side& from = side(direction);
    if (from.acknowledged - from.told >= often)
        packet(
            flow::opposite(direction), TcpFlag::Ack, side(flow::opposite(direction)).next, {}, at);
}

void MadeConnection::send(Direction direction, bytes::ByteView data, base::Timestamp at)
{
    Side& from = side(direction);
    while (!data.empty()) {
        const bytes::ByteView part = data.first(std::min(data.size(), segmentBytes));
        packet(direction, TcpFlag::Push | TcpFlag::Ack, from.next, part, at);
        advance(from, part.size());
        acknowledge(direction, at);
        data = data.subspan(part.size());
    }
}

void MadeConnection::hole(Direction direction,
                          std::uint64_t length,
                          flow::GapKind kind,
                          base::Timestamp at)
{
    Side& from = side(direction);
    if (kind == flow::GapKind::Truncated && length <= cutPackets * segmentBytes) {
        while (length != 0) {
            const auto part =
                static_cast<std::uint32_t>(std::min<std::uint64_t>(length, segmentBytes));
            packet(direction, TcpFlag::Push | TcpFlag::Ack, from.next, {}, at, part);
            advance(from, part);
            length -= part;
        }
        return;
    }
    if (kind == flow::GapKind::Network)
        from.unacknowledged = true;
    advance(from, length);
    // The peer says that it has what we have not.
    if (kind != flow::GapKind::Network)
        packet(
            flow::opposite(direction), TcpFlag::Ack, side(flow::opposite(direction)).next, {}, at);
}

void MadeConnection::again(Direction direction,
                           std::uint64_t offset,
                           bytes::ByteView data,
                           base::Timestamp at)
{
    if (data.size() <= segmentBytes && offset + data.size() <= side(direction).next)
        packet(direction, TcpFlag::Push | TcpFlag::Ack, offset, data, at);
}

void MadeConnection::close(const flow::ConnectionClosed& closed, base::Timestamp at)
{
    const Direction first = closed.by;
    const Direction second = flow::opposite(first);
    if (closed.reason == flow::CloseReason::Reset) {
        packet(first, TcpFlag::Reset | TcpFlag::Ack, side(first).next, {}, at);
    } else if (closed.reason == flow::CloseReason::Finished) {
        packet(first, TcpFlag::Fin | TcpFlag::Ack, side(first).next, {}, at);
        side(first).finished = true;
        packet(second, TcpFlag::Fin | TcpFlag::Ack, side(second).next, {}, at);
        side(second).finished = true;
        packet(first, TcpFlag::Ack, side(first).next + 1, {}, at);
    } else {
        flushComment(at);
    }
}

void MadeConnection::comment(const std::string& text)
{
    constexpr std::size_t most = 4'096; // a comment is read by a person
    if (m_comment.size() + text.size() > most)
        return;
    if (!m_comment.empty())
        m_comment += '\n';
    m_comment += text;
}

void MadeConnection::flushComment(base::Timestamp at)
{
    if (!m_comment.empty())
        packet(
            Direction::ClientToServer, TcpFlag::Ack, side(Direction::ClientToServer).next, {}, at);
}

} // namespace podglass::files
