// SPDX-License-Identifier: Apache-2.0
// Reads the small parts of the text form: words, quoted strings, /patterns/. Private to
// core/filter.
#pragma once

#include "core/filter/text.h"

#include <optional>
#include <string>
#include <string_view>

namespace podglass::filter {

class TextScanner
{
public:
    explicit TextScanner(std::string_view text)
        : m_text(text)
    {}

    void skipBlanks();
    [[nodiscard]] bool atEnd();             // nothing but blanks is left
    [[nodiscard]] std::string_view peek();  // the next word or character, not taken
    bool take(std::string_view word);       // takes it if it is next (letters without case)
    bool takeWords(std::string_view words); // several, separated by blanks
    bool takeCharacter(char c);

    // A quoted string or a bare word; nothing and an error if there is none.
    std::optional<std::string> value();
    // /…/, a quoted string or a bare word.
    std::optional<std::string> pattern();

    void fail(std::size_t position, std::size_t length, std::string message);
    // Names what stands at the current place.
    void failHere(std::string_view expected);

    [[nodiscard]] std::size_t position() const { return m_at; }

    [[nodiscard]] const std::optional<TextError>& error() const { return m_error; }

    // Where each byte of the last value() or pattern() came from; one more than its bytes.
    [[nodiscard]] const std::vector<std::size_t>& origins() const { return m_origins; }

private:
    [[nodiscard]] std::string_view bareWord() const;
    std::optional<std::string> quoted();
    bool escape(std::string& out);
    void put(std::string& out, char c, std::size_t from);

    std::string_view m_text;
    std::size_t m_at = 0;
    std::vector<std::size_t> m_origins;
    std::optional<TextError> m_error;
};

} // namespace podglass::filter
