// SPDX-License-Identifier: Apache-2.0
#include "core/filter/rule_program.h"

#include "core/filter/vocabulary.h"
#include "core/filter/words.h"

#include <charconv>
#include <cstring>

#include <arpa/inet.h>

namespace podglass::filter {

namespace {

// Up to here a plain search is quickest; beyond it could go quadratic, so RE2 searches.
constexpr std::size_t shortText = 16;

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

// `folded` is in lower case already; both have the same length.
bool sameFolded(const char* text, std::string_view folded)
{
    for (std::size_t i = 0; i < folded.size(); ++i) {
        if (lower(text[i]) != folded[i])
            return false;
    }
    return true;
}

bool same(const RuleProgram& rule, const char* text)
{
    return rule.caseSensitive ? std::memcmp(text, rule.value.data(), rule.value.size()) == 0
                              : sameFolded(text, rule.value);
}

bool contains(const RuleProgram& rule, std::string_view text)
{
    if (rule.pattern)
        return found(*rule.pattern, text);
    if (rule.caseSensitive) // linear, unlike string_view::find
        return memmem(text.data(), text.size(), rule.value.data(), rule.value.size()) != nullptr;
    for (std::size_t i = 0; i + rule.value.size() <= text.size(); ++i) {
        if (lower(text[i]) == rule.value.front() && sameFolded(text.data() + i, rule.value))
            return true;
    }
    return false;
}

std::optional<std::uint64_t> wholeNumber(std::string_view text)
{
    std::uint64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || rest != end)
        return std::nullopt;
    return number;
}

bool textHolds(const RuleProgram& rule, std::string_view text)
{
    const std::size_t length = rule.value.size();
    switch (rule.op) {
    case Operator::Is:
        return text.size() == length && same(rule, text.data());
    case Operator::Contains:
        return contains(rule, text);
    case Operator::StartsWith:
        return text.size() >= length && same(rule, text.data());
    case Operator::EndsWith:
        return text.size() >= length && same(rule, text.data() + (text.size() - length));
    case Operator::Matches:
        return found(*rule.pattern, text);
    case Operator::Exists:
        return true;
    case Operator::Less: {
        const auto number = wholeNumber(text);
        return number && *number < rule.number;
    }
    case Operator::Greater: {
        const auto number = wholeNumber(text);
        return number && *number > rule.number;
    }
    default:
        return false;
    }
}

bool numberHolds(const RuleProgram& rule, std::uint64_t number)
{
    switch (rule.op) {
    case Operator::Is:
        return number == rule.number;
    case Operator::Less:
        return number < rule.number;
    case Operator::Greater:
        return number > rule.number;
    default:
        return rule.op == Operator::Exists;
    }
}

bool inside(const Network& network, const std::array<std::uint8_t, 16>& address)
{
    const std::size_t whole = network.prefix / 8;
    if (!std::equal(address.begin(),
                    address.begin() + static_cast<std::ptrdiff_t>(whole),
                    network.address.begin()))
        return false;
    const unsigned bits = network.prefix % 8;
    return bits == 0 || ((address[whole] ^ network.address[whole]) >> (8 - bits)) == 0;
}

std::optional<std::uint64_t> numberOf(Field field, const Subject& subject)
{
    switch (field) {
    case Field::Port:
        return subject.port;
    case Field::Status:
        return subject.status;
    case Field::Duration:
        return subject.durationMilliseconds;
    default:
        return subject.size;
    }
}

// "10.0.0.0/8", "fe80::/10", or one address.
std::optional<Network> parseNetwork(const std::string& text)
{
    Network network;
    const std::size_t slash = text.find('/');
    const std::string address = text.substr(0, slash);
    unsigned width = 128;
    in_addr v4{};
    if (inet_pton(AF_INET, address.c_str(), &v4) == 1) {
        network.address = flow::Endpoint::v4(ntohl(v4.s_addr), 0).address;
        width = 32;
    } else if (inet_pton(AF_INET6, address.c_str(), network.address.data()) != 1) {
        return std::nullopt;
    }
    std::uint64_t bits = width;
    if (slash != std::string::npos) {
        const auto given = wholeNumber(std::string_view(text).substr(slash + 1));
        if (!given || *given > width)
            return std::nullopt;
        bits = *given;
    }
    network.prefix = static_cast<unsigned>(bits) + (128 - width);
    return network;
}

Problem refusal(RulePart part, std::string message, std::string advice)
{
    Problem problem;
    problem.part = part;
    problem.message = std::move(message);
    problem.advice = std::move(advice);
    return problem;
}

std::optional<Problem> checkShape(const Rule& rule, Use use)
{
    const std::string field(fieldName(rule.field));
    if (use == Use::Steal && isViewOnly(rule.field))
        return refusal(RulePart::Field,
                       field + " is not known when a request arrives",
                       "a steal filter looks at the request head only; remove the rule");
    if (!fits(rule.field, rule.op))
        return refusal(RulePart::Operator,
                       field + " and \"" + std::string(operatorName(rule.op))
                           + "\" do not go together",
                       "choose another operator");
    if (takesName(rule.field) && rule.name.empty())
        return refusal(
            RulePart::Name, "the " + field + " has no name", "type which " + field + " to look at");
    const bool needsText =
        isTextOperator(rule.op) && rule.op != Operator::Is && rule.op != Operator::IsNot;
    if (needsText && rule.value.empty())
        return refusal(RulePart::Value,
                       "the value is empty, which would hold for everything",
                       "type a value, or use \"exists\"");
    return std::nullopt;
}

bool isDigits(std::string_view text)
{
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::optional<Problem> prepareNumber(const Rule& rule, RuleProgram& program)
{
    const bool order = rule.op == Operator::Less || rule.op == Operator::Greater;
    if (!order && !(isNumeric(rule.field) && takesValue(rule.op)))
        return std::nullopt;
    const auto number = wholeNumber(rule.value);
    if (!number)
        return refusal(RulePart::Value,
                       "\"" + rule.value + "\" is not a whole number",
                       isDigits(rule.value) ? "it is too large" : "use digits only");
    program.number = *number;
    return std::nullopt;
}

std::optional<Problem> prepareText(const Rule& rule, RuleProgram& program)
{
    if (rule.op == Operator::Matches) {
        auto made = compilePattern(rule.value, rule.caseSensitive);
        if (auto* bad = std::get_if<PatternProblem>(&made)) {
            Problem problem =
                refusal(RulePart::Value, std::move(bad->message), std::move(bad->advice));
            problem.ofPattern = true;
            problem.position = bad->position;
            problem.length = bad->length;
            return problem;
        }
        program.pattern = std::get<Pattern>(std::move(made));
    } else if (program.op == Operator::Contains && !rule.caseSensitive
               && rule.value.size() > shortText) {
        program.pattern = compileLiteral(rule.value, false);
    } else if (rule.op == Operator::InNetwork) {
        const auto network = parseNetwork(rule.value);
        if (!network)
            return refusal(RulePart::Value,
                           "\"" + rule.value + "\" is not a network",
                           "write it like 10.0.0.0/8, fe80::/10 or 10.1.2.3");
        program.network = *network;
    }
    return std::nullopt;
}

Operator positive(Operator op)
{
    switch (op) {
    case Operator::IsNot:
        return Operator::Is;
    case Operator::NotContains:
        return Operator::Contains;
    case Operator::Absent:
        return Operator::Exists;
    default:
        return op;
    }
}

} // namespace

bool sameName(std::string_view a, std::string_view b)
{
    if (a.size() != b.size())
        return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (lower(a[i]) != lower(b[i]))
            return false;
    }
    return true;
}

bool RuleProgram::holds(const Subject& subject) const
{
    bool present = false;
    bool any = false;
    if (op == Operator::InNetwork)
        return inside(network, subject.source.address);
    if (isNumeric(field)) {
        const auto given = numberOf(field, subject);
        present = given.has_value();
        any = present && numberHolds(*this, *given);
    } else {
        forEachValue(field, name, subject, [&](std::string_view text) {
            present = true;
            any = textHolds(*this, text);
            return any;
        });
    }
    if (op == Operator::Exists)
        return present != negated;
    return negated ? present && !any : any;
}

std::variant<RuleProgram, Problem> makeProgram(const Rule& rule, Use use)
{
    RuleProgram program;
    program.field = rule.field;
    program.op = positive(rule.op);
    program.negated = program.op != rule.op;
    program.caseSensitive = rule.caseSensitive;
    program.name = rule.name;
    program.value = rule.value;
    if (!rule.caseSensitive)
        std::ranges::transform(program.value, program.value.begin(), lower);
    auto problem = checkShape(rule, use);
    if (!problem)
        problem = prepareNumber(rule, program);
    if (!problem)
        problem = prepareText(rule, program);
    if (!problem)
        return program;
    problem->rule = ruleText(rule);
    return std::move(*problem);
}

} // namespace podglass::filter
