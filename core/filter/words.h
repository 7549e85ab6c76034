// SPDX-License-Identifier: Apache-2.0
// A rule and the values it looks at, in words; English, as the text form is.
#pragma once

#include "core/filter/filter.h"

#include <string>
#include <string_view>

namespace podglass::filter {

// x-user-id is "qa-7"
std::string ruleText(const Rule& rule);

// In double quotes; what cannot be shown is escaped, more than 80 bytes are cut.
std::string shownValue(std::string_view value);

} // namespace podglass::filter
