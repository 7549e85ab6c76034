// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/body_text.h"

#include "core/content/protobuf.h"

#include <algorithm>

namespace podglass::models {

namespace {

constexpr int deepest = 64;

void newLine(QByteArray& out, int depth)
{
    out += '\n';
    out.append(qsizetype{2} * std::clamp(depth, 0, deepest), ' ');
}

bool blank(char character)
{
    return character == ' ' || character == '\t' || character == '\n' || character == '\r';
}

// The next character that is no blank, or 0.
char following(const QByteArray& body, qsizetype from)
{
    while (from < body.size() && blank(body[from]))
        ++from;
    return from < body.size() ? body[from] : '\0';
}

} // namespace

bool looksLikeJson(const QByteArray& body)
{
    const char first = following(body, 0);
    return first == '{' || first == '[';
}

bool looksLikeText(const QByteArray& body)
{
    const QByteArray head = body.left(4096);
    const auto odd = std::count_if(head.begin(), head.end(), [](char character) {
        const auto byte = static_cast<unsigned char>(character);
        return byte == 0x7f || (byte < 0x20 && !blank(character));
    });
    if (odd * 20 > head.size())
        return false;
    const qsizetype broken = QString::fromUtf8(head).count(QChar::ReplacementCharacter);
    return broken * 10 <= head.size();
}

QByteArray indentJson(const QByteArray& body)
{
    QByteArray out;
    out.reserve(body.size() * 3 / 2);
    int depth = 0;
    bool inString = false;
    for (qsizetype i = 0; i < body.size(); ++i) {
        const char character = body[i];
        if (inString) {
            out += character;
            if (character == '\\' && i + 1 < body.size())
                out += body[++i];
            else if (character == '"')
                inString = false;
        } else if (character == '"') {
            inString = true;
            out += character;
        } else if (character == '{' || character == '[') {
            out += character;
            const char next = following(body, i + 1);
            ++depth;
            if (next != '}' && next != ']')
                newLine(out, depth);
        } else if (character == '}' || character == ']') {
            --depth;
            if (!out.endsWith('{') && !out.endsWith('['))
                newLine(out, depth);
            out += character;
        } else if (character == ',') {
            out += character;
            newLine(out, depth);
        } else if (character == ':') {
            out += ": ";
        } else if (!blank(character)) {
            out += character;
        }
    }
    return out;
}

std::optional<QByteArray> protobufText(const QByteArray& body)
{
    const auto text = content::protobufText(
        bytes::ByteView(reinterpret_cast<const std::uint8_t*>(body.constData()),
                        static_cast<std::size_t>(body.size())));
    if (!text)
        return std::nullopt;
    return QByteArray::fromStdString(*text);
}

QString hardWrapped(const QString& text)
{
    QString wrapped;
    wrapped.reserve(text.size() + text.size() / wrapColumns);
    qsizetype inLine = 0;
    for (const QChar character : text) {
        if (character == QLatin1Char('\n')) {
            inLine = 0;
        } else if (inLine >= wrapColumns && !character.isLowSurrogate()) {
            wrapped += QLatin1Char('\n');
            inLine = 0;
        }
        wrapped += character;
        ++inLine;
    }
    return wrapped;
}

QString hexDump(const QByteArray& body)
{
    constexpr qsizetype perLine = 16;
    static constexpr char digits[] = "0123456789abcdef";
    QString out;
    out.reserve(body.size() * 5);
    for (qsizetype offset = 0; offset < body.size(); offset += perLine) {
        out += QStringLiteral("%1  ").arg(offset, 8, 16, QLatin1Char('0'));
        QString text;
        for (qsizetype i = offset; i < offset + perLine; ++i) {
            if (i < body.size()) {
                const auto byte = static_cast<unsigned char>(body[i]);
                out += QLatin1Char(digits[byte >> 4]);
                out += QLatin1Char(digits[byte & 15]);
                text += byte >= 0x20 && byte < 0x7f ? QChar(byte) : QChar(u'.');
            } else {
                out += QLatin1String("  ");
            }
            out += QLatin1Char(' ');
            if (i == offset + 7)
                out += QLatin1Char(' ');
        }
        out += QLatin1Char(' ') + text + QLatin1Char('\n');
    }
    return out;
}

} // namespace podglass::models
