// SPDX-License-Identifier: Apache-2.0
#include "core/base/result.h"

#include <system_error>

namespace podglass::base {

std::string Error::text() const
{
    // What failed stands in the first line of `what`, why in those below it, where there are any.
    std::string said = what;
    for (std::size_t end = said.find('\n'); end != std::string::npos; end = said.find('\n', end))
        said.replace(end, 1, ": ");
    std::string line = where.empty() ? said : where + ": " + said;
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
