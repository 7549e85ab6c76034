// SPDX-License-Identifier: Apache-2.0
// Base64 (RFC 4648 4), for bytes inside JSON.
#pragma once

#include "core/bytes/view.h"

#include <string>

namespace podglass::exporting {

std::string base64(bytes::ByteView bytes);

} // namespace podglass::exporting
