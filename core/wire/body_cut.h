// SPDX-License-Identifier: Apache-2.0
// A client's own body limit, applied to frames that were encoded once for all clients: the part of
// a BodyData beyond the limit is cut off, and MessageEnd says how much that was in all.
// Pure. Frames must be whole and of our own making (the agent's encoder).
#pragma once

#include "core/bytes/view.h"
#include "core/flow/event.h"

#include <array>
#include <cstdint>
#include <vector>

namespace podglass::wire {

using BodyLimits = std::array<std::uint64_t, 2>; // bytes of each body, per flow::Direction

// Of a BodyData frame: how many of its data bytes lie beyond the limit.
std::uint64_t bodyBytesBeyond(bytes::ByteView frame, const BodyLimits& limits);

// Replaces `out` by a BodyData frame without its last `cut` data bytes.
void cutBodyData(bytes::ByteView frame, std::uint64_t cut, std::vector<std::uint8_t>& out);

// A MessageEnd frame. True: `out` holds it with the withheld bytes of this client; false: the frame
// is right as it is.
bool adjustMessageEnd(bytes::ByteView frame,
                      const BodyLimits& limits,
                      std::vector<std::uint8_t>& out);

} // namespace podglass::wire
