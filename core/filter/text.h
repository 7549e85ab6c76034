// SPDX-License-Identifier: Apache-2.0
// The text form of a filter: parse(print(f)) == f. It is what SetPort carries, what the filter bar
// shows and what files hold. Grammar, by example:
//   method is "POST" and path starts with "/cart" and not (header "user-agent" contains
//   "kube-probe") header "x-user-id" is "qa-7" or header "x-debug" exists status > 499 and duration
//   > 250 path matches /^\/v[0-9]+\// and all (…) and any (…) and none (…)
// A trailing `cs` on a rule compares with case; a leading `off` disables a rule or group.
#pragma once

#include "core/base/result.h"
#include "core/filter/filter.h"

#include <string>
#include <string_view>

namespace podglass::filter {

// Where a text is wrong: bytes [position, position + length) and plain words.
struct TextError
{
    std::size_t position = 0;
    std::size_t length = 0;
    std::string message;
};

std::variant<Filter, TextError> parse(std::string_view text);

std::string print(const Filter& filter);

// "requests under /cart by user qa-7 that are POST or carry x-debug, but never health probes"
std::string inWords(const Filter& filter);

} // namespace podglass::filter
