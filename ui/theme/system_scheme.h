// SPDX-License-Identifier: GPL-3.0-or-later
// What the desktop wants: the portal's org.freedesktop.appearance color-scheme over D-Bus, asked
// without waiting (the first paint must not depend on another process) and then followed. Without
// a portal, the palette that Qt found at start decides.
// Source: XDG Desktop Portal, org.freedesktop.portal.Settings. Thread: the window's.
#pragma once

#include "ui/theme/colors.h"

#include <QDBusVariant>
#include <QObject>

namespace podglass::theme {

class SystemScheme : public QObject
{
    Q_OBJECT

public:
    explicit SystemScheme(Scheme fallback, QObject* parent = nullptr);

    [[nodiscard]] Scheme scheme() const { return m_scheme; }

signals:
    void changed();

private:
    Q_SLOT void
    onSettingChanged(const QString& group, const QString& key, const QDBusVariant& value);
    void apply(const QVariant& value);

    Scheme m_fallback;
    Scheme m_scheme;
};

} // namespace podglass::theme
