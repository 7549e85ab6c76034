// SPDX-License-Identifier: GPL-3.0-or-later
// A failure in four parts: what failed, where, what was tried (the steps above it), what to do;
// and Retry. Thread: the window's.
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

    void show(const base::Error& error);
    void setTried(const QString& steps);

    using QWidget::show;

signals:
    void retryWanted();
    void backWanted();

private:
    QLabel* m_what = nullptr;
    QLabel* m_where = nullptr;
    QLabel* m_advice = nullptr;
    QPushButton* m_retry = nullptr;
    QPushButton* m_copy = nullptr;
    QPushButton* m_back = nullptr;
    QString m_tried;
};

} // namespace podglass::connect
