// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/saved_targets.h"

#include <QSettings>

namespace podglass::shell {

namespace {

constexpr int recentAddresses = 8;
const QString recentKey = QStringLiteral("recent");
const QString keptGroup = QStringLiteral("kept");

connect::SavedAddress readKept(QSettings& settings, const QString& name)
{
    return {name.toStdString(),
            settings.value(name + QStringLiteral("/address")).toString().toStdString(),
            settings.value(name + QStringLiteral("/viewOnly")).toBool()};
}

} // namespace

std::vector<connect::SavedAddress> savedAddresses()
{
    std::vector<connect::SavedAddress> all;
    QSettings settings;
    const QStringList recent = settings.value(recentKey).toStringList();
    settings.beginGroup(keptGroup);
    for (const QString& name : settings.childGroups())
        all.push_back(readKept(settings, name));
    for (const QString& address : recent)
        all.push_back({{}, address.toStdString(), false});
    return all;
}

std::optional<connect::SavedAddress> savedAddress(const QString& name)
{
    QSettings settings;
    settings.beginGroup(keptGroup);
    if (!settings.childGroups().contains(name))
        return std::nullopt;
    return readKept(settings, name);
}

void rememberAddress(const session::Address& address)
{
    QSettings settings;
    const QString text = QString::fromStdString(session::print(address));
    QStringList recent = settings.value(recentKey).toStringList();
    recent.removeAll(text);
    recent.prepend(text);
    settings.setValue(recentKey, QStringList(recent.mid(0, recentAddresses)));
}

void keepAddress(const QString& name, const session::Address& address, bool viewOnly)
{
    QSettings settings;
    settings.beginGroup(keptGroup);
    QString key = name; // a '/' would make another group of it
    key.replace(u'/', u'-');
    settings.setValue(key + QStringLiteral("/address"),
                      QString::fromStdString(session::print(address)));
    settings.setValue(key + QStringLiteral("/viewOnly"), viewOnly);
}

QStringList recentTargets(const session::Road& road)
{
    QStringList targets;
    const QStringList recent = QSettings().value(recentKey).toStringList();
    for (const QString& text : recent) {
        const auto address = session::parseAddress(text.toStdString());
        if (address && address.value().road == road && !address.value().target.empty())
            targets << QString::fromStdString(address.value().target);
    }
    return targets;
}

} // namespace podglass::shell
