// SPDX-License-Identifier: Apache-2.0
// The packet rules of a target as plain text, the same in the window and on the terminal.
// Thread: any.
#pragma once

#include "core/wire/message.h"

#include <string>
#include <string_view>

namespace podglass::exporting {

// Lines, the last one ended; what others chose as names is not escaped (printable()).
std::string rulesText(const wire::Rules& rules, std::string_view target);

} // namespace podglass::exporting
