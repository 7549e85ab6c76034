// SPDX-License-Identifier: Apache-2.0
// Host patterns of ssh_config(5) and known_hosts: * ? and lists with !negation.
#pragma once

#include <string>
#include <string_view>

namespace podglass::targets {

std::string lowerCase(std::string_view text); // ASCII

// Linear in text times pattern; never exponential.
bool matchesPattern(std::string_view pattern, std::string_view text);

// True: some pattern matches and no negated one does.
bool matchesPatternList(std::string_view list, std::string_view text, char separator);

} // namespace podglass::targets
