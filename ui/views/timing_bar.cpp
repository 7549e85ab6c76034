// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/timing_bar.h"

#include "ui/models/format.h"
#include "ui/theme/colors.h"
#include "ui/theme/theme.h"

#include <numeric>

#include <QPainter>

namespace podglass::views {

namespace {

constexpr int barWidth = 120;
constexpr int barHeight = 8;

} // namespace

TimingBar::TimingBar(QWidget* parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void TimingBar::setDetail(const models::ExchangeDetail& detail)
{
    m_parts[0] = detail.requestTime;
    m_parts[1] = detail.waitingTime;
    m_parts[2] = detail.responseTime;
    const quint64 all = m_parts[0] + m_parts[1] + m_parts[2];
    m_text = tr("%1 in all: request %2, waiting %3, response %4")
                 .arg(models::duration(all),
                      models::duration(m_parts[0]),
                      models::duration(m_parts[1]),
                      models::duration(m_parts[2]));
    setAccessibleName(m_text);
    setToolTip(m_text);
    setVisible(detail.timed);
    update();
}

QSize TimingBar::sizeHint() const
{
    return {barWidth + theme::gap + fontMetrics().horizontalAdvance(m_text),
            fontMetrics().height() + theme::gapSmall};
}

void TimingBar::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const theme::Role roles[3] = {theme::Role::Series1, theme::Role::Series2, theme::Role::Series3};
    const quint64 all = std::max<quint64>(1, m_parts[0] + m_parts[1] + m_parts[2]);
    int x = 0;
    const int y = (height() - barHeight) / 2;
    for (int part = 0; part < 3; ++part) {
        const int end = part == 2 ? barWidth : x + static_cast<int>(m_parts[part] * barWidth / all);
        painter.fillRect(x, y, end - x, barHeight, theme::color(palette(), roles[part]));
        x = end;
    }
    painter.setPen(theme::color(palette(), theme::Role::Muted));
    const QRect rest(barWidth + theme::gap, 0, width() - barWidth - theme::gap, height());
    painter.drawText(rest,
                     Qt::AlignLeft | Qt::AlignVCenter,
                     fontMetrics().elidedText(m_text, Qt::ElideRight, rest.width()));
}

} // namespace podglass::views
