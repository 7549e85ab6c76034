// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers and bytes as people read them, by the user's locale. Pure functions; no widget formats by
// itself.
#pragma once

#include "core/base/time.h"

#include <cstdint>
#include <string_view>

#include <QString>

namespace podglass::models {

// "12,431"
QString count(std::uint64_t number);
// "812 B", "1.2 kB", "3.1 MB" (powers of 1000, as the SI says)
QString bytes(std::uint64_t number);
// "0.4 ms", "12 ms", "1.25 s"
QString duration(std::uint64_t microseconds);
// "12:03:10.204", local time
QString clock(base::Timestamp at);
// "21 Nov 2026 12:03:10.204"
QString dateAndClock(base::Timestamp at);

// Text of a peer, safe to show: bytes that are no UTF-8 become U+FFFD; control characters get their
// symbols (U+2400…); characters that change the direction of text (U+202A…) become "\u{202E}".
// With `lines`, line feeds and tabs stay.
QString visible(std::string_view peerText, bool lines = false);

} // namespace podglass::models
