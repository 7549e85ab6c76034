// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/icon_label.h"

#include <QEvent>

namespace podglass::theme {

void IconLabel::setIcon(const QIcon& icon, int size)
{
    m_icon = icon;
    m_size = size;
    setPixmap(m_icon.pixmap(m_size, m_size));
}

void IconLabel::changeEvent(QEvent* event)
{
    QLabel::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && !m_icon.isNull())
        setPixmap(m_icon.pixmap(m_size, m_size));
}

} // namespace podglass::theme
