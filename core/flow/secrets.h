// SPDX-License-Identifier: Apache-2.0
// Which header fields hold secrets: their values are masked wherever traffic is shown, copied or
// exported, until somebody asks for them.
#pragma once

#include <string_view>

namespace podglass::flow {

// Compares without case.
bool carriesSecret(std::string_view fieldName);

} // namespace podglass::flow
