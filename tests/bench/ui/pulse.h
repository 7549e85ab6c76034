// SPDX-License-Identifier: GPL-3.0-or-later
// How long the event loop was kept from its next turn.
#pragma once

#include <algorithm>
#include <utility>

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

namespace podglass::bench {

class Pulse
{
public:
    Pulse()
    {
        m_timer.setInterval(0);
        QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] {
            m_longest = std::max(m_longest, m_since.nsecsElapsed());
            m_since.restart();
        });
        m_since.start();
        m_timer.start();
    }

    // Milliseconds since the last call.
    double takeLongest() { return static_cast<double>(std::exchange(m_longest, 0)) / 1e6; }

private:
    QTimer m_timer;
    QElapsedTimer m_since;
    qint64 m_longest = 0;
};

} // namespace podglass::bench
