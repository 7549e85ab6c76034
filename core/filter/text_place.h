// SPDX-License-Identifier: Apache-2.0
// Where a problem that the compiler found stands in the text of the filter. Private to core/filter.
#pragma once

#include "core/filter/text.h"

#include <vector>

namespace podglass::filter {

struct Span
{
    std::size_t begin = 0;
    std::size_t end = 0;
};

// Where a rule and its parts stand in the text, for errors that the compiler finds.
struct RuleSpan
{
    Span all;
    Span field;
    Span name;
    Span op;
    Span value;                       // with its quotes
    std::vector<std::size_t> origins; // of the value, see TextScanner::origins

    [[nodiscard]] const Span& of(RulePart part) const
    {
        switch (part) {
        case RulePart::Field:
            return field;
        case RulePart::Name:
            return name;
        case RulePart::Operator:
            return op;
        case RulePart::Value:
            return value;
        case RulePart::All:
            break;
        }
        return all;
    }
};

// `spans`: of all rules, in the order of the text.
TextError placed(const Problem& problem, const Filter& filter, const std::vector<RuleSpan>& spans);

} // namespace podglass::filter
