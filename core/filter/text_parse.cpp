// SPDX-License-Identifier: Apache-2.0
// A recursive descent parser; its depth is bounded by limits::filterDepth.
#include "core/base/limits.h"
#include "core/filter/evaluate.h"
#include "core/filter/text.h"
#include "core/filter/text_place.h"
#include "core/filter/text_scanner.h"
#include "core/filter/vocabulary.h"

#include <array>
#include <utility>

namespace podglass::filter {

namespace {

// A chain is what "and" and "or" made without parentheses around it: "not (a or b)" and
// "any (a or b)" take its members, "not ((a or b))" has one member, the group.
struct Parsed
{
    Node node;
    bool chain = false;
};

struct Alias
{
    std::string_view words;
    Operator op;
};

// Longer ones first where one begins another.
constexpr std::array operators = {Alias{"is not", Operator::IsNot},
                                  Alias{"is absent", Operator::Absent},
                                  Alias{"is in", Operator::InNetwork},
                                  Alias{"is", Operator::Is},
                                  Alias{"contains", Operator::Contains},
                                  Alias{"does not contain", Operator::NotContains},
                                  Alias{"starts with", Operator::StartsWith},
                                  Alias{"ends with", Operator::EndsWith},
                                  Alias{"matches", Operator::Matches},
                                  Alias{"exists", Operator::Exists},
                                  Alias{"does not exist", Operator::Absent},
                                  Alias{"absent", Operator::Absent},
                                  Alias{"<", Operator::Less},
                                  Alias{">", Operator::Greater},
                                  Alias{"in", Operator::InNetwork},
                                  Alias{"= =", Operator::Is},
                                  Alias{"=", Operator::Is},
                                  Alias{"! =", Operator::IsNot},
                                  Alias{"~", Operator::Matches}};

class Parser
{
public:
    explicit Parser(std::string_view text)
        : m_in(text)
    {}

    std::variant<Filter, TextError> run()
    {
        if (m_in.atEnd())
            return Filter{};
        auto parsed = chain();
        if (parsed && !m_in.atEnd()) {
            if (m_in.peek() == ")")
                m_in.fail(m_in.position(), 1, "this \")\" closes nothing");
            m_in.failHere(R"("and", "or" or the end)");
        }
        if (m_in.error())
            return *m_in.error();
        if (auto* group = std::get_if<Group>(&parsed->node.item))
            return std::move(*group);
        Filter filter;
        filter.children.push_back(std::move(parsed->node));
        return filter;
    }

    std::vector<RuleSpan> spans;

private:
    // unary, or several joined by one of the two words.
    template <typename Next>
    std::optional<Parsed> joined(std::string_view word, GroupKind kind, Next next)
    {
        std::optional<Parsed> first = next();
        if (!first || !m_in.take(word))
            return first;
        Group group;
        group.kind = kind;
        group.children.push_back(std::move(first->node));
        do {
            std::optional<Parsed> more = next();
            if (!more)
                return std::nullopt;
            group.children.push_back(std::move(more->node));
        } while (m_in.take(word));
        return Parsed{Node{std::move(group)}, true};
    }

    std::optional<Parsed> chain()
    {
        return joined("or", GroupKind::Any, [this] {
            return joined("and", GroupKind::All, [this] { return unary(); });
        });
    }

    std::optional<Parsed> unary()
    {
        if (m_depth > limits::filterDepth + 1) { // the root's parentheses and the rule itself
            m_in.fail(m_in.position(),
                      m_in.peek().size(),
                      "nested deeper than " + std::to_string(limits::filterDepth));
            return std::nullopt;
        }
        bool off = false;
        while (m_in.take("off"))
            off = true;
        ++m_depth;
        std::optional<Parsed> parsed = primary();
        --m_depth;
        if (parsed && off)
            std::visit([](auto& item) { item.enabled = false; }, parsed->node.item);
        return parsed;
    }

    std::optional<Parsed> primary()
    {
        if (m_in.take("not"))
            return negation();
        if (m_in.take("all"))
            return list(GroupKind::All);
        if (m_in.take("any"))
            return list(GroupKind::Any);
        if (m_in.take("none"))
            return list(GroupKind::Not);
        if (m_in.takeCharacter('(')) {
            auto parsed = chain();
            if (!parsed || !close())
                return std::nullopt;
            parsed->chain = false;
            return parsed;
        }
        return rule();
    }

    bool close()
    {
        if (m_in.takeCharacter(')'))
            return true;
        m_in.failHere("\")\"");
        return false;
    }

    // Moves the members of a chain of `joined` kind into the group, or the node itself.
    static void adopt(Group& group, Parsed parsed, GroupKind joined)
    {
        auto* inner = std::get_if<Group>(&parsed.node.item);
        if (parsed.chain && inner != nullptr && inner->kind == joined)
            group.children = std::move(inner->children);
        else
            group.children.push_back(std::move(parsed.node));
    }

    std::optional<Parsed> negation()
    {
        Group group;
        group.kind = GroupKind::Not;
        std::optional<Parsed> parsed;
        if (m_in.takeCharacter('(')) {
            parsed = chain();
            if (!parsed || !close())
                return std::nullopt;
        } else {
            parsed = unary();
            if (!parsed)
                return std::nullopt;
        }
        adopt(group, std::move(*parsed), GroupKind::Any);
        return Parsed{Node{std::move(group)}, false};
    }

    // Behind all, any or none: "(a, b, c)", "()" or a chain.
    std::optional<Parsed> list(GroupKind kind)
    {
        Group group;
        group.kind = kind;
        if (!m_in.takeCharacter('(')) {
            m_in.failHere("\"(\"");
            return std::nullopt;
        }
        if (m_in.takeCharacter(')'))
            return Parsed{Node{std::move(group)}, false};
        std::optional<Parsed> first = chain();
        if (!first)
            return std::nullopt;
        if (m_in.peek() == ",")
            group.children.push_back(std::move(first->node));
        else
            adopt(group, std::move(*first), kind == GroupKind::All ? kind : GroupKind::Any);
        while (m_in.takeCharacter(',')) {
            std::optional<Parsed> more = chain();
            if (!more)
                return std::nullopt;
            group.children.push_back(std::move(more->node));
        }
        if (!close())
            return std::nullopt;
        return Parsed{Node{std::move(group)}, false};
    }

    std::optional<Parsed> rule()
    {
        RuleSpan span;
        span.all.begin = begin();
        Rule rule;
        if (!field(rule, span))
            return std::nullopt;
        span.op.begin = begin();
        if (!operation(rule))
            return std::nullopt;
        span.op.end = m_in.position();
        if (takesValue(rule.op)) {
            span.value.begin = begin();
            auto value = rule.op == Operator::Matches ? m_in.pattern() : m_in.value();
            if (!value)
                return std::nullopt;
            rule.value = std::move(*value);
            span.value.end = m_in.position();
            span.origins = m_in.origins();
        }
        rule.caseSensitive = m_in.take("cs");
        span.all.end = m_in.position();
        spans.push_back(std::move(span));
        if (spans.size() > limits::filterRules) {
            const Span& last = spans.back().all;
            m_in.fail(last.begin,
                      last.end - last.begin,
                      "more than " + std::to_string(limits::filterRules) + " rules");
            return std::nullopt;
        }
        return Parsed{Node{std::move(rule)}, false};
    }

    // Of what is read next.
    std::size_t begin()
    {
        m_in.skipBlanks();
        return m_in.position();
    }

    bool field(Rule& rule, RuleSpan& span)
    {
        span.field.begin = begin();
        for (std::size_t i = 0; i < fieldCount; ++i) {
            const auto candidate = static_cast<Field>(i);
            if (!m_in.take(fieldName(candidate)))
                continue;
            rule.field = candidate;
            span.field.end = m_in.position();
            if (!takesName(candidate))
                return true;
            span.name.begin = begin();
            auto name = m_in.value();
            if (!name)
                return false;
            span.name.end = m_in.position();
            rule.name = std::move(*name);
            return true;
        }
        m_in.failHere("a field: header, path, query, method, host, source, port, status, "
                      "duration, size or mode");
        return false;
    }

    bool operation(Rule& rule)
    {
        const std::size_t start = begin();
        for (const Alias& alias : operators) {
            if (!m_in.takeWords(alias.words))
                continue;
            rule.op = alias.op;
            const bool order = rule.op == Operator::Less || rule.op == Operator::Greater;
            if (order && m_in.takeCharacter('='))
                m_in.fail(start,
                          m_in.position() - start,
                          rule.op == Operator::Less
                              ? R"(there is no "<="; use "<" and the next number)"
                              : R"(there is no ">="; use ">" and the number before)");
            return !m_in.error();
        }
        m_in.failHere("an operator: is, is not, contains, does not contain, starts with, "
                      "ends with, matches, exists, does not exist, <, > or in");
        return false;
    }

    TextScanner m_in;
    std::size_t m_depth = 0;
};

std::optional<TextError> tooLong(std::string_view text)
{
    if (text.size() <= limits::filterTextBytes)
        return std::nullopt;
    return TextError{limits::filterTextBytes,
                     text.size() - limits::filterTextBytes,
                     "longer than " + std::to_string(limits::filterTextBytes) + " bytes"};
}

} // namespace

std::variant<Filter, TextError> parse(std::string_view text)
{
    if (auto error = tooLong(text))
        return std::move(*error);
    return Parser(text).run();
}

std::variant<Filter, TextError> parseChecked(std::string_view text, Use use)
{
    if (auto error = tooLong(text))
        return std::move(*error);
    Parser parser(text);
    auto result = parser.run();
    if (const auto* filter = std::get_if<Filter>(&result)) {
        const std::vector<Problem> found = problems(*filter, use);
        if (!found.empty())
            return placed(found.front(), *filter, parser.spans);
    }
    return result;
}

} // namespace podglass::filter
