// SPDX-License-Identifier: Apache-2.0
#include "core/reassembly/connection.h"

#include <utility>

namespace podglass::reassembly {

namespace {

using demux::Segment;
using flow::AnomalyKind;
using flow::Direction;
namespace tcp = demux::tcp;

// Where a scale is not known, the largest one (RFC 7323 2.3): the edge is then only too far.
constexpr std::uint8_t largestScale = 14;
// How far behind what was delivered a segment may lie and still be believed.
constexpr std::int64_t plausibleBehind = std::int64_t{16} << 20;

std::size_t indexOf(Direction direction)
{
    return static_cast<std::size_t>(direction);
}

} // namespace

Connection::Connection(Shared& shared, FourTuple tuple, flow::ConnectionOpened opened)
    : m_tuple(tuple)
    , m_opened(opened)
    , m_client(shared, Direction::ClientToServer)
    , m_server(shared, Direction::ServerToClient)
    , m_scale{largestScale, largestScale}
{}

void Connection::begin(const HalfOpen& handshake, Moment when)
{
    const Greeting& client = handshake.client;
    const Greeting& server = handshake.server;
    if (client.seen && server.seen) {
        const bool scaled = client.hasScale && server.hasScale;
        m_scale = {scaled ? client.scale : std::uint8_t{0},
                   scaled ? server.scale : std::uint8_t{0}};
    }
    if (client.seen || server.seen)
        m_client.begin(client.sequence + 1);
    if (server.seen)
        m_server.begin(server.sequence + 1);
    if (handshake.changedSequence) {
        flow::Anomaly anomaly;
        anomaly.kind = AnomalyKind::DifferentInitialSequence;
        sink->anomaly(anomaly, when.at);
    }
    if (handshake.synData)
        m_client.synData(*handshake.synData, *sink, when);
    if (server.seen && !handshake.simultaneous)
        m_client.acknowledged(handshake.acknowledged, server.window, *sink, when);
}

std::optional<Ending> Connection::segment(const Segment& segment, Moment when)
{
    const Direction direction = directionOf(segment);
    Reassembler& sent = stream(direction);
    if (segment.has(tcp::rst))
        return reset(segment, when);
    if (!segment.has(tcp::ack)) {
        note(AnomalyKind::DataWithoutAck, segment, when);
        return std::nullopt;
    }
    if (isPlausible(sent, segment)) {
        Reassembler& answered = stream(flow::opposite(direction));
        const std::uint64_t window = static_cast<std::uint64_t>(segment.window)
                                     << m_scale[indexOf(direction)];
        answered.acknowledged(segment.acknowledgement, window, *sink, when);
    }
    if (segment.has(tcp::urg) && segment.length() > 0)
        note(AnomalyKind::UrgentData, segment, when);
    if (sent.hasBegun() || segment.length() > 0 || segment.has(tcp::fin))
        sent.segment(segment, *sink, when);
    return ending();
}

// Acknowledgements are believed from segments that could be from the peer: someone who guesses
// sequence numbers must not be able to make holes.
bool Connection::isPlausible(const Reassembler& stream, const Segment& segment)
{
    if (segment.badChecksum)
        return false;
    if (!stream.hasBegun())
        return true;
    const std::int64_t offset = stream.offsetOf(segment.sequence);
    return offset + plausibleBehind >= static_cast<std::int64_t>(stream.next())
           && std::cmp_less_equal(offset, stream.edge() + (std::uint64_t{16} << 20));
}

// A reset counts where the receiver expects the next byte; anywhere else Linux asks back
// (RFC 5961 3.2) and someone who guesses gains nothing.
std::optional<Ending> Connection::reset(const Segment& segment, Moment when)
{
    const Direction direction = directionOf(segment);
    const Reassembler& sent = stream(direction);
    if (segment.length() > 0)
        note(AnomalyKind::ResetWithData, segment, when);
    if (!sent.hasBegun())
        return Ending{flow::CloseReason::Reset, direction};
    const std::int64_t offset = sent.offsetOf(segment.sequence);
    const std::uint64_t next = sent.next() + (sent.finished() ? 1 : 0);
    if (std::cmp_equal(offset, next) || std::cmp_equal(offset, sent.next())
        || (sent.acknowledgedTo() > 0 && std::cmp_equal(offset, sent.acknowledgedTo())))
        return Ending{flow::CloseReason::Reset, direction};
    if (std::cmp_equal(offset, sent.seenTo())) {
        m_resetBy = direction;
        m_resetAt = sent.seenTo();
        return std::nullopt;
    }
    note(AnomalyKind::ResetOutOfWindow, segment, when);
    return std::nullopt;
}

Connection::SynMeaning Connection::syn(const Segment& segment, Moment when)
{
    const Direction direction = directionOf(segment);
    Reassembler& sent = stream(direction);
    if (!sent.hasBegun() && segment.has(tcp::ack)) {
        // The answer came after the data that opened the connection; its scale stays unknown.
        sent.begin(segment.sequence + 1);
        return SynMeaning::Repeated;
    }
    if (sent.hasBegun() && sent.offsetOf(segment.sequence) == -1)
        return SynMeaning::Repeated;
    if (segment.has(tcp::ack) && sent.hasBegun() && sent.untouched() && sent.acknowledgedTo() == 0
        && !sent.sawAcknowledgement()) {
        sent.begin(segment.sequence + 1);
        note(AnomalyKind::DifferentInitialSequence, segment, when);
        return SynMeaning::Repeated;
    }
    const Reassembler& answering = stream(flow::opposite(direction));
    if (!segment.has(tcp::ack) && !answering.hasBegun())
        return SynMeaning::Restart;
    note(AnomalyKind::SynInsideConnection, segment, when);
    return SynMeaning::Foreign;
}

std::optional<Ending> Connection::decide(Moment when)
{
    m_client.decide(*sink, when);
    m_server.decide(*sink, when);
    return ending();
}

std::optional<Ending> Connection::giveUpHole(Moment when)
{
    Reassembler& larger = m_client.held() >= m_server.held() ? m_client : m_server;
    larger.giveUpHole(flow::GapKind::Limit, *sink, when);
    return ending();
}

std::optional<Ending> Connection::ending()
{
    if (!m_firstFin && m_client.finished())
        m_firstFin = Direction::ClientToServer;
    if (!m_firstFin && m_server.finished())
        m_firstFin = Direction::ServerToClient;
    if (m_client.finished() && m_server.finished())
        return Ending{flow::CloseReason::Finished, *m_firstFin};
    if (m_resetBy && stream(*m_resetBy).next() >= m_resetAt) {
        // Data behind it: the reset was not from the sender.
        const bool exact = stream(*m_resetBy).next() == m_resetAt;
        const Direction by = *m_resetBy;
        m_resetBy.reset();
        if (exact)
            return Ending{flow::CloseReason::Reset, by};
    }
    return std::nullopt;
}

void Connection::close(Ending ending, Moment when)
{
    m_client.flush(*sink, when);
    m_server.flush(*sink, when);
    sink->closed({ending.reason, ending.by, {m_client.next(), m_server.next()}}, when.at);
}

void Connection::note(AnomalyKind kind, const Segment& segment, Moment when)
{
    const Direction direction = directionOf(segment);
    const Reassembler& sent = stream(direction);
    flow::Anomaly anomaly;
    anomaly.kind = kind;
    anomaly.direction = direction;
    const std::int64_t offset = sent.hasBegun() ? sent.offsetOf(segment.sequence) : 0;
    anomaly.offset = offset > 0 ? static_cast<std::uint64_t>(offset) : 0;
    anomaly.length = segment.length();
    sink->anomaly(anomaly, when.at);
}

} // namespace podglass::reassembly
