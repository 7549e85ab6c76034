// SPDX-License-Identifier: Apache-2.0
#include "core/agent/event_feed.h"

#include "core/base/limits.h"
#include "core/wire/codec.h"

#include <algorithm>
#include <utility>

namespace podglass::agent {

namespace {

// What the ring keeps beside each record, nearly.
constexpr std::uint64_t recordOverhead = 80;

std::uint64_t distance(const channel::Ring::Cursor& cursor)
{
    const channel::Totals lag = cursor.lag();
    return lag.bytes + lag.records * recordOverhead;
}

// Target ids count from 1, so 48 bits are enough for an agent's life.
std::uint64_t keyOf(base::TargetId target, std::uint16_t port)
{
    return target.value << 16 | port;
}

template <typename T>
constexpr std::size_t indexOf = flow::Body(T{}).index();

// What a record is here is its place in the variant.
bool is(const channel::RecordInfo& info, std::size_t index)
{
    return info.kind == index;
}

std::vector<std::uint8_t> lagged(const channel::RecordInfo& info, base::Timestamp at)
{
    std::vector<std::uint8_t> frame;
    wire::encode(flow::Event{info.target,
                             info.connection,
                             at,
                             flow::ConnectionClosed{flow::CloseReason::Lagged, info.direction, {}}},
                 frame);
    return frame;
}

} // namespace

void EventFeed::follow(channel::Ring& ring, base::TargetId target)
{
    const bool known = std::ranges::any_of(
        m_readings, [&](const Reading& reading) { return reading.ring == &ring; });
    if (!known)
        m_readings.push_back({&ring, target, std::make_unique<channel::Ring::Cursor>(ring)});
    if (target)
        m_targets.insert(target);
}

void EventFeed::forget(const channel::Ring& ring)
{
    for (const Reading& reading : m_readings) {
        if (reading.ring == &ring && reading.target)
            m_targets.erase(reading.target);
    }
    std::erase_if(m_readings, [&](const Reading& reading) { return reading.ring == &ring; });
}

void EventFeed::subscribe(base::TargetId target, std::uint16_t port, std::uint64_t bodyLimit)
{
    m_ports[keyOf(target, port)].setBodyLimit(bodyLimit);
}

void EventFeed::unsubscribe(base::TargetId target, std::uint16_t port)
{
    m_lastPort = nullptr;
    m_ports.erase(keyOf(target, port));
}

bool EventFeed::subscribed(base::TargetId target, std::uint16_t port) const
{
    return m_ports.contains(keyOf(target, port));
}

bool EventFeed::setDelivery(const wire::SetDelivery& wish)
{
    const auto found = m_ports.find(keyOf(wish.target, wish.port));
    if (found == m_ports.end())
        return false;
    found->second.wish(wish);
    m_lagBytes = 0;
    for (const auto& [key, port] : m_ports) {
        if (port.lagBytes() != 0)
            m_lagBytes = m_lagBytes == 0 ? port.lagBytes() : std::min(m_lagBytes, port.lagBytes());
    }
    return true;
}

std::vector<wire::DeliveryState> EventFeed::deliveries()
{
    std::vector<wire::DeliveryState> states;
    for (auto& [key, port] : m_ports) {
        if (auto state = port.state())
            states.push_back(*state);
    }
    return states;
}

void EventFeed::announce(bytes::ByteView frame)
{
    m_announced.insert(m_announced.end(), frame.begin(), frame.end());
    ++m_announcedEvents;
    ++m_account.offeredEvents;
}

bool EventFeed::find(const channel::RecordInfo& info, PortDelivery*& port)
{
    port = nullptr;
    if (info.port == 0)
        return m_targets.contains(info.target);
    const std::uint64_t key = keyOf(info.target, info.port);
    if (m_lastPort == nullptr || key != m_lastKey) {
        const auto found = m_ports.find(key);
        if (found == m_ports.end())
            return false;
        m_lastKey = key;
        m_lastPort = &found->second;
    }
    port = m_lastPort;
    return true;
}

std::optional<EventFeed::Record> EventFeed::shaped(const Record& record, const PortDelivery* port)
{
    if (port == nullptr)
        return record;
    if (is(record.info, indexOf<flow::BodyData>)) {
        const std::uint64_t beyond = wire::bodyBytesBeyond(record.bytes, port->bodyLimits());
        if (beyond == 0)
            return record;
        if (beyond == record.info.payload)
            return std::nullopt;
        wire::cutBodyData(record.bytes, beyond, m_cut);
        Record cut{record.info, m_cut};
        cut.info.payload -= beyond;
        return cut;
    }
    if (is(record.info, indexOf<flow::MessageEnd>)
        && wire::adjustMessageEnd(record.bytes, port->bodyLimits(), m_cut))
        return Record{record.info, m_cut};
    return record;
}

void EventFeed::fill(std::vector<std::uint8_t>& out, std::size_t most, base::Timestamp at)
{
    if (!m_announced.empty() && out.size() + m_announced.size() <= most) {
        out.insert(out.end(), m_announced.begin(), m_announced.end());
        m_account.deliveredEvents += std::exchange(m_announcedEvents, 0);
        m_announced.clear();
    }
    keepUp();
    if (!writeSaved(out, most) || !m_losses.report(out, most, at))
        return;
    for (std::size_t i = 0; i < m_readings.size(); ++i) {
        Reading& reading = m_readings[(m_next + i) % m_readings.size()];
        Taken taken = Taken::Record;
        while (taken == Taken::Record)
            taken = takeOne(reading, out, most, at);
        if (taken == Taken::NoRoom)
            break;
    }
    ++m_next;
}

bool EventFeed::writeSaved(std::vector<std::uint8_t>& out, std::size_t most)
{
    wire::FrameWalk walk(bytes::ByteView(m_saved).subspan(m_savedRead));
    while (const auto frame = walk.next()) {
        const std::size_t size = wire::frameHeaderBytes + frame->payload.size();
        if (out.size() + size > most)
            return false;
        const auto from = m_saved.begin() + static_cast<std::ptrdiff_t>(m_savedRead);
        out.insert(out.end(), from, from + static_cast<std::ptrdiff_t>(size));
        m_savedRead += size;
    }
    if (!m_saved.empty())
        std::vector<std::uint8_t>().swap(m_saved); // rarely used: gives its memory back
    m_savedRead = 0;
    return true;
}

EventFeed::Taken EventFeed::takeOne(Reading& reading,
                                    std::vector<std::uint8_t>& out,
                                    std::size_t most,
                                    base::Timestamp at)
{
    const auto record = reading.cursor->peek();
    noteOverrun(reading);
    if (!record)
        return Taken::AtHead;
    PortDelivery* port = nullptr;
    if (find(record->info, port)) {
        const auto ours = shaped(*record, port);
        if (ours && deliver(*ours, port, out, most, at) == Taken::NoRoom)
            return Taken::NoRoom;
    }
    reading.cursor->skip(*record);
    return Taken::Record;
}

EventFeed::Taken EventFeed::deliver(const Record& record,
                                    PortDelivery* port,
                                    std::vector<std::uint8_t>& out,
                                    std::size_t most,
                                    base::Timestamp at)
{
    const channel::RecordInfo& info = record.info;
    if (out.size() + record.bytes.size() > most)
        return Taken::NoRoom;
    if (leaveOut(record, port) || closed(record, port))
        return Taken::Record;
    if (info.connection && m_losses.lostSomething(info.connection)) {
        if (m_losses.losing(info.connection) && !info.beginsMessage && !info.endsConnection) {
            lose(record, port, m_losses.cause(info.connection));
            return Taken::Record;
        }
        if (!m_losses.settle(info.connection, out, most - record.bytes.size(), at))
            return Taken::NoRoom;
    }
    offer(info, port);
    out.insert(out.end(), record.bytes.begin(), record.bytes.end());
    ++m_account.deliveredEvents;
    m_account.deliveredBytes += info.payload;
    if (port != nullptr && !is(info, indexOf<flow::Gap>)) // what it names is not sent
        port->spend(info);
    return Taken::Record;
}

// By the client's own sampling or cap.
bool EventFeed::leaveOut(const Record& record, PortDelivery* port)
{
    const channel::RecordInfo& info = record.info;
    if (port == nullptr || !info.connection)
        return false;
    if (port->leavesOut(info.connection)) {
        offer(info, port, true);
        port->lost(info, flow::LossPlace::Budget);
        m_losses.noteAside(record, flow::LossPlace::Budget);
        return true;
    }
    const bool sheds = info.bulk || (info.beginsMessage && !info.opensConnection);
    if (!sheds || m_losses.losing(info.connection) || port->hasRoomFor(info))
        return false;
    lose(record, port, flow::LossPlace::Budget);
    return true;
}

// The connection was ended for this client, since it lagged.
bool EventFeed::closed(const Record& record, PortDelivery* port)
{
    const channel::RecordInfo& info = record.info;
    if (m_closed.empty() || !m_closed.contains(info.connection))
        return false;
    if (info.endsConnection)
        m_closed.erase(info.connection);
    offer(info, port);
    if (port != nullptr)
        port->lost(info, flow::LossPlace::Agent);
    m_losses.noteAside(record, flow::LossPlace::Agent);
    return true;
}

void EventFeed::keepUp()
{
    for (Reading& reading : m_readings) {
        const std::uint64_t limit = lagLimit(reading);
        if (distance(*reading.cursor) > limit)
            skipAhead(reading, limit / 3 * 2);
    }
}

std::uint64_t EventFeed::lagLimit(const Reading& reading) const
{
    std::uint64_t room = reading.ring->reach() / 4 * 3;
    if (m_squeezed)
        room = std::min<std::uint64_t>(room, limits::ringChunkBytes);
    return m_lagBytes == 0 ? room : std::min(room, m_lagBytes);
}

void EventFeed::skipAhead(Reading& reading, std::uint64_t keep)
{
    while (distance(*reading.cursor) > keep) {
        const auto record = reading.cursor->next();
        noteOverrun(reading);
        if (!record)
            return;
        PortDelivery* port = nullptr;
        if (!find(record->info, port))
            continue;
        if (const auto ours = shaped(*record, port))
            shed(*ours, port);
    }
}

void EventFeed::shed(const Record& record, PortDelivery* port)
{
    if (leaveOut(record, port) || closed(record, port))
        return;
    const channel::RecordInfo& info = record.info;
    if (!info.bulk && save(record, port))
        return;
    lose(record, port, flow::LossPlace::Agent);
    if (port != nullptr && port->closesOnLag() && info.connection)
        close(record);
}

// Heads, ends and all else that is small wait beside the ring, in order.
bool EventFeed::save(const Record& record, PortDelivery* port)
{
    const channel::RecordInfo& info = record.info;
    if (m_saved.size() + record.bytes.size() > limits::savedHeadBytes)
        return false;
    if (m_losses.losing(info.connection) && !info.beginsMessage && !info.endsConnection)
        return false;
    if (info.connection && m_losses.lostSomething(info.connection)
        && !m_losses.settle(info.connection,
                            m_saved,
                            limits::savedHeadBytes - record.bytes.size(),
                            base::wallClock()))
        return false;
    offer(info, port);
    m_saved.insert(m_saved.end(), record.bytes.begin(), record.bytes.end());
    ++m_account.deliveredEvents;
    m_account.deliveredBytes += info.payload;
    return true;
}

void EventFeed::close(const Record& record)
{
    if (record.info.endsConnection || m_closed.size() >= limits::closedConnections)
        return; // it ended by itself, or too many are remembered: marked only
    m_losses.end(record, lagged(record.info, base::wallClock()));
    m_closed.insert(record.info.connection);
}

void EventFeed::offer(const channel::RecordInfo& info, PortDelivery* port, bool leftOut)
{
    ++m_account.offeredEvents;
    m_account.offeredBytes += info.payload;
    if (port != nullptr)
        port->offered(info, leftOut);
}

void EventFeed::lose(const Record& record, PortDelivery* port, flow::LossPlace place)
{
    offer(record.info, port);
    if (port != nullptr)
        port->lost(record.info, place);
    if (record.info.bulk && !m_losses.losing(record.info.connection))
        m_losses.noteBulk(record, place);
    else
        m_losses.note(record, place);
}

bool EventFeed::noteOverrun(Reading& reading)
{
    const auto missed = reading.cursor->takeOverrun();
    if (missed)
        m_losses.noteUnknown(reading.target, *missed);
    return missed.has_value();
}

wire::LagSample EventFeed::lag(base::Instant now)
{
    wire::LagSample sample;
    for (Reading& reading : m_readings) {
        const channel::Totals lag = reading.cursor->lag();
        sample.events += lag.records;
        sample.bytes += lag.bytes;
        const std::int64_t age = reading.cursor->lagNanoseconds(now.time_since_epoch().count());
        sample.microseconds = std::max(sample.microseconds, static_cast<std::uint64_t>(age / 1000));
        noteOverrun(reading);
    }
    return sample;
}

std::uint64_t EventFeed::ringSize() const
{
    std::uint64_t size = 0;
    for (const Reading& reading : m_readings)
        size += reading.ring->capacity();
    return size;
}

} // namespace podglass::agent
