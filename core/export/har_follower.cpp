// SPDX-License-Identifier: Apache-2.0
#include "core/export/har_follower.h"

namespace podglass::exporting {

namespace {

// Rows are looked at in batches, as they change many times.
constexpr unsigned eventsPerLook = 256;
constexpr std::size_t writtenAtOnce = 4'096;

// Nothing more is heard of it.
bool isOver(const store::Store& store, const store::Row& row)
{
    if (row.kind != store::RowKind::Exchange)
        return row.kind != store::RowKind::Connection || row.state != store::RowState::Open;
    constexpr unsigned both = store::RowRequestEnded | store::RowResponseEnded;
    const store::Connection* connection = store.connections().at(row.connection);
    return row.state != store::RowState::Open
           && ((row.flags & both) == both || connection == nullptr || !connection->open);
}

} // namespace

HarFollower::HarFollower(HarWriter& writer)
    : m_writer(writer)
    , m_store({.bytes = limits::harWaitingBytes})
{}

void HarFollower::onEvent(const flow::Event& event)
{
    if (!m_status)
        return;
    m_store.apply(event);
    if (++m_events % eventsPerLook == 0)
        settle();
}

void HarFollower::settle()
{
    const store::Delta delta = m_store.takeRowDelta();
    static_cast<void>(m_store.takeConnectionDelta());
    m_written.resize(delta.end - m_oldest, false);
    for (const store::Number number : delta.changed)
        look(number);
    for (store::Number number = delta.appendedFrom; number < delta.end; ++number)
        look(number);
    std::size_t done = 0;
    while (done < m_written.size() && m_written[done])
        ++done;
    if (done < writtenAtOnce)
        return;
    m_written.erase(m_written.begin(), m_written.begin() + static_cast<std::ptrdiff_t>(done));
    m_oldest += static_cast<store::Number>(done);
    m_store.dropBelow(m_oldest);
}

void HarFollower::look(store::Number number)
{
    const store::Row* row = m_store.rows().at(number);
    if (number >= m_oldest && row != nullptr && isOver(m_store, *row))
        write(number);
}

void HarFollower::write(store::Number number)
{
    if (!m_status || m_written[number - m_oldest])
        return;
    m_written[number - m_oldest] = true;
    m_status = m_writer.add(m_store, number);
    m_store.forgetContent(number);
}

base::Status HarFollower::finish()
{
    settle();
    for (std::size_t i = 0; i < m_written.size(); ++i)
        write(m_oldest + static_cast<store::Number>(i));
    return m_status ? m_writer.finish() : m_status;
}

} // namespace podglass::exporting
