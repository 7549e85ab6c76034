// SPDX-License-Identifier: GPL-3.0-or-later
// StatusLine: "Requests 12,431 · Shown 37 · Lost 214 (agent 200, kernel 14)", always visible; 0 is
// information too. Memory at the right.
#pragma once

#include "core/store/view.h"

#include <QStatusBar>

class QLabel;
class QProgressBar;

namespace podglass::shell {

class StatusLine : public QStatusBar
{
    Q_OBJECT

public:
    explicit StatusLine(QWidget* parent = nullptr);

    void setCounts(const store::Store& store, const store::View& view);
    // What the user's own limits leave out, in words; empty: nothing.
    void setDelivery(const QString& text);
    // Percent of a new filter or order being computed; -1: none.
    void setProgress(int percent);

private:
    void renderDelivery();

    QString m_wish;
    std::uint64_t m_leftOut = 0;
    QLabel* m_counts;
    QLabel* m_loss;
    QLabel* m_missing;
    QLabel* m_delivery;
    QLabel* m_memory;
    QProgressBar* m_progress;
};

} // namespace podglass::shell
