// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/format.h"

#include <array>
#include <cmath>

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>

namespace podglass::models {

namespace {

bool changesDirection(char16_t unit)
{
    return unit == 0x061c || unit == 0x200e || unit == 0x200f || (unit >= 0x202a && unit <= 0x202e)
           || (unit >= 0x2066 && unit <= 0x2069);
}

bool invisible(char16_t unit)
{
    return (unit >= 0x200b && unit <= 0x200d) || unit == 0x2028 || unit == 0x2029 || unit == 0xfeff
           || unit == 0x2060;
}

} // namespace

QString count(std::uint64_t number)
{
    return QLocale().toString(static_cast<qulonglong>(number));
}

QString bytes(std::uint64_t number)
{
    if (number < 1000)
        return QCoreApplication::translate("format", "%1 B").arg(number);
    return QLocale().formattedDataSize(static_cast<qint64>(number), 1, QLocale::DataSizeSIFormat);
}

QString duration(std::uint64_t microseconds)
{
    const QLocale locale;
    const double milliseconds = static_cast<double>(microseconds) / 1000.0;
    if (milliseconds < 10)
        return QCoreApplication::translate("format", "%1 ms")
            .arg(locale.toString(milliseconds, 'f', 1));
    if (milliseconds < 1000)
        return QCoreApplication::translate("format", "%1 ms")
            .arg(locale.toString(milliseconds, 'f', 0));
    return QCoreApplication::translate("format", "%1 s")
        .arg(locale.toString(milliseconds / 1000, 'f', 2));
}

QString clock(base::Timestamp at)
{
    return QDateTime::fromMSecsSinceEpoch(at.nanoseconds / 1'000'000)
        .toString(QStringLiteral("HH:mm:ss.zzz"));
}

QString dateAndClock(base::Timestamp at)
{
    return QDateTime::fromMSecsSinceEpoch(at.nanoseconds / 1'000'000)
        .toString(QStringLiteral("d MMM yyyy HH:mm:ss.zzz"));
}

QString visible(std::string_view peerText, bool lines)
{
    const QString text =
        QString::fromUtf8(peerText.data(), static_cast<qsizetype>(peerText.size()));
    QString safe;
    safe.reserve(text.size());
    for (const QChar character : text) {
        const char16_t unit = character.unicode();
        if (lines && (unit == '\n' || unit == '\t'))
            safe += character;
        else if (lines && unit == '\r')
            continue;
        else if (unit < 0x20)
            safe += QChar(static_cast<char16_t>(0x2400 + unit));
        else if (unit == 0x7f)
            safe += QChar(u'\u2421');
        else if ((unit >= 0x80 && unit < 0xa0) || changesDirection(unit) || invisible(unit))
            safe += QStringLiteral("\\u{%1}").arg(unit, 4, 16, QLatin1Char('0'));
        else
            safe += character;
    }
    return safe;
}

} // namespace podglass::models
