// SPDX-License-Identifier: GPL-3.0-or-later
// Icons of our own: SVGs of one colour ("currentColor"), drawn in the text colour of the
// application's palette at paint time, so they follow a change of scheme by themselves.
#pragma once

#include "ui/theme/colors.h"

#include <QFont>
#include <QIcon>

namespace podglass::theme {

// `name` is a file of resources/icons without ".svg"; an unknown name gives an empty icon.
QIcon icon(const QString& name);
// The same in a state colour.
QIcon icon(const QString& name, Role role);

// The many-coloured icon of the application.
QIcon applicationIcon();

QFont monospace();

} // namespace podglass::theme
