// SPDX-License-Identifier: GPL-3.0-or-later
// What the agent and the session tell of the attached target.
#include "ui/bridge/attachment.h"

namespace podglass::bridge {

void Attachment::onAttached(const wire::Attached& attached)
{
    // Another name of the target that is attached already.
    if (this->attached() && attached.target == m_target.target
        && m_beside.forget(attached.request)) {
        emit notice(tr("%1 is followed already.").arg(QString::fromStdString(attached.name)));
        return;
    }
    if (m_beside.onAttached(attached)) {
        emit changed();
        return;
    }
    if (attached.request != m_request) { // it was given up before the agent answered
        m_link.detach(attached.target);
        return;
    }
    // The same target again, after a break: what was wanted of its ports still is, and the session
    // has said it to the new agent. Only ports that were not there before are news to it.
    const bool again = this->attached() && attached.target == m_target.target;
    const QVector<quint16> before = again ? ports() : QVector<quint16>();
    m_target = attached;
    m_gone.clear();
    m_states.clear();
    if (!again)
        m_wanted = wire::Mode::Mirror; // the safe mode needs no question
    QVector<quint16> fresh = ports();
    fresh.removeIf([&](quint16 port) { return before.contains(port); });
    if (m_wanted != wire::Mode::Off)
        sendTo(fresh);
    m_beside.attachAgain();
    emit changed();
    if (canSteal() && !attached.lacking.empty()) // then it is a note, not what stealing lacks
        emit notice(QString::fromStdString(attached.lacking));
}

void Attachment::onPortState(const wire::PortState& state)
{
    if (const auto* beside = m_beside.find(state.target); beside != nullptr) {
        if (!state.message.empty())
            emit notice(tr("%1, port %2: %3")
                            .arg(QString::fromStdString(beside->target.name))
                            .arg(state.port)
                            .arg(QString::fromStdString(state.message)));
        return;
    }
    if (state.target != m_target.target)
        return;
    m_states[state.port] = state;
    m_applied = std::max<quint64>(m_applied, state.revision);
    if (!state.message.empty())
        emit notice(tr("Port %1: %2").arg(state.port).arg(QString::fromStdString(state.message)));
    // The agent changed it by itself (a lease ended, another took over): what is shown is true.
    if (!state.refused && !state.message.empty() && mode() < m_wanted)
        m_wanted = mode();
    emit changed();
}

void Attachment::onTlsState(const wire::TlsState& state)
{
    if (state.target != m_target.target)
        return;
    m_tls[state.port] = state;
    emit changed();
}

void Attachment::onOldEnded(const wire::OldEnded& ended)
{
    if (ended.target != m_target.target)
        return;
    const QString left =
        ended.left == 0 ? QString() : tr("; %1 could not be ended").arg(ended.left);
    emit notice(
        tr("Port %1: %2 old connections were ended%3").arg(ended.port).arg(ended.ended).arg(left));
}

// Of no request and of our target: the agent follows it no longer.
void Attachment::onFailure(const wire::Failure& failure)
{
    if (m_beside.onFailure(failure)) {
        emit changed();
        return;
    }
    if (failure.request != 0 || !attached() || failure.target != m_target.target)
        return;
    m_gone = QString::fromStdString(failure.what);
    m_states.clear();
    emit changed();
}

void Attachment::onState(const session::StateChanged& state)
{
    using session::State;
    const bool lost = state.state == State::Failed || state.state == State::Reconnecting;
    m_cutWhileStealing = m_cutWhileStealing || (lost && m_wanted == wire::Mode::Steal);
    if (state.state == State::Disconnected || state.state == State::Failed) {
        m_target = {};
        m_gone.clear();
        m_states.clear();
        m_wanted = wire::Mode::Off;
        m_beside.sessionEnded();
    } else if (state.state == State::Reconnecting && m_wanted == wire::Mode::Steal) {
        m_wanted = wire::Mode::Mirror; // the lease ends at the agent; stealing is asked for again
        m_states.clear();
    }
    emit changed();
}

} // namespace podglass::bridge
