// SPDX-License-Identifier: GPL-3.0-or-later
// The one table of colours. Nothing else in the window names a colour by value, so one test can
// hold every text to a contrast of 4.5:1 and every mark to 3:1 (WCAG 2.1, 1.4.3 and 1.4.11).
// Widgets ask with their own palette, color(palette(), Role::Loss), and so follow a change of
// scheme with nothing but a repaint. Thread: pure functions.
#pragma once

#include <array>

#include <QColor>
#include <QPalette>

namespace podglass::theme {

enum class Scheme
{
    Light,
    Dark
};

enum class Role
{
    // Surfaces, from the back to the front.
    Window,
    Panel, // toolbars, headers of tables
    Base,  // lists, text
    Alternate,
    Hover,
    Selection, // behind a selected row; every text colour is readable on it
    SelectionInactive,
    Border,
    // Text.
    Text,
    Muted,
    Accent,
    AccentFill, // behind AccentText
    AccentText,
    // States; each is readable as text on Window, Panel, Base, Alternate, Selection and its fill.
    Neutral,  // 1xx, no status yet
    Success,  // 2xx
    Redirect, // 3xx
    Warning,  // 4xx
    Failure,  // 5xx
    Steal,
    Loss,
    // Fills behind the states.
    SuccessFill,
    InfoFill,
    WarningFill,
    FailureFill,
    StealFill,
    LossFill,
    StealEdge, // frames and the line under the toolbar: a mark, not text
    // Series of charts, 3:1 against Base.
    Series1,
    Series2,
    Series3,
    Series4,
    Series5,
    Series6,
};

inline constexpr std::array seriesRoles{
    Role::Series1, Role::Series2, Role::Series3, Role::Series4, Role::Series5, Role::Series6};

QColor color(Scheme scheme, Role role);
QColor color(const QPalette& palette, Role role);

// The palette for QApplication.
QPalette paletteFor(Scheme scheme);
// By the lightness of the window colour.
Scheme schemeOf(const QPalette& palette);

// The state colour of an HTTP status; 0 (no answer yet) is Neutral.
Role statusRole(int status);

// WCAG 2.1 contrast ratio, 1 to 21.
double contrast(const QColor& a, const QColor& b);

} // namespace podglass::theme
