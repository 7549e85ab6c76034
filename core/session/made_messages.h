// SPDX-License-Identifier: Apache-2.0
// Messages that are written here: fixed answers, and requests that a person has edited. Pure
// functions but for the file of a fixed answer. Source: RFC 9112 2 to 6.
#pragma once

#include "core/base/result.h"
#include "core/session/taker.h"

#include <string>
#include <string_view>

namespace podglass::session {

// What stands in the way of sending these fields as they are; empty: nothing.
std::string fieldProblem(const std::vector<std::pair<std::string, std::string>>& fields);

// The whole answer; an error names the file that cannot be read. Content-Length is ours.
base::Result<std::string> fixedAnswer(const Taker& taker, std::string_view requestMethod);

// The request with its length put right; an error says which line is no field.
base::Result<std::string> editedRequest(std::string_view head, std::string_view body);

// "GET" of "GET /x HTTP/1.1"; empty if there is none.
std::string_view methodOf(std::string_view head);

} // namespace podglass::session
