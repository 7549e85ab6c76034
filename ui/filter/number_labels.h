// SPDX-License-Identifier: GPL-3.0-or-later
// The two numbers at the right of a row: how many it matches, and what it does to the whole.
#pragma once

#include "core/filter/evaluate.h"

#include <QLabel>

namespace podglass::ui {

inline constexpr int numberWidth = 66;

QLabel* makeNumberLabel(QWidget* parent);

// count null: blank. Stale numbers belong to an older state of the filter and are dimmed.
void showNumbers(QLabel* matches, QLabel* effect, const filter::Count* count, bool stale);

} // namespace podglass::ui
