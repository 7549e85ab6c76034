// SPDX-License-Identifier: Apache-2.0
// Reads a configuration file whole; a missing one is empty text, a huge one is an error.
#pragma once

#include "core/base/result.h"

#include <string>

namespace podglass::targets {

base::Result<std::string> readSmallFile(const std::string& path);

// "~/x" and "~" with the home directory of the user.
std::string expandHome(const std::string& path);
std::string homeDirectory();

} // namespace podglass::targets
