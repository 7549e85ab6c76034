// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_items.h"

#include "ui/charts/history.h"
#include "ui/theme/colors.h"

#include <cmath>

namespace podglass::charts {

namespace {

theme::Role roleOf(MarkerKind kind)
{
    switch (kind) {
    case MarkerKind::Mode:
        return theme::Role::Steal;
    case MarkerKind::Filter:
        return theme::Role::Accent;
    case MarkerKind::Connection:
        break;
    }
    return theme::Role::Muted;
}

} // namespace

AreaItem::AreaItem(QCustomPlot* plot, const QCPGraph* line)
    : QCPAbstractItem(plot)
    , m_line(line)
{
    setAntialiased(false);
}

double AreaItem::selectTest(const QPointF&, bool, QVariant*) const
{
    return -1;
}

void AreaItem::draw(QCPPainter* painter)
{
    const QRect area = parentPlot()->axisRect()->rect();
    const auto* keys = m_line->keyAxis();
    const auto* values = m_line->valueAxis();
    QVector<QLine> strokes;
    strokes.reserve(area.width());
    const auto& points = *m_line->data();
    auto next = points.constBegin();
    if (next == points.constEnd()) {
        return;
    }
    for (int x = area.left(); x <= area.right(); ++x) {
        const double at = keys->pixelToCoord(x);
        while (next != points.constEnd() && next->key < at) {
            ++next;
        }
        if (next == points.constEnd()) {
            break;
        }
        if (next == points.constBegin() || std::isnan(next->value)) {
            continue;
        }
        const auto before = std::prev(next);
        const double share = (at - before->key) / (next->key - before->key);
        const double value = before->value + share * (next->value - before->value);
        if (!std::isnan(value)) {
            const int top = static_cast<int>(std::lround(values->coordToPixel(value)));
            strokes.append(QLine(x, std::max(top, area.top()), x, area.bottom()));
        }
    }
    painter->setClipRect(area);
    painter->setPen(QPen(m_color, 1));
    painter->drawLines(strokes);
}

MarkerItem::MarkerItem(QCustomPlot* plot)
    : QCPAbstractItem(plot)
{
    setAntialiased(false);
}

double MarkerItem::selectTest(const QPointF&, bool, QVariant*) const
{
    return -1;
}

void MarkerItem::draw(QCPPainter* painter)
{
    const auto* axis = parentPlot()->xAxis;
    const QRect area = parentPlot()->axisRect()->rect();
    const QFontMetrics metrics(parentPlot()->font());
    painter->setFont(parentPlot()->font());
    painter->setClipRect(area);
    int freeFrom = area.left();
    for (const auto& marker : m_markers) {
        const double at = seconds(marker.at);
        if (!axis->range().contains(at)) {
            continue;
        }
        const int x = static_cast<int>(std::lround(axis->coordToPixel(at)));
        const auto ink = theme::color(parentPlot()->palette(), roleOf(marker.kind));
        QColor faint = ink;
        faint.setAlpha(150);
        painter->setPen(QPen(faint, 1, Qt::DotLine));
        painter->drawLine(QLineF(x, area.top(), x, area.bottom()));
        // A label that would cover another one is left out; the accessible text has them all.
        const int width = metrics.horizontalAdvance(marker.text) + 6;
        const int left = x + width > area.right() ? x - width : x + 3;
        if (left < freeFrom) {
            continue;
        }
        painter->setPen(ink);
        painter->drawText(left, area.top() + metrics.ascent() + 1, marker.text);
        freeFrom = left + width;
    }
}

CursorItem::CursorItem(QCustomPlot* plot)
    : QCPAbstractItem(plot)
    , m_hover(qQNaN())
    , m_bandFrom(qQNaN())
    , m_bandUntil(qQNaN())
{
    setAntialiased(false);
    plot->layer("overlay")->setMode(QCPLayer::lmBuffered);
    setLayer("overlay");
}

double CursorItem::selectTest(const QPointF&, bool, QVariant*) const
{
    return -1;
}

void CursorItem::draw(QCPPainter* painter)
{
    const auto* axis = parentPlot()->xAxis;
    const QRect area = parentPlot()->axisRect()->rect();
    painter->setClipRect(area);
    if (!std::isnan(m_bandFrom) && !std::isnan(m_bandUntil)) {
        auto fill = parentPlot()->palette().color(QPalette::Highlight);
        fill.setAlpha(60);
        const double from = axis->coordToPixel(m_bandFrom);
        const double until = axis->coordToPixel(m_bandUntil);
        painter->fillRect(QRectF(QPointF(std::min(from, until), area.top()),
                                 QPointF(std::max(from, until), area.bottom() + 1)),
                          fill);
    }
    if (!std::isnan(m_hover) && axis->range().contains(m_hover)) {
        const int x = static_cast<int>(std::lround(axis->coordToPixel(m_hover)));
        painter->setPen(theme::color(parentPlot()->palette(), theme::Role::Text));
        painter->drawLine(QLineF(x, area.top(), x, area.bottom()));
    }
}

} // namespace podglass::charts
