// SPDX-License-Identifier: GPL-3.0-or-later
// Theme: dresses the application: Fusion, one of two palettes, one style sheet made from the table
// of colours. Made once by main, before the first window. Thread: the window's.
#pragma once

#include "ui/theme/colors.h"
#include "ui/theme/system_scheme.h"

#include <QObject>

class QApplication;

namespace podglass::theme {

// Distances in device-independent pixels; layouts use these and nothing else.
inline constexpr int gapSmall = 4;
inline constexpr int gap = 8;
inline constexpr int gapLarge = 16;

enum class Choice
{
    System,
    Light,
    Dark
};

class Theme : public QObject
{
    Q_OBJECT

public:
    explicit Theme(QApplication& application);

    [[nodiscard]] Choice choice() const { return m_choice; }

    void setChoice(Choice choice);

    [[nodiscard]] Scheme scheme() const;

signals:
    // After palette and style sheet are in force; most widgets need not care (colors.h).
    void changed();

private:
    void apply();

    QApplication& m_application;
    SystemScheme m_system;
    Choice m_choice = Choice::System;
    bool m_applied = false;
    Scheme m_shown = Scheme::Light;
};

} // namespace podglass::theme
