// SPDX-License-Identifier: GPL-3.0-or-later
// Words for places. Everything that a host or a cluster said goes through shownText. Pure.
#pragma once

#include "ui/connect/place.h"

#include <string_view>

#include <QString>

namespace podglass::connect {

// Control characters, marks that turn the direction and letters without width become visible.
QString shownText(std::string_view text);

QString groupName(PlaceGroup group);
// "8080 http, 9404"
QString portsText(const Place& place);
// "3/3 ready · 4 restarts · 12 d"; `now` in seconds since the epoch.
QString statusText(const Place& place, std::int64_t now);

} // namespace podglass::connect
