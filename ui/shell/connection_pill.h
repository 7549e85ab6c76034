// SPDX-License-Identifier: GPL-3.0-or-later
// ConnectionPill: state word, rate, lag and drops in one place; a click opens the event log.
#pragma once

#include "core/session/update.h"
#include "core/store/store.h"

#include <QToolButton>

namespace podglass::shell {

class ConnectionPill : public QToolButton
{
    Q_OBJECT

public:
    explicit ConnectionPill(QWidget* parent = nullptr);

    void setState(const session::StateChanged& state);
    // Rates are taken between this call's newest sample and the one before.
    void setTelemetry(const store::History& history, const store::Losses& losses);

private:
    void render();

    session::StateChanged m_state;
    QString m_figures;
    bool m_slow = false;
    bool m_losing = false;
    std::uint64_t m_lostBefore = 0;
};

} // namespace podglass::shell
