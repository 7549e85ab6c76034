// SPDX-License-Identifier: GPL-3.0-or-later
// Search as you type: each word of the query must occur in the text, as letters in order, case
// aside. Letters next to each other and at the start of a word count more. Thread: pure function.
#pragma once

#include <QString>

namespace podglass::connect {

// 0: no match; the higher the better. An empty query matches everything alike.
int fuzzyScore(const QString& query, const QString& text);

} // namespace podglass::connect
