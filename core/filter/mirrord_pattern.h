// SPDX-License-Identifier: Apache-2.0
// One regular expression of a mirrord filter as rules. Private to core/filter.
#pragma once

#include "core/filter/filter.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace podglass::filter {

// Takes a pattern that mirrord tries on each "Name: value" line. Nothing: it cannot be said here;
// the last of `notes` tells why.
std::optional<Node> fromHeaderPattern(std::string_view pattern, std::vector<std::string>& notes);

// Takes a pattern that mirrord tries on the path, then on path and query.
std::optional<Node> fromPathPattern(std::string_view pattern, std::vector<std::string>& notes);

} // namespace podglass::filter
