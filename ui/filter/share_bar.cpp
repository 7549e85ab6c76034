// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/filter/share_bar.h"

#include "ui/theme/colors.h"

#include <algorithm>

#include <QPainter>

namespace podglass::ui {

ShareBar::ShareBar(QWidget* parent)
    : QWidget(parent)
{
    setFixedHeight(8);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void ShareBar::setShare(double share)
{
    m_share = std::clamp(share, 0.0, 1.0);
    update();
}

void ShareBar::paintEvent(QPaintEvent* /*event*/)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    const QRectF whole = QRectF(rect()).adjusted(0, 1, 0, -1);
    const double round = whole.height() / 2;
    painter.setBrush(theme::color(palette(), theme::Role::Border));
    painter.drawRoundedRect(whole, round, round);
    if (m_share <= 0)
        return;
    QRectF part = whole;
    part.setWidth(std::max(whole.height(), whole.width() * m_share)); // few is not none
    if (layoutDirection() == Qt::RightToLeft)
        part.moveRight(whole.right());
    painter.setBrush(theme::color(palette(), theme::Role::Accent));
    painter.drawRoundedRect(part, round, round);
}

} // namespace podglass::ui
