// SPDX-License-Identifier: Apache-2.0
// OwnedSubject: a request to try a filter on, from an HTTP head or from a line of JSON.
#pragma once

#include "core/base/result.h"
#include "core/filter/evaluate.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace podglass::ctl {

class OwnedSubject
{
public:
    // An HTTP/1 request head, line ends CRLF or LF; an absent empty line is supplied.
    static base::Result<OwnedSubject> fromHttp(std::string_view text);

    // {"method", "target", "headers": {name: value} or [[name, value], …], "source": "IP:PORT",
    //  "port", "status", "duration_ms", "size", "mode"}; all may be left out.
    static base::Result<OwnedSubject> fromJson(std::string_view line);

    // Borrows from this object.
    [[nodiscard]] filter::Subject subject() const;

private:
    std::string m_method;
    std::string m_target;
    std::string m_mode;
    std::vector<std::pair<std::string, std::string>> m_fields;
    mutable std::vector<flow::HeaderField> m_views;
    filter::Subject m_facts; // what is no text
};

} // namespace podglass::ctl
