// SPDX-License-Identifier: GPL-3.0-or-later
// Fields, operators and groups as the editor calls them, translated.
#pragma once

#include "core/filter/evaluate.h"

#include <vector>

#include <QString>

namespace podglass::ui {

QString fieldLabel(filter::Field field);
QString operatorLabel(filter::Operator op);
QString operatorTip(filter::Operator op);
QString groupLabel(filter::GroupKind kind);
QString namePlaceholder(filter::Field field);
QString valuePlaceholder(filter::Field field, filter::Operator op);

// In the order of the list; regular expressions last.
std::vector<filter::Field> fieldsFor(filter::Use use);
std::vector<filter::Operator> operatorsFor(filter::Field field);

} // namespace podglass::ui
