// SPDX-License-Identifier: Apache-2.0
#include "core/filter/text_scanner.h"

#include <algorithm>
#include <charconv>

namespace podglass::filter {

namespace {

constexpr std::string_view blanks = " \t\r\n";

bool isLetter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool sameWord(std::string_view a, std::string_view lower)
{
    if (a.size() != lower.size())
        return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const char c = isLetter(a[i]) ? static_cast<char>(a[i] | 0x20) : a[i];
        if (c != lower[i])
            return false;
    }
    return true;
}

} // namespace

void TextScanner::skipBlanks()
{
    const std::size_t next = m_text.find_first_not_of(blanks, m_at);
    m_at = next == std::string_view::npos ? m_text.size() : next;
}

bool TextScanner::atEnd()
{
    skipBlanks();
    return m_at == m_text.size();
}

std::string_view TextScanner::peek()
{
    skipBlanks();
    if (m_at == m_text.size())
        return {};
    std::size_t end = m_at;
    while (end < m_text.size() && isLetter(m_text[end]))
        ++end;
    return m_text.substr(m_at, end == m_at ? 1 : end - m_at);
}

bool TextScanner::take(std::string_view word)
{
    const std::string_view next = peek();
    if (!sameWord(next, word))
        return false;
    m_at += next.size();
    return true;
}

bool TextScanner::takeWords(std::string_view words)
{
    const std::size_t start = m_at;
    while (!words.empty()) {
        const std::string_view word = words.substr(0, words.find(' '));
        words.remove_prefix(word.size() < words.size() ? word.size() + 1 : word.size());
        if (!take(word)) {
            m_at = start;
            return false;
        }
    }
    return true;
}

bool TextScanner::takeCharacter(char c)
{
    skipBlanks();
    if (m_at == m_text.size() || m_text[m_at] != c)
        return false;
    ++m_at;
    return true;
}

void TextScanner::put(std::string& out, char c, std::size_t from)
{
    out.push_back(c);
    m_origins.push_back(from);
}

std::string_view TextScanner::bareWord() const
{
    const std::size_t end = m_text.find_first_of(" \t\r\n(),\"", m_at);
    return m_text.substr(m_at, end == std::string_view::npos ? end : end - m_at);
}

std::optional<std::string> TextScanner::value()
{
    skipBlanks();
    m_origins.clear();
    if (m_at < m_text.size() && m_text[m_at] == '"')
        return quoted();
    const std::string_view word = bareWord();
    if (word.empty()) {
        failHere("a value in quotes");
        return std::nullopt;
    }
    std::string out;
    for (const char c : word)
        put(out, c, m_at++);
    m_origins.push_back(m_at);
    return out;
}

std::optional<std::string> TextScanner::pattern()
{
    skipBlanks();
    if (m_at == m_text.size() || m_text[m_at] != '/')
        return value();
    m_origins.clear();
    const std::size_t start = m_at++;
    std::string out;
    for (; m_at < m_text.size(); ++m_at) {
        if (m_text[m_at] == '/') {
            m_origins.push_back(m_at++);
            return out;
        }
        if (m_text[m_at] == '\\' && m_at + 1 < m_text.size()) {
            if (m_text[m_at + 1] != '/')
                put(out, '\\', m_at);
            ++m_at;
        }
        put(out, m_text[m_at], m_at);
    }
    fail(start, m_text.size() - start, "the pattern has no closing \"/\"");
    return std::nullopt;
}

// Behind a backslash: \" \\ \n \r \t \xHH.
bool TextScanner::escape(std::string& out)
{
    const std::size_t start = m_at++;
    const char c = m_at < m_text.size() ? m_text[m_at] : '\0';
    constexpr std::string_view names = "\"\\nrt";
    constexpr std::string_view meanings = "\"\\\n\r\t";
    if (const std::size_t known = names.find(c); c != '\0' && known != std::string_view::npos) {
        put(out, meanings[known], start);
        return true;
    }
    if (c == 'x' && m_text.size() - m_at > 2) {
        unsigned byte = 0;
        const char* digits = m_text.data() + m_at + 1;
        if (std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
            put(out, static_cast<char>(byte), start);
            m_at += 2;
            return true;
        }
    }
    fail(start,
         m_at < m_text.size() ? 2 : 1,
         "unknown escape; known are \\\" \\\\ \\n \\r \\t and \\x with two digits");
    return false;
}

std::optional<std::string> TextScanner::quoted()
{
    const std::size_t start = m_at++;
    std::string out;
    for (; m_at < m_text.size(); ++m_at) {
        if (m_text[m_at] == '"') {
            m_origins.push_back(m_at++);
            return out;
        }
        if (m_text[m_at] != '\\')
            put(out, m_text[m_at], m_at);
        else if (!escape(out))
            return std::nullopt;
    }
    fail(start, m_text.size() - start, "the value has no closing quote");
    return std::nullopt;
}

void TextScanner::fail(std::size_t position, std::size_t length, std::string message)
{
    if (!m_error) // the first one is the cause
        m_error = TextError{position, length, std::move(message)};
}

void TextScanner::failHere(std::string_view expected)
{
    const std::string_view next = peek();
    const std::string message = next.empty()
                                    ? "the text ends here; expected " + std::string(expected)
                                    : "expected " + std::string(expected);
    fail(m_at, std::max(next.size(), bareWord().size()), message);
}

} // namespace podglass::filter
