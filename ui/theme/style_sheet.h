// SPDX-License-Identifier: GPL-3.0-or-later
// The look beyond the palette, as one Qt style sheet. Widgets take part by dynamic properties:
//   kind = "primary" | "danger" | "flat" | "link"     on QPushButton and QToolButton
//   segment = "first" | "middle" | "last"             on checkable QToolButton of a segmented
//   control tone = "muted" | "title" | "heading" | "steal" | "loss" | "success" | "warning"   on
//   QLabel surface = "panel" | "card" | "steal" | "loss" | "info" | "warning"   on QFrame and
//   QWidget fieldState = "valid" | "warning" | "invalid"      on QLineEdit
//   outcome = "success" | "redirect" | "warning" | "failure"   on QLabel
// Call restyle() after changing one of them on a shown widget.
#pragma once

#include "ui/theme/colors.h"

#include <QString>

class QWidget;

namespace podglass::theme {

QString styleSheetFor(Scheme scheme);

// Sets a dynamic property and has the style look again.
void restyle(QWidget* widget, const char* property, const QString& value);

} // namespace podglass::theme
