// SPDX-License-Identifier: Apache-2.0
// The text form of a filter: parse(print(f)) == f, for every filter that sets no name, value or
// case where its field and operator have none. It is what SetPort carries, what the filter bar
// shows and what files hold.
//
//   filter  = [chain]                    nothing: matches everything
//   chain   = unary { "and" unary }, these joined by "or", which binds less
//   unary   = ["off"] ( rule | "(" chain ")" | "not" unary | group )
//   group   = ("all" | "any" | "none") "(" [chain { "," chain }] ")"
//   rule    = field operator [value] ["cs"]
//   field   = method | path | query NAME | header NAME | host | source | port
//           | status | duration | size | mode
//   value   = "quoted" with \" \\ \n \r \t \xHH, or a bare word; for `matches` also /pattern/,
//             where \/ is a slash
//
//   method is "POST" and path starts with "/cart" and not (header "user-agent" contains "kube")
//   header "x-user-id" is "qa-7" or header "x-debug" exists
//   status > 499 and duration > 250          source in "10.0.0.0/8"
//   path matches /^\/v[0-9]+\//
//
// `off` switches a rule or group off; `cs` compares with case; `not (a or b)` is the group of kind
// Not with the children a and b. Keywords are read without case.
#pragma once

#include "core/filter/evaluate.h"
#include "core/filter/filter.h"

#include <string>
#include <string_view>
#include <variant>

namespace podglass::filter {

// Where a text is wrong: bytes [position, position + length) and plain words.
struct TextError
{
    std::size_t position = 0;
    std::size_t length = 0;
    std::string message;
};

std::variant<Filter, TextError> parse(std::string_view text);

// Finds also what compile() would refuse, and says where in the text it stands.
std::variant<Filter, TextError> parseChecked(std::string_view text, Use use);

std::string print(const Filter& filter);

// "requests under /cart by user qa-7 that are POST or carry x-debug, but never health probes"
std::string inWords(const Filter& filter);

} // namespace podglass::filter
