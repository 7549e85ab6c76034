// SPDX-License-Identifier: Apache-2.0
// The parts of a request-target (RFC 9112 3.2: origin, absolute, authority and asterisk form).
// Views into the target; nothing is decoded but by percentDecode().
#pragma once

#include <string>
#include <string_view>

namespace podglass::filter {

struct TargetParts
{
    std::string_view path;      // up to '?'; "/" for "http://host"; the whole of "host:443" and "*"
    std::string_view query;     // after '?'
    std::string_view authority; // absolute form without user information; else empty
};

TargetParts splitTarget(std::string_view target);

// "shop:8080" -> "shop", "[::1]:80" -> "[::1]".
std::string_view withoutPort(std::string_view host);

// %XX and '+' (a blank in query strings); broken escapes stay as they are.
std::string percentDecode(std::string_view text);

// Calls use(name, value) for each parameter, both decoded, until it returns true.
template <typename Use>
void forEachParameter(std::string_view query, Use use)
{
    const auto decoded = [](std::string_view text, std::string& room) -> std::string_view {
        if (text.find_first_of("%+") == std::string_view::npos)
            return text;
        room = percentDecode(text);
        return room;
    };
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(pair.size() < query.size() ? pair.size() + 1 : pair.size());
        if (pair.empty())
            continue;
        const std::size_t equals = pair.find('=');
        std::string nameRoom;
        std::string valueRoom;
        const std::string_view name = decoded(pair.substr(0, equals), nameRoom);
        const std::string_view value = equals == std::string_view::npos
                                           ? std::string_view{}
                                           : decoded(pair.substr(equals + 1), valueRoom);
        if (use(name, value))
            return;
    }
}

} // namespace podglass::filter
