// SPDX-License-Identifier: Apache-2.0
// The filter as the user built it: a tree of rules and groups. One AST serves the steal filter (at
// the agent), the view filter, the live preview and podglassctl; evaluate.h gives its meaning.
// Values; equality is by content (filters are interned by content, never by address).
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace podglass::filter {

enum class Field : std::uint8_t
{
    Method,
    Path,   // request-target up to '?'
    Query,  // named parameter
    Header, // named; names compare without case
    Host,   // Host or :authority
    Source, // client address, "10.0.0.0/8" with InNetwork
    Port,   // server port
    // View filter only; a steal filter with one of these is refused:
    Status,
    Duration, // milliseconds, first byte of the request to last byte of the response
    Size,     // response body bytes
    Mode,     // "mirror", "stolen", "passed", "file"
};

enum class Operator : std::uint8_t
{
    Is,
    IsNot, // present and different
    Contains,
    NotContains, // present and does not contain
    StartsWith,
    EndsWith,
    Matches, // RE2, unanchored
    Exists,
    Absent,
    Less, // numbers
    Greater,
    InNetwork,
};

struct Rule
{
    Field field = Field::Path;
    std::string name; // Header and Query only
    Operator op = Operator::Is;
    std::string value;
    bool caseSensitive = false;
    bool enabled = true;

    bool operator==(const Rule&) const = default;
};

enum class GroupKind : std::uint8_t
{
    All,
    Any,
    Not, // true when none of the children is
};

struct Node;

struct Group
{
    GroupKind kind = GroupKind::All;
    std::vector<Node> children; // none, or none enabled: as if the group were not there
    bool enabled = true;

    bool operator==(const Group& other) const; // written out: defaulted, clang 14 crashes on it
};

struct Node
{
    std::variant<Rule, Group> item;

    bool operator==(const Node& other) const;
};

// The whole filter is one group; an empty one matches everything.
using Filter = Group;

} // namespace podglass::filter
