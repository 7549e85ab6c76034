// SPDX-License-Identifier: Apache-2.0
// One rule, made ready to be tried on many requests. Immutable once made.
#pragma once

#include "core/filter/evaluate.h"
#include "core/filter/pattern.h"
#include "core/filter/request_target.h"

#include <algorithm>

namespace podglass::filter {

struct Network
{
    std::array<std::uint8_t, 16> address{};
    unsigned prefix = 128; // bits, of the mapped form for IPv4
};

struct RuleProgram
{
    Field field = Field::Path;
    Operator op = Operator::Is; // the positive form of IsNot, NotContains and Absent
    bool negated = false;
    bool caseSensitive = false;
    std::string name;
    std::string value; // lower case unless caseSensitive
    Pattern pattern;   // Matches, and Contains of a long text
    std::uint64_t number = 0;
    Network network;

    // Some value is there and satisfies it; for negated ones: there and none does.
    [[nodiscard]] bool holds(const Subject& subject) const;
};

std::variant<RuleProgram, Problem> makeProgram(const Rule& rule, Use use);

bool sameName(std::string_view a, std::string_view b); // ASCII, without case

// Calls see(value) for each text value the rule looks at, until it returns true.
template <typename See>
void forEachValue(Field field, std::string_view name, const Subject& subject, See see);

// -- how values are found ------------------------------------------------------------------------

template <typename See>
void forEachHost(const Subject& subject, See see)
{
    const auto both = [&see](std::string_view host) {
        const std::string_view bare = withoutPort(host);
        return see(host) || (bare.size() != host.size() && see(bare));
    };
    const std::string_view authority = splitTarget(subject.target).authority;
    if (!authority.empty()) {
        both(authority);
        return;
    }
    for (const flow::HeaderField& field : subject.fields) {
        if ((sameName(field.name, "host") || field.name == ":authority") && both(field.value))
            return;
    }
}

template <typename See>
void forEachValue(Field field, std::string_view name, const Subject& subject, See see)
{
    const auto number = [&see](const auto& value) {
        if (value)
            see(std::string_view(std::to_string(*value)));
    };
    switch (field) {
    case Field::Method:
        see(subject.method);
        return;
    case Field::Path:
        see(splitTarget(subject.target).path);
        return;
    case Field::Query:
        forEachParameter(splitTarget(subject.target).query,
                         [&](std::string_view key, std::string_view value) {
                             return key == name && see(value);
                         });
        return;
    case Field::Header:
        for (const flow::HeaderField& header : subject.fields) {
            if (sameName(header.name, name) && see(header.value))
                return;
        }
        return;
    case Field::Host:
        forEachHost(subject, see);
        return;
    case Field::Source:
        see(std::string_view(subject.source.addressText()));
        return;
    case Field::Port:
        see(std::string_view(std::to_string(subject.port)));
        return;
    case Field::Status:
        return number(subject.status);
    case Field::Duration:
        return number(subject.durationMilliseconds);
    case Field::Size:
        return number(subject.size);
    case Field::Mode:
        see(subject.mode);
        return;
    }
}

} // namespace podglass::filter
