// SPDX-License-Identifier: Apache-2.0
#include "core/filter/mirrord_pattern.h"

#include "core/filter/pattern.h"

#include <utility>

namespace podglass::filter {

namespace {

// What a rule looks at.
struct Place
{
    Field field = Field::Path;
    std::string name;
};

bool isNameCharacter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'
           || c == '_';
}

bool take(std::string_view& text, std::string_view begin)
{
    if (!text.starts_with(begin))
        return false;
    text.remove_prefix(begin.size());
    return true;
}

// The length of the group that text begins with, its closing parenthesis included; 0: none.
std::size_t groupLength(std::string_view text)
{
    std::size_t depth = 0;
    bool inClass = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\\')
            ++i;
        else if (inClass)
            inClass = c != ']';
        else if (c == '[')
            inClass = true;
        else if (c == '(')
            ++depth;
        else if (c == ')' && --depth == 0)
            return i + 1;
    }
    return 0;
}

// The text that a pattern without any special meaning stands for.
std::optional<std::string> literal(std::string_view pattern)
{
    std::string text;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (std::string_view(".*+?()[]{}|^$").find(pattern[i]) != std::string_view::npos)
            return std::nullopt;
        if (pattern[i] == '\\') {
            ++i;
            const bool letter = i == pattern.size() || pattern[i] == '_'
                                || (isNameCharacter(pattern[i]) && pattern[i] != '-');
            if (letter) // \d and friends mean something
                return std::nullopt;
        }
        text += pattern[i];
    }
    return text;
}

// There is always a path; a header may be absent.
void anything(Rule& rule)
{
    const bool path = rule.field == Field::Path;
    rule.op = path ? Operator::StartsWith : Operator::Exists;
    rule.value = path ? "/" : "";
}

// Words instead of a pattern, where a plain comparison says the same.
Rule simplest(const Place& place, std::string_view pattern)
{
    Rule rule{place.field, place.name, Operator::Matches, std::string(pattern)};
    std::string_view body = pattern;
    bool start = take(body, "^");
    while (take(body, ".*"))
        start = false;
    bool end = false;
    if (body.ends_with('$') && !body.ends_with("\\$")) {
        end = true;
        body.remove_suffix(1);
    }
    while (body.ends_with(".*") && !body.ends_with("\\.*")) {
        end = false;
        body.remove_suffix(2);
    }
    auto text = literal(body);
    if (!text)
        return rule;
    rule.value = std::move(*text);
    if (start && end)
        rule.op = Operator::Is;
    else if (rule.value.empty()) // "^", ".*": anything
        anything(rule);
    else if (start)
        rule.op = Operator::StartsWith;
    else
        rule.op = end ? Operator::EndsWith : Operator::Contains;
    return rule;
}

std::optional<Node>
ruleNode(const Place& place, std::string_view pattern, std::vector<std::string>& notes)
{
    Rule rule = simplest(place, pattern);
    if (rule.op == Operator::Matches) {
        const auto made = compilePattern(rule.value, false);
        if (const auto* problem = std::get_if<PatternProblem>(&made)) {
            notes.push_back(problem->message + "; " + problem->advice);
            return std::nullopt;
        }
    }
    return Node{std::move(rule)};
}

// A value pattern that is tied to the start: "(?!X)rest" becomes not X, and rest.
std::optional<Node>
valueNode(const Place& place, std::string_view pattern, std::vector<std::string>& notes)
{
    Group group;
    while (pattern.starts_with("(?!")) {
        const std::size_t length = groupLength(pattern);
        if (length == 0) {
            notes.emplace_back("the \"(\" of the look-ahead is never closed");
            return std::nullopt;
        }
        const std::string inner = "^" + std::string(pattern.substr(3, length - 4));
        pattern.remove_prefix(length);
        auto unwanted = ruleNode(place, inner, notes);
        if (!unwanted)
            return std::nullopt;
        group.children.push_back(Node{Group{GroupKind::Not, {std::move(*unwanted)}}});
    }
    const bool anything = pattern.empty() || pattern == ".*" || pattern == ".*$";
    if (!anything || group.children.empty()) {
        auto wanted = ruleNode(place, "^" + std::string(pattern), notes);
        if (!wanted)
            return std::nullopt;
        group.children.insert(group.children.begin(), std::move(*wanted));
    } else if (place.field == Field::Header) {
        Rule exists{Field::Header, place.name, Operator::Exists, {}};
        group.children.insert(group.children.begin(), Node{std::move(exists)});
        notes.push_back("requests without " + place.name + " do not match, as in mirrord; remove \""
                        + place.name + " exists\" to take them too");
    }
    if (group.children.size() == 1)
        return std::move(group.children.front());
    return Node{std::move(group)};
}

std::string takeName(std::string_view& pattern)
{
    std::string name;
    while (!pattern.empty()) {
        if (pattern.starts_with("\\-"))
            pattern.remove_prefix(1);
        if (!isNameCharacter(pattern.front()))
            break;
        name += pattern.front();
        pattern.remove_prefix(1);
    }
    return name;
}

void skipSeparator(std::string_view& pattern)
{
    for (bool more = true; more;) {
        more = false;
        for (const std::string_view blank :
             {"[ ]*", "[ ]+", "[ ]?", "[ ]", "\\s*", "\\s+", "\\s?", "\\s", " *", " +", " ?", " "})
            more = take(pattern, blank) || more;
    }
}

// "Name", "Name: value": a header by name. Nothing: it does not begin with a name.
std::optional<Node> lineNode(std::string_view pattern, std::vector<std::string>& notes)
{
    const std::string name = takeName(pattern);
    const Place place{Field::Header, name};
    if (name.empty() || !(pattern.empty() || pattern.front() == ':')) {
        notes.emplace_back("the pattern does not begin with a header name and a colon; Podglass "
                           "looks at one header by name");
        return std::nullopt;
    }
    if (pattern.empty())
        return Node{Rule{Field::Header, name, Operator::Exists, {}}};
    take(pattern, ":");
    skipSeparator(pattern);
    if (pattern.empty())
        return Node{Rule{Field::Header, name, Operator::Exists, {}}};
    return valueNode(place, pattern, notes);
}

} // namespace

std::optional<Node> fromHeaderPattern(std::string_view pattern, std::vector<std::string>& notes)
{
    take(pattern, "(?i)"); // mirrord compares without case anyway, and so do our rules
    const bool anchored = take(pattern, "^");
    if (pattern.starts_with("(?!")) {
        const std::size_t length = groupLength(pattern);
        const std::string_view rest = pattern.substr(length);
        if (length != 0 && (rest.empty() || rest == ".*" || rest == ".*$")) {
            auto unwanted = lineNode(pattern.substr(3, length - 4), notes);
            if (!unwanted)
                return std::nullopt;
            notes.emplace_back("in mirrord this matches as soon as any other header exists; read "
                               "here as \"no such header\", which is probably what was meant");
            return Node{Group{GroupKind::Not, {std::move(*unwanted)}}};
        }
    }
    auto node = lineNode(pattern, notes);
    if (node && !anchored)
        notes.emplace_back("without \"^\" mirrord also finds this inside longer header names; "
                           "here the name is compared as a whole");
    return node;
}

std::optional<Node> fromPathPattern(std::string_view pattern, std::vector<std::string>& notes)
{
    take(pattern, "(?i)");
    if (pattern.find("\\?") != std::string_view::npos) {
        notes.emplace_back("the pattern looks at the query; Podglass keeps it apart from the path: "
                           "add a rule for the query parameter");
        return std::nullopt;
    }
    const Place place{Field::Path, {}};
    if (take(pattern, "^"))
        return valueNode(place, pattern, notes);
    return ruleNode(place, pattern, notes);
}

} // namespace podglass::filter
