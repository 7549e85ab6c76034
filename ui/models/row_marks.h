// SPDX-License-Identifier: GPL-3.0-or-later
// What is missing or odd, in words: rows that stand for a loss, the tags behind a request's path,
// and the sums of the status line. Pure functions.
#pragma once

#include "core/store/store.h"

#include <QString>
#include <QStringList>

namespace podglass::models {

// What a Gap, Conflict, Lost or Break row says over its whole width; empty for requests.
QString lossText(const store::Store& store, const store::Row& row);

// A word or two each, the worst first: "part missing", "reset", "joined late". None: all is well.
QStringList tagsOf(const store::Store& store, const store::Row& row);

// "Lost 214 (agent 200, kernel 14)"; "Lost 0"
QString lossSummary(const store::Losses& losses);

// "Missing 4.2 kB in 3 places, 1 conflict"; empty: nothing is. What capture did not see, or saw
// twice with different content.
QString missingSummary(const store::Losses& losses);

} // namespace podglass::models
