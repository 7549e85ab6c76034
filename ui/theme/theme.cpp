// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"

#include "ui/theme/style_sheet.h"

#include <QApplication>
#include <QStyleFactory>

namespace podglass::theme {

Theme::Theme(QApplication& application)
    : m_application(application)
    , m_system(schemeOf(QApplication::palette()))
{
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    connect(&m_system, &SystemScheme::changed, this, &Theme::apply);
    apply();
}

void Theme::setChoice(Choice choice)
{
    m_choice = choice;
    apply();
}

Scheme Theme::scheme() const
{
    if (m_choice == Choice::System)
        return m_system.scheme();
    return m_choice == Choice::Dark ? Scheme::Dark : Scheme::Light;
}

void Theme::apply()
{
    const Scheme wanted = scheme();
    if (m_applied && wanted == m_shown)
        return;
    m_applied = true;
    m_shown = wanted;
    QApplication::setPalette(paletteFor(wanted));
    m_application.setStyleSheet(styleSheetFor(wanted));
    emit changed();
}

} // namespace podglass::theme
