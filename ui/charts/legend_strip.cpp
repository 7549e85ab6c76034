// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/legend_strip.h"

#include "ui/theme/colors.h"
#include "ui/theme/theme.h"

#include <algorithm>

#include <QEvent>
#include <QPainter>
#include <QStringList>

namespace podglass::charts {

namespace {

constexpr int markWidth = 12;
constexpr int entryGap = 14;

QString widestValue(Unit unit)
{
    switch (unit) {
    case Unit::Bytes:
    case Unit::BytesPerSecond:
        return valueText(888.8 * 1024 * 1024, unit);
    case Unit::Milliseconds:
        return valueText(888, unit);
    case Unit::Share:
        return valueText(0.888, unit);
    case Unit::PerSecond:
    case Unit::Count:
        break;
    }
    return valueText(8888, unit);
}

} // namespace

LegendStrip::LegendStrip(const PlotSpec& spec, QWidget* parent)
    : QWidget(parent)
    , m_title(spec.title)
{
    for (const auto& series : spec.series) {
        m_entries.push_back({series.name, QString(), widestValue(series.unit), series});
    }
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void LegendStrip::show(const ChartSample* sample, const QString& when)
{
    for (auto& entry : m_entries) {
        const double value = sample == nullptr ? 0 : sample->*entry.series.value;
        const bool none =
            sample == nullptr || (entry.series.shape == Shape::Threshold && value <= 0);
        entry.value = none ? tr("–") : valueText(value, entry.series.unit);
    }
    m_when = when;
    update();
}

QString LegendStrip::text() const
{
    QStringList parts;
    for (const auto& entry : m_entries) {
        parts << tr("%1 %2", "series and value").arg(entry.name, entry.value);
    }
    return parts.join(tr(", "));
}

int LegendStrip::widthOf(const Entry& entry) const
{
    const QFontMetrics metrics(font());
    const int value =
        std::max(metrics.horizontalAdvance(entry.value), metrics.horizontalAdvance(entry.widest));
    const int mark = entry.series.shape == Shape::TextOnly ? 0 : markWidth + theme::gapSmall;
    return mark + metrics.horizontalAdvance(entry.name) + theme::gapSmall + value;
}

int LegendStrip::linesFor(int width) const
{
    int lines = 1;
    int x = 0;
    for (const auto& entry : m_entries) {
        const int needed = widthOf(entry);
        if (x > 0 && x + needed > width) {
            ++lines;
            x = 0;
        }
        x += needed + entryGap;
    }
    return lines;
}

int LegendStrip::heightOf(int lines) const
{
    return QFontMetrics(font()).lineSpacing() * (lines + 1) + theme::gapSmall;
}

void LegendStrip::paintEntry(QPainter& painter, const Entry& entry, QPoint at) const
{
    const QFontMetrics metrics(font());
    const auto ink = theme::color(palette(), entry.series.role);
    const int middle = at.y() + metrics.height() / 2;
    switch (entry.series.shape) {
    case Shape::Line:
        painter.fillRect(at.x(), middle - 1, markWidth, 2, ink);
        break;
    case Shape::Threshold:
        painter.fillRect(at.x(), middle - 1, 5, 2, ink);
        painter.fillRect(at.x() + 7, middle - 1, 5, 2, ink);
        break;
    case Shape::Area:
    case Shape::Bars:
        painter.fillRect(at.x() + 1, middle - 4, markWidth - 2, 8, ink);
        break;
    case Shape::TextOnly:
        break;
    }
    int x = at.x();
    if (entry.series.shape != Shape::TextOnly) {
        x += markWidth + theme::gapSmall;
    }
    painter.setPen(theme::color(palette(), theme::Role::Muted));
    painter.drawText(x, at.y() + metrics.ascent(), entry.name);
    x += metrics.horizontalAdvance(entry.name) + theme::gapSmall;
    painter.setPen(theme::color(palette(), theme::Role::Text));
    painter.drawText(x, at.y() + metrics.ascent(), entry.value);
}

void LegendStrip::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    QFont bold = font();
    bold.setBold(true);
    painter.setFont(bold);
    painter.setPen(theme::color(palette(), theme::Role::Text));
    const QFontMetrics metrics(font());
    const auto titleSide = isRightToLeft() ? Qt::AlignRight : Qt::AlignLeft;
    const auto whenSide = isRightToLeft() ? Qt::AlignLeft : Qt::AlignRight;
    painter.drawText(rect(), static_cast<int>(titleSide | Qt::AlignTop), m_title);
    painter.setFont(font());
    painter.setPen(theme::color(palette(), theme::Role::Muted));
    painter.drawText(rect(), static_cast<int>(whenSide | Qt::AlignTop), m_when);

    QPoint at(0, metrics.lineSpacing() + theme::gapSmall / 2);
    for (const auto& entry : m_entries) {
        const int needed = widthOf(entry);
        if (at.x() > 0 && at.x() + needed > width()) {
            at = {0, at.y() + metrics.lineSpacing()};
        }
        paintEntry(painter, entry, at);
        at.rx() += needed + entryGap;
    }
}

void LegendStrip::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        update();
    }
    QWidget::changeEvent(event);
}

} // namespace podglass::charts
