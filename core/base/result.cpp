// SPDX-License-Identifier: Apache-2.0
#include "core/base/result.h"

#include <system_error>

namespace podglass::base {

std::string Error::text() const
{
    std::string line = where.empty() ? what : where + ": " + what;
    if (!advice.empty())
        line += " (" + advice + ")";
    return line;
}

Error systemError(int number, std::string where, std::string advice)
{
    return {.what = std::generic_category().message(number),
            .where = std::move(where),
            .advice = std::move(advice)};
}

} // namespace podglass::base
