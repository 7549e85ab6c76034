// SPDX-License-Identifier: Apache-2.0
// --list-targets: the targets of this host as plain text, one paragraph each.
#pragma once

#include <string>

namespace podglass::app {

// Control characters of names are shown as '?', so that no process name drives the terminal.
std::string targetListText();

} // namespace podglass::app
