// SPDX-License-Identifier: GPL-3.0-or-later
// Words of others, and errors, as the window shows them: escaped, as sentences, headline and rest
// apart. Pure.
#pragma once

#include "core/base/result.h"

#include <string>

#include <QString>

namespace podglass::shell {

// What another program said, on one line, with nothing in it that is not to be seen.
QString safe(const std::string& text);
// Errors are written to stand inside a sentence.
QString sentence(const std::string& text);
// The first line of `what`: what failed. Below it stands why.
std::string headline(const base::Error& error);
// Why, where, and what to do: the second line of a notice.
QString rest(const base::Error& error);

} // namespace podglass::shell
