// SPDX-License-Identifier: Apache-2.0
#include "core/filter/pattern.h"

#include "core/base/limits.h"

#include <optional>
#include <re2/re2.h>
#include <vector>

namespace podglass::filter {

namespace {

re2::StringPiece piece(std::string_view text)
{
    return {text.data(), text.size()};
}

RE2::Options options(bool caseSensitive)
{
    RE2::Options options;
    options.set_encoding(RE2::Options::EncodingLatin1);
    options.set_case_sensitive(caseSensitive);
    options.set_max_mem(limits::patternMemoryBytes);
    options.set_log_errors(false);
    options.set_never_capture(true);
    return options;
}

// RE2 names the whole pattern when brackets do not pair up; the user wants the bracket.
std::optional<std::size_t> unpairedParenthesis(std::string_view text)
{
    std::vector<std::size_t> open;
    bool inClass = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\')
            ++i;
        else if (inClass)
            inClass = text[i] != ']';
        else if (text[i] == '[') {
            inClass = true;
            if (text.substr(i + 1).starts_with("^"))
                ++i;
            if (text.substr(i + 1).starts_with("]"))
                ++i; // a leading ']' is an ordinary member
        } else if (text[i] == '(')
            open.push_back(i);
        else if (text[i] == ')') {
            if (open.empty())
                return i;
            open.pop_back();
        }
    }
    if (open.empty())
        return std::nullopt;
    return open.back();
}

struct Words
{
    std::string message;
    std::string advice;
};

bool isLookAround(std::string_view part)
{
    for (const std::string_view begin : {"(?=", "(?!", "(?<=", "(?<!"}) {
        if (part.starts_with(begin) || (part.size() > 1 && begin.starts_with(part)))
            return true;
    }
    return false;
}

Words escapeWords(const std::string& part)
{
    if (part.size() > 1 && part[1] >= '1' && part[1] <= '9')
        return {"back-references like \"" + part + "\" are not supported",
                "they cannot be matched in bounded time; write the repeated text out"};
    return {"\"" + part + "\" is not a known escape", "write \"\\\\\" for a backslash, or drop it"};
}

Words wordsFor(RE2::ErrorCode code, const std::string& part)
{
    switch (code) {
    case RE2::ErrorBadEscape:
        return escapeWords(part);
    case RE2::ErrorBadCharClass:
        return {"\"" + part + "\" is not a known character class", ""};
    case RE2::ErrorBadCharRange:
        return {"the range \"" + part + "\" runs backwards", "turn its ends around"};
    case RE2::ErrorMissingBracket:
        return {"the \"[\" is never closed", "add \"]\", or write \"\\[\" for the character"};
    case RE2::ErrorMissingParen:
        return {"the \"(\" is never closed", "add \")\", or write \"\\(\" for the character"};
    case RE2::ErrorUnexpectedParen:
        return {"the \")\" closes nothing", "remove it, or write \"\\)\" for the character"};
    case RE2::ErrorTrailingBackslash:
        return {"the pattern ends in a backslash", "write \"\\\\\" for a backslash"};
    case RE2::ErrorRepeatArgument:
        return {"\"" + part + "\" repeats nothing",
                "put a character before it, or write \"\\" + part + "\" for the character"};
    case RE2::ErrorRepeatSize:
        return {"the repeat count \"" + part + "\" is too large", "at most 1000 is supported"};
    case RE2::ErrorRepeatOp:
        return {"\"" + part + "\" is a repeat of a repeat", "keep one of them"};
    case RE2::ErrorBadPerlOp:
        if (isLookAround(part))
            return {"look-ahead and look-behind (\"" + part + "\") are not supported",
                    "they cannot be matched in bounded time; put the unwanted text into a rule "
                    "inside a NOT group"};
        return {"\"" + part + "\" is not a known group", "write \"(?:\" for a plain group"};
    case RE2::ErrorBadNamedCapture:
        return {"\"" + part + "\" is not a valid group name", "write \"(\" for a plain group"};
    case RE2::ErrorPatternTooLarge:
        return {"the pattern needs more than 1 MB of memory", "use smaller repeat counts"};
    default:
        return {"the pattern is not valid", ""};
    }
}

PatternProblem problemOf(const RE2& pattern, std::string_view text)
{
    PatternProblem problem;
    const std::string& part = pattern.error_arg();
    const RE2::ErrorCode code = pattern.error_code();
    const std::size_t at = part.empty() ? std::string_view::npos : text.find(part);
    problem.position = at == std::string_view::npos ? 0 : at;
    problem.length = at == std::string_view::npos ? text.size() : part.size();
    if (code == RE2::ErrorMissingParen || code == RE2::ErrorUnexpectedParen) {
        if (const auto bracket = unpairedParenthesis(text)) {
            problem.position = *bracket;
            problem.length = 1;
        }
    }
    if (code == RE2::ErrorTrailingBackslash) {
        problem.position = text.size() - 1;
        problem.length = 1;
    }
    Words words = wordsFor(code, part);
    problem.message = std::move(words.message) + ", at character "
                      + std::to_string(problem.position + 1) + " of the pattern";
    problem.advice = std::move(words.advice);
    return problem;
}

// RE2 reports "(?<=" as a broken group name or another "missing" fault; find it first.
std::optional<PatternProblem> lookAround(std::string_view text)
{
    bool inClass = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i;
            continue;
        }
        if (inClass) {
            inClass = text[i] != ']';
            continue;
        }
        if (text[i] == '[') {
            inClass = true;
            continue;
        }
        for (const std::string_view begin : {"(?=", "(?!", "(?<=", "(?<!"}) {
            if (!text.substr(i).starts_with(begin))
                continue;
            Words words = wordsFor(RE2::ErrorBadPerlOp, std::string(begin));
            return PatternProblem{i,
                                  begin.size(),
                                  std::move(words.message) + ", at character "
                                      + std::to_string(i + 1) + " of the pattern",
                                  std::move(words.advice)};
        }
    }
    return std::nullopt;
}

} // namespace

void PatternDeleter::operator()(const re2::RE2* pattern) const
{
    delete pattern;
}

std::variant<Pattern, PatternProblem> compilePattern(std::string_view text, bool caseSensitive)
{
    Pattern pattern(new RE2(piece(text), options(caseSensitive)));
    if (pattern->ok())
        return pattern;
    if (auto problem = lookAround(text))
        return std::move(*problem);
    return problemOf(*pattern, text);
}

Pattern compileLiteral(std::string_view text, bool caseSensitive)
{
    RE2::Options literal = options(caseSensitive);
    literal.set_literal(true);
    return Pattern(new RE2(piece(text), literal));
}

bool found(const re2::RE2& pattern, std::string_view text)
{
    return pattern.Match(piece(text), 0, text.size(), RE2::UNANCHORED, nullptr, 0);
}

} // namespace podglass::filter
