// SPDX-License-Identifier: GPL-3.0-or-later
// Search as you type: the letters of a word must occur in the text in order. Letters next to each
// other and at the start of a word count more. Both in lower case, UTF-8. Thread: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace podglass::connect {

// 0: no match; the higher the better. An empty word matches nothing.
int fuzzyScore(std::string_view word, std::string_view text);

// Case folded as Unicode says; quick for plain ASCII.
std::string lowered(std::string_view text);

} // namespace podglass::connect
