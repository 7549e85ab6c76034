// SPDX-License-Identifier: Apache-2.0
// The words that comments of recorded packets are made of, and what frames a chunk. Pure.
#pragma once

#include "core/flow/event.h"

#include <string>

namespace podglass::files {

std::string bytesText(std::uint64_t count, const char* side); // "12 bytes to the server"
const char* kindText(flow::GapKind kind);
const char* sideText(flow::Direction direction);
const char* placeText(flow::LossPlace place);
std::string chunkHead(std::uint64_t length); // RFC 9112 7.1

} // namespace podglass::files
