// SPDX-License-Identifier: GPL-3.0-or-later
// Feed: takes updates from the session's queue and applies them to the store, in turns of at most
// 8 ms, at once when idle and every 60 ms under load; then publishes what changed. Updates are
// taken from the queue only when those before are applied, so a slow window holds the session back
// (the queue is bounded) instead of growing. Also runs the View's slices of work.
// Thread: the window's.
#pragma once

#include "core/session/session.h"
#include "core/store/view.h"

#include "ui/models/connection_model.h"

#include <deque>
#include <memory>

#include <QElapsedTimer>
#include <QObject>
#include <QSocketNotifier>
#include <QTimer>

namespace podglass::bridge {

class Feed : public QObject
{
    Q_OBJECT

public:
    Feed(session::Updates& updates,
         store::Store& store,
         store::View& view,
         models::ConnectionModel& connections,
         QObject* parent = nullptr);

    // From now on updates come from this queue, which must live as long as it is followed. What was
    // taken from the old one and not yet applied belonged to a session that is over: it is dropped.
    void follow(session::Updates& updates);
    // The View was given work to do.
    void startWork();
    // Publishes changes that were made to the store directly (marks, clearing).
    void publish();

signals:
    void held(const podglass::session::Held& held);
    void heldOver(const podglass::session::HeldOver& over);
    void heldRefused(const podglass::session::HeldRefused& refused);
    void stateChanged(const podglass::session::StateChanged& state);
    void step(const podglass::session::Step& step);
    void prompt(const podglass::session::Prompt& prompt);
    void hello(const podglass::wire::Hello& hello);
    void targets(const podglass::wire::TargetList& list);
    void attached(const podglass::wire::Attached& attached);
    void portState(const podglass::wire::PortState& state);
    void telemetry();
    void taken(const podglass::session::Taken& taken);
    void failure(const podglass::wire::Failure& failure);
    void rules(const podglass::wire::Rules& rules);
    void tlsState(const podglass::wire::TlsState& state);
    void oldEnded(const podglass::wire::OldEnded& ended);
    void fileProgress(const podglass::session::FileProgress& progress);
    // Rows, connections or totals changed.
    void published();
    // Percent of a new filter or order; -1: in force.
    void progress(int percent);

private:
    void onWake();
    void turn();
    void apply(const session::Update& update);
    void work();

    session::Updates* m_updates = nullptr;
    store::Store& m_store;
    store::View& m_view;
    models::ConnectionModel& m_connections;
    std::unique_ptr<QSocketNotifier> m_notifier;
    std::deque<session::Update> m_pending;
    QElapsedTimer m_sinceTurn;
    QTimer m_turnTimer;
    QTimer m_workTimer;
    bool m_helloSeen = false;
};

} // namespace podglass::bridge
