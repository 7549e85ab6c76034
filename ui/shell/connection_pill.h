// SPDX-License-Identifier: GPL-3.0-or-later
// ConnectionPill: state word, rate, lag and drops in one place; a click opens the event log.
#pragma once

#include "core/session/update.h"
#include "core/store/store.h"

#include "ui/theme/colors.h"

#include <QToolButton>

namespace podglass::shell {

class ConnectionPill : public QToolButton
{
    Q_OBJECT

public:
    explicit ConnectionPill(QWidget* parent = nullptr);

    void setState(const session::StateChanged& state);
    // Instead of the state of the agent, while what is shown is not live: a file, a target that is
    // gone. An empty word: the state again.
    void setInstead(const QString& word, const QString& why, theme::Role role);
    // Live, but stealing was given up when the target was chosen.
    void setViewOnly(bool viewOnly);
    // Rates are taken between this call's newest sample and the one before.
    void setTelemetry(const store::History& history, const store::Losses& losses);

private:
    void render();

    session::StateChanged m_state;
    QString m_instead;
    QString m_insteadWhy;
    theme::Role m_insteadRole = theme::Role::Muted;
    QString m_figures;
    bool m_viewOnly = false;
    bool m_slow = false;
    bool m_losing = false;
    std::uint64_t m_lostBefore = 0;
};

} // namespace podglass::shell
