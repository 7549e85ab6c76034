// SPDX-License-Identifier: GPL-3.0-or-later
// A failure in four parts: what failed, where, why (the words of who failed), what to do; what was
// tried are the steps above it. Retry, or another way that may help. Thread: the window's.
#pragma once

#include "core/base/result.h"

#include <QFrame>

class QLabel;
class QPushButton;

namespace podglass::connect {

class ErrorCard : public QFrame
{
    Q_OBJECT

public:
    explicit ErrorCard(QWidget* parent = nullptr);

    // `offer`: the text of a button for another way; empty: none.
    void show(const base::Error& error, const QString& offer = {});
    void setTried(const QString& steps);

    using QWidget::show;

signals:
    void retryWanted();
    void backWanted();
    void offerTaken();

private:
    QLabel* m_what = nullptr;
    QLabel* m_where = nullptr;
    QLabel* m_why = nullptr;
    QLabel* m_advice = nullptr;
    QPushButton* m_retry = nullptr;
    QPushButton* m_copy = nullptr;
    QPushButton* m_back = nullptr;
    QPushButton* m_offer = nullptr;
    QString m_tried;
};

} // namespace podglass::connect
