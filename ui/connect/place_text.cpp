// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connect/place_text.h"

#include <QCoreApplication>
#include <QStringList>

namespace podglass::connect {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("place", text);
}

QString ageText(std::int64_t seconds)
{
    constexpr std::int64_t minute = 60;
    constexpr std::int64_t hour = 60 * minute;
    constexpr std::int64_t day = 24 * hour;
    if (seconds < 0)
        return {};
    if (seconds < 2 * minute)
        return tr("%1 s").arg(seconds);
    if (seconds < 2 * hour)
        return tr("%1 min").arg(seconds / minute);
    if (seconds < 2 * day)
        return tr("%1 h").arg(seconds / hour);
    return tr("%1 d").arg(seconds / day);
}

} // namespace

QString shownText(std::string_view text)
{
    QString shown = QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
    for (QChar& character : shown) {
        if (character.unicode() < 0x20)
            character = QChar(static_cast<char16_t>(0x2400 + character.unicode()));
        else if (character.category() == QChar::Other_Control
                 || character.category() == QChar::Other_Format
                 || character.category() == QChar::Separator_Line
                 || character.category() == QChar::Separator_Paragraph)
            character = QChar::ReplacementCharacter;
    }
    return shown;
}

QString groupName(PlaceGroup group)
{
    switch (group) {
    case PlaceGroup::Host:
        return tr("Hosts");
    case PlaceGroup::Context:
        return tr("Contexts");
    case PlaceGroup::Workload:
        return tr("Workloads");
    case PlaceGroup::Pod:
        return tr("Pods");
    case PlaceGroup::Container:
        return tr("Containers");
    case PlaceGroup::Service:
        return tr("Services");
    case PlaceGroup::Namespace:
        return tr("Network namespaces");
    case PlaceGroup::Process:
        return tr("Processes");
    case PlaceGroup::Saved:
        return tr("Used before");
    }
    return {};
}

QString portsText(const Place& place)
{
    QStringList all;
    for (const PlacePort& port : place.ports) {
        const QString number = QString::number(port.number);
        const QString both =
            port.name.empty() ? number : number + QLatin1Char(' ') + shownText(port.name);
        if (!all.contains(both))
            all << both;
    }
    return all.join(QStringLiteral(", "));
}

QString statusText(const Place& place, std::int64_t now)
{
    QStringList parts;
    if (!place.status.empty())
        parts << shownText(place.status);
    if (place.restarts != 0)
        parts << (place.restarts == 1 ? tr("1 restart") : tr("%1 restarts").arg(place.restarts));
    if (place.created > 0)
        parts << ageText(now - place.created);
    return parts.join(QStringLiteral(" · "));
}

} // namespace podglass::connect
