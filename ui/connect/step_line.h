// SPDX-License-Identifier: GPL-3.0-or-later
// One line of StepList.
#pragma once

#include "core/session/update.h"

#include <QWidget>

class QLabel;
class QToolButton;

namespace podglass::theme {
class IconLabel;
}

namespace podglass::connect {

class StepLine : public QWidget
{
    Q_OBJECT

public:
    explicit StepLine(QWidget* parent = nullptr);

    void show(const session::Step& step);
    [[nodiscard]] QString text() const;

    using QWidget::show;

private:
    theme::IconLabel* m_icon = nullptr;
    QLabel* m_text = nullptr;
    QLabel* m_time = nullptr;
    QLabel* m_detail = nullptr;
    QToolButton* m_more = nullptr;
    QString m_state;
};

} // namespace podglass::connect
