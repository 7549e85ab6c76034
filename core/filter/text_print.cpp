// SPDX-License-Identifier: Apache-2.0
#include "core/filter/text.h"
#include "core/filter/utf8.h"
#include "core/filter/vocabulary.h"

#include <algorithm>

namespace podglass::filter {

namespace {

void printNode(std::string& out, const Node& node);

bool isPlain(std::string_view text)
{
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = utf8Length(text.substr(i));
        if (length == 0 || text[i] == '\x7f' || static_cast<unsigned char>(text[i]) < 0x20)
            return false;
        i += length;
    }
    return true;
}

// Whether /…/ can carry it: "\/" stands for "/" there, so "\/" itself and a last lone backslash
// cannot be written.
bool fitsSlashes(std::string_view pattern)
{
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] != '\\')
            continue;
        ++i;
        if (i == pattern.size() || pattern[i] == '/')
            return false;
    }
    return isPlain(pattern);
}

void printPattern(std::string& out, std::string_view pattern)
{
    if (!fitsSlashes(pattern)) {
        out += quote(pattern);
        return;
    }
    out += '/';
    for (const char c : pattern) {
        if (c == '/')
            out += '\\';
        out += c;
    }
    out += '/';
}

bool isNumber(std::string_view text)
{
    return !text.empty() && text.size() <= 20
           && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

void printRule(std::string& out, const Rule& rule)
{
    if (!rule.enabled)
        out += "off ";
    out += fieldName(rule.field);
    if (takesName(rule.field))
        out += " " + quote(rule.name);
    out += ' ';
    out += operatorName(rule.op);
    if (takesValue(rule.op)) {
        out += ' ';
        const bool number =
            isNumeric(rule.field) || rule.op == Operator::Less || rule.op == Operator::Greater;
        if (rule.op == Operator::Matches)
            printPattern(out, rule.value);
        else if (number && isNumber(rule.value))
            out += rule.value;
        else
            out += quote(rule.value);
    }
    if (rule.caseSensitive)
        out += " cs";
}

void printJoined(std::string& out, const Group& group, std::string_view separator)
{
    for (std::size_t i = 0; i < group.children.size(); ++i) {
        if (i != 0)
            out += separator;
        printNode(out, group.children[i]);
    }
}

bool isChain(const Group& group)
{
    return group.kind != GroupKind::Not && group.children.size() > 1;
}

std::string_view joint(const Group& group)
{
    return group.kind == GroupKind::All ? " and " : " or ";
}

void printNot(std::string& out, const Group& group)
{
    if (group.children.empty()) {
        out += "none ()";
        return;
    }
    out += "not (";
    const auto* only =
        group.children.size() == 1 ? std::get_if<Group>(&group.children[0].item) : nullptr;
    // "not (a and b)" cannot be taken for two members, so it needs no second parentheses.
    if (only != nullptr && only->kind == GroupKind::All && isChain(*only) && only->enabled)
        printJoined(out, *only, " and ");
    else
        printJoined(out, group, " or ");
    out += ')';
}

void printGroup(std::string& out, const Group& group)
{
    if (!group.enabled)
        out += "off ";
    if (group.kind == GroupKind::Not) {
        printNot(out, group);
        return;
    }
    if (!isChain(group))
        out += group.kind == GroupKind::All ? "all " : "any ";
    out += '(';
    printJoined(out, group, joint(group));
    out += ')';
}

void printNode(std::string& out, const Node& node)
{
    if (const auto* rule = std::get_if<Rule>(&node.item))
        printRule(out, *rule);
    else
        printGroup(out, std::get<Group>(node.item));
}

} // namespace

std::string print(const Filter& filter)
{
    std::string out;
    const bool oneRule =
        filter.children.size() == 1 && std::holds_alternative<Rule>(filter.children[0].item);
    const bool bareAll = filter.kind == GroupKind::All && (filter.children.empty() || oneRule);
    if (filter.enabled && (isChain(filter) || bareAll))
        printJoined(out, filter, joint(filter));
    else
        printGroup(out, filter);
    return out;
}

} // namespace podglass::filter
