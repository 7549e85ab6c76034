// SPDX-License-Identifier: GPL-3.0-or-later
// Addresses used before, and those kept under a name, in the user's settings. Nothing secret can be
// among them: an address holds none, and filters and takers are not kept. Thread: the window's.
#pragma once

#include "core/session/address.h"

#include "ui/connect/start_places.h"

#include <optional>
#include <vector>

#include <QString>
#include <QStringList>

namespace podglass::shell {

// Named ones first, then those used before, the last one first.
std::vector<connect::SavedAddress> savedAddresses();
std::optional<connect::SavedAddress> savedAddress(const QString& name);
void rememberAddress(const session::Address& address);
void keepAddress(const QString& name, const session::Address& address, bool viewOnly);
// Targets used on this road, the last one first.
QStringList recentTargets(const session::Road& road);

} // namespace podglass::shell
