// SPDX-License-Identifier: Apache-2.0
#include "core/filter/words.h"

#include "core/filter/presets.h"
#include "core/filter/text.h"
#include "core/filter/utf8.h"
#include "core/filter/vocabulary.h"

#include <vector>

namespace podglass::filter {

namespace {

constexpr std::size_t shownBytes = 80;

std::string subjectOf(const Rule& rule)
{
    if (rule.field == Field::Header)
        return rule.name.empty() ? "header" : rule.name;
    if (rule.field == Field::Query)
        return "query " + rule.name;
    return std::string(fieldName(rule.field));
}

// Plain where it reads well, quoted where the ends would be unclear.
std::string wordOf(std::string_view value)
{
    const std::string shown = shownValue(value);
    if (value.empty() || value.size() > shownBytes || shown.size() != value.size() + 2
        || value.find_first_of(" ,") != std::string_view::npos)
        return shown;
    return std::string(value);
}

// "A, B and C"
std::string listed(const std::vector<std::string>& parts, std::string_view last)
{
    std::string text;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i != 0)
            text += i + 1 == parts.size() ? std::string(last) : ", ";
        text += parts[i];
    }
    return text;
}

std::string comparison(const Rule& rule)
{
    const std::string value = wordOf(rule.value);
    switch (rule.op) {
    case Operator::Is:
        return value;
    case Operator::IsNot:
        return "other than " + value;
    case Operator::Contains:
        return "containing " + value;
    case Operator::NotContains:
        return "without " + value + " in it";
    case Operator::StartsWith:
        return "starting with " + value;
    case Operator::EndsWith:
        return "ending with " + value;
    case Operator::Matches:
        return "matching /" + std::string(value) + "/";
    case Operator::Less:
        return "below " + value;
    case Operator::Greater:
        return "above " + value;
    default:
        return value;
    }
}

std::string presence(const Rule& rule)
{
    const bool absent = rule.op == Operator::Absent;
    switch (rule.field) {
    case Field::Header:
        return (absent ? "carry no " : "carry ") + rule.name;
    case Field::Query:
        return (absent ? "have no query parameter " : "have a query parameter ") + rule.name;
    case Field::Host:
        return absent ? "name no host" : "name a host";
    default:
        return absent ? "have no answer yet" : "are answered";
    }
}

// What such requests do: "are POST", "carry x-debug", "have x-user-id qa-7".
std::string clause(const Rule& rule)
{
    if (!takesValue(rule.op))
        return presence(rule);
    switch (rule.field) {
    case Field::Method:
        return rule.op == Operator::Is      ? "are " + wordOf(rule.value)
               : rule.op == Operator::IsNot ? "are not " + wordOf(rule.value)
                                            : "have a method " + comparison(rule);
    case Field::Path:
        return rule.op == Operator::Is           ? "ask for " + wordOf(rule.value)
               : rule.op == Operator::StartsWith ? "are under " + wordOf(rule.value)
                                                 : "have a path " + comparison(rule);
    case Field::Query:
        return "have query parameter " + rule.name + " " + comparison(rule);
    case Field::Header:
        return "have " + rule.name + " " + comparison(rule);
    case Field::Host:
        return "are for host " + comparison(rule);
    case Field::Source:
        return "come from " + comparison(rule);
    case Field::Port:
        return "go to port " + comparison(rule);
    case Field::Status:
        return "are answered with " + comparison(rule);
    case Field::Duration:
        return "take " + comparison(rule) + " ms";
    case Field::Size:
        return "get " + comparison(rule) + " bytes";
    case Field::Mode:
        return rule.value == "stolen" && rule.op == Operator::Is ? "were stolen"
                                                                 : "have mode " + comparison(rule);
    }
    return {};
}

bool lives(const Node& node)
{
    if (const auto* rule = std::get_if<Rule>(&node.item))
        return rule->enabled;
    const auto& group = std::get<Group>(node.item);
    if (!group.enabled)
        return false;
    for (const Node& child : group.children) {
        if (lives(child))
            return true;
    }
    return false;
}

// Several values for one field and operator read better as one clause: "are POST or PUT".
std::string oneOf(const Group& group)
{
    const Rule* first = nullptr;
    std::vector<std::string> values;
    for (const Node& child : group.children) {
        if (!lives(child))
            continue;
        const auto* rule = std::get_if<Rule>(&child.item);
        if (rule == nullptr || rule->op != Operator::Is)
            return {};
        if (first != nullptr && (rule->field != first->field || rule->name != first->name))
            return {};
        first = first != nullptr ? first : rule;
        values.push_back(wordOf(rule->value));
    }
    if (values.size() < 2)
        return {};
    Rule joined = *first;
    joined.value.clear();
    std::string text = clause(joined);
    const std::string empty = wordOf("");
    return text.substr(0, text.size() - empty.size()) + listed(values, " or ");
}

std::string clause(const Node& node, bool nested);

// The wishes of a group, joined; what it forbids comes last: "…, but never health probes".
std::string clause(const Group& group, bool nested)
{
    std::vector<std::string> wanted;
    std::vector<std::string> unwanted;
    if (group.kind == GroupKind::Any) {
        if (std::string text = oneOf(group); !text.empty())
            return text;
    }
    for (const Node& child : group.children) {
        if (!lives(child))
            continue;
        const auto* inner = std::get_if<Group>(&child.item);
        if (group.kind == GroupKind::All && inner != nullptr && inner->kind == GroupKind::Not)
            unwanted.push_back(clause(*inner, true));
        else
            wanted.push_back(clause(child, true));
    }
    if (group.kind == GroupKind::Not) {
        if (isHealthProbes(group))
            return "are never health probes";
        return "never " + listed(wanted, " or ");
    }
    std::string text = listed(wanted, group.kind == GroupKind::All ? " and " : " or ");
    for (std::string& part : unwanted) {
        constexpr std::string_view verb = "are never ";
        if (!text.empty())
            text += part.starts_with(verb) ? ", but never " + part.substr(verb.size())
                                           : ", but " + part;
        else
            text = std::move(part);
    }
    const bool several = wanted.size() + unwanted.size() > 1;
    return nested && several ? "(" + text + ")" : text;
}

std::string clause(const Node& node, bool nested)
{
    if (const auto* rule = std::get_if<Rule>(&node.item))
        return clause(*rule);
    return clause(std::get<Group>(node.item), nested);
}

} // namespace

std::string shownValue(std::string_view value)
{
    if (value.size() <= shownBytes)
        return quote(value);
    std::size_t end = 0;
    while (end < shownBytes) {
        const std::size_t length = utf8Length(value.substr(end));
        end += length == 0 ? 1 : length;
    }
    return quote(value.substr(0, end)) + "…";
}

std::string ruleText(const Rule& rule)
{
    std::string text = subjectOf(rule) + " " + std::string(operatorName(rule.op));
    if (!takesValue(rule.op))
        return text;
    if (rule.op == Operator::Matches)
        return text + " /" + rule.value.substr(0, shownBytes) + "/";
    const bool bare = isNumeric(rule.field) || rule.op >= Operator::Less;
    return text + " " + (bare ? rule.value : shownValue(rule.value));
}

std::string inWords(const Filter& filter)
{
    if (!lives(Node{filter}))
        return "every request";
    const std::string text = clause(filter, false);
    constexpr std::string_view probes = "are never health probes";
    if (text == probes)
        return "every request but health probes";
    return "requests that " + text;
}

} // namespace podglass::filter
