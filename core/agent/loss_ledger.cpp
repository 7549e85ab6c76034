// SPDX-License-Identifier: Apache-2.0
#include "core/agent/loss_ledger.h"

#include "core/base/limits.h"
#include "core/wire/codec.h"

#include <utility>

namespace podglass::agent {

namespace {

// A frame of a flow::Lost: header, ids, time, place, direction, three counts.
constexpr std::size_t wordBytes = 8;
constexpr std::size_t lostFrameBytes = wire::frameHeaderBytes + 3 * wordBytes + 2 + 3 * wordBytes;

void keep(std::vector<std::uint8_t>& owed, bytes::ByteView frame)
{
    owed.assign(frame.begin(), frame.end());
}

} // namespace

void LossLedger::note(const channel::Ring::Cursor::Record& record, flow::LossPlace place)
{
    const channel::RecordInfo& info = record.info;
    if (!info.connection && m_notes.size() + record.bytes.size() <= limits::owedNoteBytes) {
        m_notes.insert(m_notes.end(), record.bytes.begin(), record.bytes.end());
        ++m_noteCount;
        return;
    }
    Entry& entry = entryOf(info.target, info.connection);
    const bool wasDue = isDue(entry);
    const bool known = m_entries.contains(info.connection) && info.connection;
    if (!std::exchange(entry.losing, true))
        entry.cause = place;
    if (known && info.opensConnection) {
        keep(entry.opening, record.bytes);
    } else if (known && info.endsConnection) {
        entry.over = true;
        if (entry.opening.empty()) {
            keep(entry.closing, record.bytes);
        } else { // it came and went inside the loss
            dropOwed(entry);
            addLoss(entry, info.direction, {1, 0, 0});
        }
    } else {
        addLoss(entry, info.direction, {1, info.beginsMessage ? 1U : 0U, info.payload}, place);
    }
    if (!wasDue && isDue(entry))
        ++m_due;
}

void LossLedger::noteBulk(const channel::Ring::Cursor::Record& record, flow::LossPlace place)
{
    const channel::RecordInfo& info = record.info;
    Entry& entry = entryOf(info.target, info.connection);
    const bool wasDue = isDue(entry);
    addLoss(entry, info.direction, {1, 0, info.payload}, place);
    m_due += wasDue ? 0U : 1U;
}

void LossLedger::noteAside(const channel::Ring::Cursor::Record& record, flow::LossPlace place)
{
    const channel::RecordInfo& info = record.info;
    Entry& entry = entryOf(info.target, {});
    const bool wasDue = isDue(entry);
    addLoss(entry, info.direction, {1, info.beginsMessage ? 1U : 0U, info.payload}, place);
    m_due += wasDue ? 0U : 1U;
}

void LossLedger::end(const channel::Ring::Cursor::Record& record, bytes::ByteView closing)
{
    const auto found = m_entries.find(record.info.connection);
    if (found == m_entries.end())
        return; // merged with others, and told without its connection
    Entry& entry = found->second;
    const bool wasDue = isDue(entry);
    entry.losing = true;
    entry.over = true;
    ++m_account.offeredEvents;
    keep(entry.closing, closing);
    m_due += wasDue ? 0U : 1U;
}

void LossLedger::noteUnknown(base::TargetId target, const channel::Totals& totals)
{
    Entry& entry = entryOf(target, {});
    const bool wasDue = isDue(entry);
    m_account.offeredEvents += totals.records;
    m_account.offeredBytes += totals.payload;
    addLoss(
        entry, flow::Direction::ClientToServer, {totals.records, totals.messages, totals.payload});
    if (!wasDue && isDue(entry))
        ++m_due;
    for (auto& [connection, other] : m_entries) {
        if (other.opening.empty() || (target && other.target != target))
            continue;
        m_due += isDue(other) ? 0U : 1U;
        other.openingDue = true;
    }
}

bool LossLedger::report(std::vector<std::uint8_t>& out, std::size_t most, base::Timestamp at)
{
    if (!writeNotes(out, most))
        return false;
    if (m_due == 0)
        return true;
    for (auto entry = m_entries.begin(); entry != m_entries.end();) {
        if (!isDue(entry->second)) {
            ++entry;
            continue;
        }
        if (out.size() + sizeOf(entry->second) > most)
            return false;
        const bool ended = entry->second.over || !entry->first || !entry->second.losing;
        write(entry->first, entry->second, out, at);
        entry = ended ? m_entries.erase(entry) : std::next(entry);
    }
    return true;
}

bool LossLedger::settle(base::ConnectionId connection,
                        std::vector<std::uint8_t>& out,
                        std::size_t most,
                        base::Timestamp at)
{
    const auto found = m_entries.find(connection);
    if (found == m_entries.end())
        return true;
    if (isDue(found->second) || !found->second.opening.empty()) {
        if (out.size() + sizeOf(found->second) > most)
            return false;
        write(connection, found->second, out, at);
    }
    m_entries.erase(found);
    return true;
}

bool LossLedger::writeNotes(std::vector<std::uint8_t>& out, std::size_t most)
{
    if (m_notes.empty())
        return true;
    if (out.size() + m_notes.size() > most)
        return false;
    out.insert(out.end(), m_notes.begin(), m_notes.end());
    m_notes.clear();
    m_account.deliveredEvents += std::exchange(m_noteCount, 0);
    return true;
}

LossLedger::Entry& LossLedger::entryOf(base::TargetId target, base::ConnectionId connection)
{
    auto found = m_entries.find(connection);
    if (found == m_entries.end() && m_entries.size() >= limits::losingConnections)
        found = m_entries.find(connection = {}); // merged: told without its connection
    if (found == m_entries.end())
        found = m_entries.emplace(connection, Entry{}).first;
    found->second.target = target;
    return found->second;
}

void LossLedger::addLoss(Entry& entry,
                         flow::Direction direction,
                         const Count& count,
                         flow::LossPlace place)
{
    Count& sum = entry.lost.at(place == flow::LossPlace::Budget ? 1 : 0)
                     .at(static_cast<std::size_t>(direction));
    sum.events += count.events;
    sum.messages += count.messages;
    sum.bytes += count.bytes;
    m_account.lostEvents += count.events;
    m_account.lostBytes += count.bytes;
}

bool LossLedger::isDue(const Entry& entry)
{
    for (const auto& directions : entry.lost) {
        if (directions[0].events != 0 || directions[1].events != 0)
            return true;
    }
    return !entry.closing.empty() || entry.openingDue;
}

std::size_t LossLedger::sizeOf(const Entry& entry)
{
    return 2 * places.size() * lostFrameBytes + entry.opening.size() + entry.closing.size();
}

void LossLedger::write(base::ConnectionId connection,
                       Entry& entry,
                       std::vector<std::uint8_t>& out,
                       base::Timestamp at)
{
    m_due -= isDue(entry) ? 1U : 0U;
    const auto deliver = [&](std::vector<std::uint8_t>& frame) {
        if (frame.empty())
            return;
        out.insert(out.end(), frame.begin(), frame.end());
        frame.clear();
        ++m_account.deliveredEvents;
    };
    deliver(entry.opening);
    entry.openingDue = false;
    for (std::size_t place = 0; place < places.size(); ++place) {
        for (std::size_t direction = 0; direction < 2; ++direction) {
            const Count count = std::exchange(entry.lost.at(place).at(direction), {});
            if (count.events == 0)
                continue;
            wire::encode(flow::Event{entry.target,
                                     connection,
                                     at,
                                     flow::Lost{places.at(place),
                                                static_cast<flow::Direction>(direction),
                                                count.events,
                                                count.messages,
                                                count.bytes}},
                         out);
        }
    }
    deliver(entry.closing);
}

void LossLedger::dropOwed(Entry& entry)
{
    if (!entry.opening.empty())
        addLoss(entry, flow::Direction::ClientToServer, {1, 1, 0});
    entry.opening.clear();
    entry.openingDue = false;
}

} // namespace podglass::agent
