// SPDX-License-Identifier: Apache-2.0
#include "core/export/json_text.h"

#include "core/export/printable.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace podglass::exporting {

namespace {

bool asItIs(char c)
{
    const auto code = static_cast<unsigned char>(c);
    return code >= 0x20 && code < 0x7f && c != '"' && c != '\\';
}

void appendEscaped(std::string& out, char c)
{
    switch (c) {
    case '"':
        out += "\\\"";
        return;
    case '\\':
        out += "\\\\";
        return;
    case '\n':
        out += "\\n";
        return;
    case '\r':
        out += "\\r";
        return;
    case '\t':
        out += "\\t";
        return;
    default:
        break;
    }
    if (const auto code = static_cast<unsigned char>(c); code < 0x20 || code == 0x7f) {
        std::array<char, 8> text{};
        (void)std::snprintf(text.data(), text.size(), "\\u%04x", static_cast<unsigned>(code));
        out += text.data();
    } else {
        out += c;
    }
}

} // namespace

void JsonText::separate()
{
    if (m_comma)
        m_out += ',';
    m_comma = true;
}

void JsonText::begin(char bracket)
{
    separate();
    m_out += bracket;
    m_comma = false;
}

void JsonText::end(char bracket)
{
    m_out += bracket;
    m_comma = true;
}

void JsonText::key(std::string_view name)
{
    separate();
    quoted(name);
    m_out += ':';
    m_comma = false;
}

void JsonText::value(std::string_view text)
{
    separate();
    quoted(text);
}

void JsonText::quoted(std::string_view text)
{
    m_out += '"';
    if (std::all_of(text.begin(), text.end(), asItIs)) {
        m_out += text;
    } else {
        for (const char c : validUtf8(text))
            appendEscaped(m_out, c);
    }
    m_out += '"';
}

void JsonText::plain(std::string_view text)
{
    separate();
    m_out += text;
}

void JsonText::natural(std::uint64_t number)
{
    std::array<char, 24> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    plain({text.data(), static_cast<std::size_t>(end - text.data())});
}

void JsonText::negative(std::int64_t number)
{
    std::array<char, 24> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    plain({text.data(), static_cast<std::size_t>(end - text.data())});
}

void JsonText::decimal(double number, int digits)
{
    std::array<char, 64> text{};
    const auto end =
        std::to_chars(
            text.data(), text.data() + text.size(), number, std::chars_format::fixed, digits)
            .ptr;
    plain({text.data(), static_cast<std::size_t>(end - text.data())});
}

} // namespace podglass::exporting
