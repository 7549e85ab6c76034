// SPDX-License-Identifier: Apache-2.0
// Meaning of a filter. One evaluator for the agent, the preview, the view and podglassctl, so the
// preview cannot lie. Compile once per content (see Cache), evaluate per request; time is linear in
// the head (RE2). Thread: a CompiledFilter is immutable and may be shared.
#pragma once

#include "core/base/result.h"
#include "core/filter/filter.h"
#include "core/flow/event.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace podglass::filter {

// What a filter looks at; borrowed for the call. Response facts are absent at the agent.
struct Subject
{
    std::string_view method;
    std::string_view target;
    std::span<const flow::HeaderField> fields;
    flow::Endpoint source;
    std::uint16_t port = 0;
    std::optional<std::uint16_t> status;
    std::optional<std::uint64_t> durationMilliseconds;
    std::optional<std::uint64_t> size;
    std::string_view mode;
};

// One line of an explanation, in the order of the tree.
struct Verdict
{
    std::vector<std::size_t> path; // child indices from the root
    bool met = false;
    bool enabled = true;
    std::string text; // "x-user-id is \"qa-7\": it is \"qa-70\""
};

enum class Use : std::uint8_t
{
    Steal, // request head fields only
    View,  // all fields
};

class CompiledFilter
{
public:
    // Errors name the rule (path in words), the position in a pattern and plain words why.
    static base::Result<std::shared_ptr<const CompiledFilter>> compile(const Filter& filter,
                                                                       Use use);

    CompiledFilter(const CompiledFilter&) = delete;
    CompiledFilter& operator=(const CompiledFilter&) = delete;
    ~CompiledFilter();

    [[nodiscard]] bool matches(const Subject& subject) const;
    [[nodiscard]] std::vector<Verdict> explain(const Subject& subject) const;
    [[nodiscard]] const Filter& source() const;
    [[nodiscard]] bool matchesEverything() const; // no enabled rule

private:
    struct Program;
    explicit CompiledFilter(std::unique_ptr<const Program> program);
    std::unique_ptr<const Program> m_program;
};

} // namespace podglass::filter
