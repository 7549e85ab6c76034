// SPDX-License-Identifier: Apache-2.0
// The secret shared with an agent that listens: a file that only its owner may read.
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace podglass::session {

base::Result<std::vector<std::uint8_t>> readSecret(const std::string& path);

} // namespace podglass::session
