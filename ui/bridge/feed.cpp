// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/bridge/feed.h"

#include <algorithm>

namespace podglass::bridge {

namespace {

constexpr qint64 coalesceMilliseconds = 60;
constexpr qint64 turnMicroseconds = 8000;
constexpr qint64 workMicroseconds = 6000;
constexpr std::size_t rowsPerSlice = 256;

qint64 microseconds(const QElapsedTimer& since)
{
    return since.nsecsElapsed() / 1000;
}

} // namespace

Feed::Feed(session::Updates& updates,
           store::Store& store,
           store::View& view,
           models::ConnectionModel& connections,
           QObject* parent)
    : QObject(parent)
    , m_store(store)
    , m_view(view)
    , m_connections(connections)
{
    m_turnTimer.setSingleShot(true);
    m_workTimer.setSingleShot(true);
    connect(&m_turnTimer, &QTimer::timeout, this, &Feed::turn);
    connect(&m_workTimer, &QTimer::timeout, this, &Feed::work);
    m_sinceTurn.start();
    follow(updates);
}

void Feed::follow(session::Updates& updates)
{
    // Its own signal may be what led here, and the descriptor may be gone before it is deleted.
    if (m_notifier) {
        m_notifier->setEnabled(false);
        m_notifier.release()->deleteLater();
    }
    m_updates = &updates;
    m_pending.clear();
    m_notifier = std::make_unique<QSocketNotifier>(updates.wakeFd(), QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, &Feed::onWake);
}

void Feed::onWake()
{
    m_notifier->setEnabled(false);
    const qint64 wait = coalesceMilliseconds - m_sinceTurn.elapsed();
    if (wait <= 0)
        turn();
    else
        m_turnTimer.start(static_cast<int>(wait));
}

void Feed::turn()
{
    QElapsedTimer spent;
    spent.start();
    if (m_pending.empty())
        m_pending = m_updates->take();
    while (!m_pending.empty() && microseconds(spent) < turnMicroseconds) {
        const session::Update update = std::move(m_pending.front());
        m_pending.pop_front();
        apply(update);
    }
    publish();
    m_sinceTurn.restart();
    if (m_pending.empty())
        m_notifier->setEnabled(true);
    else
        m_turnTimer.start(0); // after the events that wait
}

void Feed::publish()
{
    const store::Delta rows = m_store.takeRowDelta();
    if (!rows.empty())
        m_view.apply(rows);
    const store::Delta connections = m_store.takeConnectionDelta();
    if (!connections.empty())
        m_connections.apply(connections);
    emit published();
}

void Feed::apply(const session::Update& update)
{
    using namespace session;
    if (const auto* batch = std::get_if<flow::EventBatch>(&update)) {
        m_store.apply(*batch);
    } else if (const auto* sample = std::get_if<wire::Telemetry>(&update)) {
        m_store.apply(*sample);
        emit telemetry();
    } else if (const auto* state = std::get_if<StateChanged>(&update)) {
        emit stateChanged(*state);
    } else if (const auto* line = std::get_if<Step>(&update)) {
        emit step(*line);
    } else if (const auto* question = std::get_if<Prompt>(&update)) {
        emit prompt(*question);
    } else if (const auto* gap = std::get_if<Break>(&update)) {
        m_store.apply(*gap);
    } else if (const auto* traffic = std::get_if<Traffic>(&update)) {
        m_store.apply(*traffic);
    } else if (const auto* taken = std::get_if<Taken>(&update)) {
        m_store.apply(*taken);
        emit this->taken(*taken);
    } else if (const auto* waits = std::get_if<Held>(&update)) {
        emit held(*waits);
    } else if (const auto* over = std::get_if<HeldOver>(&update)) {
        emit heldOver(*over);
    } else if (const auto* refused = std::get_if<HeldRefused>(&update)) {
        emit heldRefused(*refused);
    } else if (const auto* greeting = std::get_if<wire::Hello>(&update)) {
        // Every hello begins new ids, also of an agent that was there before (session/ids.h):
        // nothing that is open now will be heard of again.
        if (m_helloSeen)
            m_store.newAgent();
        m_helloSeen = true;
        emit hello(*greeting);
    } else if (const auto* list = std::get_if<wire::TargetList>(&update)) {
        emit targets(*list);
    } else if (const auto* target = std::get_if<wire::Attached>(&update)) {
        m_store.apply(*target);
        emit attached(*target);
    } else if (const auto* port = std::get_if<wire::PortState>(&update)) {
        m_store.apply(*port);
        emit portState(*port);
    } else if (const auto* inForce = std::get_if<wire::Rules>(&update)) {
        emit rules(*inForce);
    } else if (const auto* tls = std::get_if<wire::TlsState>(&update)) {
        emit tlsState(*tls);
    } else if (const auto* ended = std::get_if<wire::OldEnded>(&update)) {
        emit oldEnded(*ended);
    } else if (const auto* problem = std::get_if<wire::Failure>(&update)) {
        emit failure(*problem);
    } else if (const auto* file = std::get_if<FileProgress>(&update)) {
        emit fileProgress(*file);
    }
}

void Feed::startWork()
{
    if (!m_workTimer.isActive())
        m_workTimer.start(0);
}

void Feed::work()
{
    QElapsedTimer spent;
    spent.start();
    bool more = true;
    while (more && microseconds(spent) < workMicroseconds)
        more = m_view.work(rowsPerSlice);
    emit progress(more ? static_cast<int>(m_view.progress().value_or(0) * 100) : -1);
    if (more)
        m_workTimer.start(0);
    else
        emit published();
}

} // namespace podglass::bridge
