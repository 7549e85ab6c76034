// SPDX-License-Identifier: GPL-3.0-or-later
// The log of a connection on its way: one line a step, updated in place. State is an icon and a
// word for screen readers, never colour alone; details open on request and can be copied.
// Thread: the window's.
#pragma once

#include "core/session/update.h"

#include <map>

#include <QScrollArea>

class QVBoxLayout;

namespace podglass::connect {

class StepLine;

class StepList : public QScrollArea
{
    Q_OBJECT

public:
    explicit StepList(QWidget* parent = nullptr);

    void show(const session::Step& step);
    void clear();
    [[nodiscard]] QString text() const; // all lines, for the clipboard

    using QWidget::show;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    std::map<std::uint32_t, StepLine*> m_lines;
    QVBoxLayout* m_layout = nullptr;
};

} // namespace podglass::connect
