// SPDX-License-Identifier: Apache-2.0
// What a store holds as lines to read, for podglassctl: each exchange and connection with the
// messages that flow inside it, and where something is missing. Pure; any thread that owns the
// store.
#pragma once

#include "core/store/messages.h"

#include <functional>

namespace podglass::exporting {

// "  > 12:03:10.204  message  17 B  1: "4711""; times count from `start`.
std::string toText(const store::MessageItem& item, base::Timestamp start);

// One call a line: every row in order, its messages behind it.
void writeMessages(const store::Store& store, const std::function<void(const std::string&)>& line);

} // namespace podglass::exporting
