// SPDX-License-Identifier: Apache-2.0
// What each field and operator is called and which go together. One table for the text form, the
// compiler and the editor.
#pragma once

#include "core/filter/filter.h"

#include <array>
#include <cstddef>
#include <string_view>

namespace podglass::filter {

inline constexpr std::size_t fieldCount = 11;
inline constexpr std::size_t operatorCount = 12;

// The words of the text form: "header", "does not contain".
std::string_view fieldName(Field field);
std::string_view operatorName(Operator op);

bool takesName(Field field);      // Header, Query
bool takesValue(Operator op);     // all but Exists and Absent
bool isTextOperator(Operator op); // compares text, so that case matters
bool isNumeric(Field field);      // Port, Status, Duration, Size
bool isViewOnly(Field field);     // refused in a steal filter
bool isNegative(Operator op);     // IsNot, NotContains

// Whether the compiler takes the two together.
bool fits(Field field, Operator op);

} // namespace podglass::filter
