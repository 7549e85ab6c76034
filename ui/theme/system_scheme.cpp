// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/system_scheme.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>

namespace podglass::theme {

namespace {

const QString service = QStringLiteral("org.freedesktop.portal.Desktop");
const QString path = QStringLiteral("/org/freedesktop/portal/desktop");
const QString settings = QStringLiteral("org.freedesktop.portal.Settings");
const QString appearance = QStringLiteral("org.freedesktop.appearance");
const QString colorScheme = QStringLiteral("color-scheme");

} // namespace

SystemScheme::SystemScheme(Scheme fallback, QObject* parent)
    : QObject(parent)
    , m_fallback(fallback)
    , m_scheme(fallback)
{
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        return;
    bus.connect(service,
                path,
                settings,
                QStringLiteral("SettingChanged"),
                this,
                SLOT(onSettingChanged(QString, QString, QDBusVariant)));
    QDBusMessage ask =
        QDBusMessage::createMethodCall(service, path, settings, QStringLiteral("Read"));
    ask << appearance << colorScheme;
    auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(ask, 2000), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher] {
        const QDBusPendingReply<QDBusVariant> reply = *watcher;
        if (reply.isValid())
            apply(reply.value().variant());
        watcher->deleteLater();
    });
}

void SystemScheme::onSettingChanged(const QString& group,
                                    const QString& key,
                                    const QDBusVariant& value)
{
    if (group == appearance && key == colorScheme)
        apply(value.variant());
}

// 0: no preference, 1: dark, 2: light. Read() wraps the number in one more variant.
void SystemScheme::apply(const QVariant& value)
{
    QVariant inner = value;
    if (inner.canConvert<QDBusVariant>())
        inner = inner.value<QDBusVariant>().variant();
    const uint preference = inner.toUInt();
    const Scheme wanted = preference == 1   ? Scheme::Dark
                          : preference == 2 ? Scheme::Light
                                            : m_fallback;
    if (wanted == m_scheme)
        return;
    m_scheme = wanted;
    emit changed();
}

} // namespace podglass::theme
