// SPDX-License-Identifier: Apache-2.0
#include "core/agent/event_feed.h"

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

} // namespace

void EventFeed::follow(channel::Ring& ring, base::TargetId target)
{
    const bool known = std::ranges::any_of(
        m_readings, [&](const Reading& reading) { return reading.ring == &ring; });
    if (!known)
        m_readings.push_back({&ring, target, channel::Ring::Cursor(ring)});
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

void EventFeed::subscribe(base::TargetId target, std::uint16_t port)
{
    m_ports.insert(keyOf(target, port));
}

void EventFeed::unsubscribe(base::TargetId target, std::uint16_t port)
{
    m_ports.erase(keyOf(target, port));
}

bool EventFeed::subscribed(base::TargetId target, std::uint16_t port) const
{
    return m_ports.contains(keyOf(target, port));
}

void EventFeed::announce(bytes::ByteView frame)
{
    m_announced.insert(m_announced.end(), frame.begin(), frame.end());
    ++m_announcedEvents;
    ++m_account.offeredEvents;
}

bool EventFeed::wants(const channel::RecordInfo& info) const
{
    return info.port == 0 ? m_targets.contains(info.target) : subscribed(info.target, info.port);
}

void EventFeed::fill(std::vector<std::uint8_t>& out, std::size_t most, base::Timestamp at)
{
    if (!m_announced.empty() && out.size() + m_announced.size() <= most) {
        out.insert(out.end(), m_announced.begin(), m_announced.end());
        m_account.deliveredEvents += std::exchange(m_announcedEvents, 0);
        m_announced.clear();
    }
    keepUp();
    if (!m_losses.report(out, most, at))
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

EventFeed::Taken EventFeed::takeOne(Reading& reading,
                                    std::vector<std::uint8_t>& out,
                                    std::size_t most,
                                    base::Timestamp at)
{
    const channel::Ring::Cursor before = reading.cursor;
    const auto record = reading.cursor.next();
    const bool overtaken = noteOverrun(reading);
    if (!record)
        return Taken::AtHead;
    if (!wants(record->info))
        return Taken::Record;
    const Taken taken = deliver(*record, out, most, at);
    if (taken == Taken::NoRoom && !overtaken)
        reading.cursor = before;
    else if (taken == Taken::NoRoom)
        lose(*record); // going back would count the overrun twice
    return taken;
}

EventFeed::Taken EventFeed::deliver(const channel::Ring::Cursor::Record& record,
                                    std::vector<std::uint8_t>& out,
                                    std::size_t most,
                                    base::Timestamp at)
{
    const channel::RecordInfo& info = record.info;
    if (out.size() + record.bytes.size() > most)
        return Taken::NoRoom;
    if (info.connection && m_losses.losing(info.connection)) {
        if (!info.beginsMessage && !info.endsConnection) {
            lose(record);
            return Taken::Record;
        }
        if (!m_losses.settle(info.connection, out, most - record.bytes.size(), at))
            return Taken::NoRoom;
    }
    out.insert(out.end(), record.bytes.begin(), record.bytes.end());
    ++m_account.offeredEvents;
    m_account.offeredBytes += info.payload;
    ++m_account.deliveredEvents;
    m_account.deliveredBytes += info.payload;
    return Taken::Record;
}

void EventFeed::keepUp()
{
    for (Reading& reading : m_readings) {
        if (distance(reading.cursor) > reading.ring->capacity() / 2)
            skipAhead(reading);
    }
}

void EventFeed::skipAhead(Reading& reading)
{
    while (distance(reading.cursor) > reading.ring->capacity() / 4) {
        const auto record = reading.cursor.next();
        noteOverrun(reading);
        if (!record)
            return;
        if (!wants(record->info))
            continue;
        lose(*record);
    }
}

void EventFeed::lose(const channel::Ring::Cursor::Record& record)
{
    ++m_account.offeredEvents;
    m_account.offeredBytes += record.info.payload;
    m_losses.note(record);
}

bool EventFeed::noteOverrun(Reading& reading)
{
    const auto missed = reading.cursor.takeOverrun();
    if (missed)
        m_losses.noteUnknown(reading.target, *missed);
    return missed.has_value();
}

wire::LagSample EventFeed::lag(base::Instant now)
{
    wire::LagSample sample;
    for (Reading& reading : m_readings) {
        const channel::Totals lag = reading.cursor.lag();
        sample.events += lag.records;
        sample.bytes += lag.bytes;
        const std::int64_t age = reading.cursor.lagNanoseconds(now.time_since_epoch().count());
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
