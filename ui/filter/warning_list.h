// SPDX-License-Identifier: GPL-3.0-or-later
// The warnings of the editor, one line each: icon, text, button.
#pragma once

#include "ui/filter/warnings.h"

#include <QWidget>

class QVBoxLayout;

namespace podglass::ui {

class WarningList : public QWidget
{
    Q_OBJECT

public:
    explicit WarningList(QWidget* parent = nullptr);

    void show(std::vector<Warning> warnings);

    [[nodiscard]] const std::vector<Warning>& warnings() const { return m_warnings; }

signals:
    void fixWanted(const podglass::ui::Warning& warning);
    void focusWanted(const podglass::ui::Path& path);

private:
    QWidget* makeLine(const Warning& warning);

    std::vector<Warning> m_warnings;
    QVBoxLayout* m_lines;
};

} // namespace podglass::ui
