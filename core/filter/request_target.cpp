// SPDX-License-Identifier: Apache-2.0
#include "core/filter/request_target.h"

#include "core/base/hex.h"

namespace podglass::filter {

TargetParts splitTarget(std::string_view target)
{
    TargetParts parts;
    std::string_view rest = target;
    const std::size_t question = target.find('?');
    const std::size_t scheme = target.find("://");
    // "/go?to=http://x" is origin form: the scheme must come first.
    if (!target.starts_with('/') && scheme != std::string_view::npos && scheme < question) {
        rest = target.substr(scheme + 3);
        parts.authority = rest.substr(0, rest.find_first_of("/?#"));
        rest.remove_prefix(parts.authority.size());
        const std::size_t user = parts.authority.rfind('@');
        if (user != std::string_view::npos)
            parts.authority.remove_prefix(user + 1);
    }
    rest = rest.substr(0, rest.find('#'));
    const std::size_t mark = rest.find('?');
    parts.path = rest.substr(0, mark);
    if (mark != std::string_view::npos)
        parts.query = rest.substr(mark + 1);
    if (parts.path.empty() && !parts.authority.empty())
        parts.path = "/";
    return parts;
}

std::string_view withoutPort(std::string_view host)
{
    const std::size_t colon = host.rfind(':');
    const std::size_t bracket = host.rfind(']');
    if (colon == std::string_view::npos || (bracket != std::string_view::npos && colon < bracket))
        return host;
    return host.substr(0, colon);
}

std::string percentDecode(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            if (const int byte = base::hexByte(text.substr(i + 1)); byte >= 0) {
                out.push_back(static_cast<char>(byte));
                i += 2;
                continue;
            }
        }
        out.push_back(text[i] == '+' ? ' ' : text[i]);
    }
    return out;
}

} // namespace podglass::filter
