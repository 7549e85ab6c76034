// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/connection_pill.h"

#include "ui/models/describe.h"
#include "ui/models/format.h"
#include "ui/theme/icon.h"

#include <algorithm>

namespace podglass::shell {

namespace {

constexpr std::uint64_t slowMicroseconds = 500'000;

} // namespace

ConnectionPill::ConnectionPill(QWidget* parent)
    : QToolButton(parent)
{
    setObjectName(QStringLiteral("connectionPill"));
    setProperty("kind", QStringLiteral("button"));
    setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    setFocusPolicy(Qt::StrongFocus);
    render();
}

void ConnectionPill::setState(const session::StateChanged& state)
{
    m_state = state;
    if (state.state != session::State::Live) {
        m_figures.clear();
        m_slow = m_losing = false;
    }
    render();
}

void ConnectionPill::setInstead(const QString& word, const QString& why, theme::Role role)
{
    m_instead = word;
    m_insteadWhy = why;
    m_insteadRole = role;
    render();
}

void ConnectionPill::setViewOnly(bool viewOnly)
{
    m_viewOnly = viewOnly;
    render();
}

void ConnectionPill::setTelemetry(const store::History& history, const store::Losses& losses)
{
    const auto& samples = history.fine();
    if (samples.empty())
        return;
    const store::Sample& now = samples.back();
    double perSecond = 0;
    if (samples.size() > 1) {
        const store::Sample& before = samples[samples.size() - 2];
        const double seconds =
            std::max(0.001, static_cast<double>(now.at.nanoseconds - before.at.nanoseconds) / 1e9);
        perSecond = static_cast<double>(now.requests - before.requests) / seconds;
    }
    m_slow = now.agent.lag.microseconds > slowMicroseconds;
    m_losing = losses.shown() > m_lostBefore;
    m_lostBefore = losses.shown();
    m_figures = tr("%1 req/s   lag %2   drops %3")
                    .arg(models::count(static_cast<std::uint64_t>(std::max(0.0, perSecond))),
                         models::duration(now.agent.lag.microseconds),
                         models::count(losses.shown()));
    render();
}

void ConnectionPill::render()
{
    using session::State;
    QString word;
    auto role = theme::Role::Muted;
    switch (m_state.state) {
    case State::Disconnected:
        word = tr("Not connected");
        break;
    case State::Connecting:
        word = tr("Connecting");
        role = theme::Role::Accent;
        break;
    case State::Live:
        word = m_losing     ? tr("Losing data")
               : m_slow     ? tr("Slow")
               : m_viewOnly ? tr("View only")
                            : tr("Live");
        role =
            m_losing ? theme::Role::Loss : (m_slow ? theme::Role::Warning : theme::Role::Success);
        break;
    case State::Reconnecting:
        word = tr("Reconnecting %1").arg(QString::fromStdString(m_state.detail));
        role = theme::Role::Warning;
        break;
    case State::Failed:
        word = tr("Failed");
        role = theme::Role::Failure;
        break;
    }
    if (!m_instead.isEmpty()) {
        setIcon(theme::icon(QStringLiteral("dot"), m_insteadRole));
        setText(m_instead);
        setToolTip(m_insteadWhy);
        setAccessibleName(tr("Connection: %1").arg(m_instead));
        return;
    }
    setIcon(theme::icon(QStringLiteral("dot"), role));
    setText(m_figures.isEmpty() ? word : word + QStringLiteral("   ") + m_figures);
    const QString detail =
        QString::fromStdString(m_state.error.what.empty() ? m_state.detail : m_state.error.text());
    setToolTip(detail.isEmpty() ? tr("State of the connection to the agent") : detail);
    setAccessibleName(tr("Connection: %1").arg(text()));
}

} // namespace podglass::shell
