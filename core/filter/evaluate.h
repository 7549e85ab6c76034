// SPDX-License-Identifier: Apache-2.0
// Meaning of a filter. One evaluator for the agent, the preview, the view and podglassctl, so the
// preview cannot lie. Compile once per content (see cache.h), evaluate per request; time is linear
// in the head (RE2). Thread: a CompiledFilter is immutable and may be shared.
//
// Meaning, where it is not obvious:
//  - A rule looks at every value there is (several header fields of one name, a repeated query
//    parameter) and holds when any of them satisfies it. IsNot and NotContains hold when there is
//    at least one value and none of them equals (contains) the text; to take requests without the
//    header too, put Is (Contains) into a NOT group.
//  - Header names compare without case, query parameter names with case; values as the rule says.
//  - Host is tried with and without its port; the absolute form of the target wins over the Host
//    field (RFC 9112 3.2.2).
//  - Query values are percent-decoded ('+' is a blank), paths are taken as sent.
//  - Disabled rules and groups, and groups without an enabled rule, are as good as not there.
#pragma once

#include "core/base/result.h"
#include "core/filter/filter.h"
#include "core/flow/event.h"

#include <memory>
#include <optional>
#include <span>
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

// What of a rule a problem is about.
enum class RulePart : std::uint8_t
{
    All,
    Field,
    Name,
    Operator,
    Value,
};

// Why a rule cannot be used.
struct Problem
{
    std::vector<std::size_t> path;
    std::string rule;    // in words
    std::string message; // what is wrong
    std::string advice;  // what to do; may be empty
    RulePart part = RulePart::All;
    bool ofPattern = false; // position and length are valid: bytes into Rule::value
    std::size_t position = 0;
    std::size_t length = 0;
};

// Everything that compile() would refuse, in the order of the tree; for editors.
std::vector<Problem> problems(const Filter& filter, Use use);

// What a rule contributes, over as many requests as were given to CompiledFilter::tally().
struct Count
{
    std::vector<std::size_t> path;
    std::uint64_t met = 0;   // it holds by itself
    std::int64_t effect = 0; // matches of the filter with it, minus those without it
};

struct Tally
{
    std::uint64_t subjects = 0;
    std::uint64_t matched = 0;
    std::vector<Count> counts; // enabled rules and groups, in the order of the tree
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
    // Evaluates every rule, without short cuts; returns matches(subject).
    bool tally(const Subject& subject, Tally& tally) const;
    [[nodiscard]] const Filter& source() const;
    [[nodiscard]] bool matchesEverything() const; // no enabled rule

private:
    struct Program;
    explicit CompiledFilter(std::unique_ptr<const Program> program);
    std::unique_ptr<const Program> m_program;
};

} // namespace podglass::filter
