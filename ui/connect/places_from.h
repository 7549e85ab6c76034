// SPDX-License-Identifier: GPL-3.0-or-later
// Places out of what an agent lists. Pure.
#pragma once

#include "core/wire/message.h"

#include "ui/connect/place.h"

#include <string>
#include <vector>

namespace podglass::connect {

// `host` as the agent calls itself: the source of all of them.
std::vector<Place> placesOf(const wire::TargetList& list, const std::string& host);

} // namespace podglass::connect
