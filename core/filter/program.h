// SPDX-License-Identifier: Apache-2.0
// What a filter is compiled to: the live nodes of its tree in one vector, parents before children,
// each knowing where its subtree ends. Private to core/filter.
#pragma once

#include "core/filter/rule_program.h"

#include <limits>
#include <vector>

namespace podglass::filter {

struct Step
{
    static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

    std::size_t rule = none; // index into Program::rules; none: a group
    std::size_t end = 0;     // first step behind the subtree
    std::size_t parent = 0;
    std::size_t children = 0; // live ones
    GroupKind kind = GroupKind::All;
    std::vector<std::size_t> path; // in the source tree
};

struct CompiledFilter::Program
{
    Filter source;
    std::vector<Step> steps;
    std::vector<RuleProgram> rules;

    [[nodiscard]] bool run(std::size_t i, const Subject& subject) const;
};

} // namespace podglass::filter
