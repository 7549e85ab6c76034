// SPDX-License-Identifier: Apache-2.0
#include "core/filter/text_place.h"

namespace podglass::filter {

namespace {

// Counts rules in the order of the tree, which is the order of the text.
std::size_t rulesIn(const Node& node)
{
    const auto* group = std::get_if<Group>(&node.item);
    if (group == nullptr)
        return 1;
    std::size_t count = 0;
    for (const Node& child : group->children)
        count += rulesIn(child);
    return count;
}

std::size_t rulesBefore(const Group& filter, const std::vector<std::size_t>& path)
{
    const Group* group = &filter;
    std::size_t count = 0;
    for (const std::size_t index : path) {
        for (std::size_t i = 0; i < index; ++i)
            count += rulesIn(group->children[i]);
        if (const auto* inner = std::get_if<Group>(&group->children[index].item))
            group = inner;
    }
    return count;
}

} // namespace

TextError placed(const Problem& problem, const Filter& filter, const std::vector<RuleSpan>& spans)
{
    TextError error;
    error.message = problem.message;
    if (!problem.advice.empty())
        error.message += "; " + problem.advice;
    const std::size_t index = rulesBefore(filter, problem.path);
    if (index >= spans.size())
        return error;
    const RuleSpan& rule = spans[index];
    const Span& part = rule.of(problem.part);
    error.position = part.begin;
    error.length = part.end - part.begin;
    if (problem.ofPattern && problem.position + problem.length < rule.origins.size()) {
        error.position = rule.origins[problem.position];
        error.length = rule.origins[problem.position + problem.length] - error.position;
    }
    return error;
}

} // namespace podglass::filter
