// SPDX-License-Identifier: GPL-3.0-or-later
// Bodies as text to read: JSON indented, plain text, hex. Works on a part of a body and never
// fails: what is no JSON comes out as text. Long lines are cut into several, because text widgets
// lay out whole lines (262,144 bytes in one line take seconds).
#pragma once

#include <optional>

#include <QByteArray>
#include <QString>

namespace podglass::models {

inline constexpr qsizetype wrapColumns = 1000;

// Does it look like JSON: an object or an array after blanks.
bool looksLikeJson(const QByteArray& body);
// Mostly printable UTF-8.
bool looksLikeText(const QByteArray& body);

// Re-indents without parsing values, so numbers, order and duplicate keys stay as sent. A cut
// document is indented as far as it goes. Nesting is limited to 64 levels of indentation.
QByteArray indentJson(const QByteArray& body);

// The fields of a protocol buffer, read without its schema; nothing when it is none.
std::optional<QByteArray> protobufText(const QByteArray& body);

QString hardWrapped(const QString& text);

// "00000010  68 65 6c 6c 6f ...  hello"
QString hexDump(const QByteArray& body);

} // namespace podglass::models
