// SPDX-License-Identifier: GPL-3.0-or-later
// What is drawn over the lines of a plot: marks of what happened, and the line under the mouse.
// Each is one item, whatever the number of marks. Owned by the QCustomPlot they are made on.
#pragma once

#include "ui/charts/sample.h"

#include <span>

#include <qcustomplot.h>

namespace podglass::charts {

// The wash under a line, one upright stroke a pixel column: a filled polygon costs 20 times as much
// on noisy data (measured: 70 ms against 3.5 ms a repaint of all plots).
class AreaItem : public QCPAbstractItem
{
    Q_OBJECT

public:
    // `line` is on the same plot and lives as long as it.
    AreaItem(QCustomPlot* plot, const QCPGraph* line);

    void setColor(const QColor& color) { m_color = color; }

    double selectTest(const QPointF& at, bool onlySelectable, QVariant* details) const override;

protected:
    void draw(QCPPainter* painter) override;

private:
    const QCPGraph* m_line;
    QColor m_color;
};

class MarkerItem : public QCPAbstractItem
{
    Q_OBJECT

public:
    explicit MarkerItem(QCustomPlot* plot);

    // Borrowed until the next call; must live as long as the item is drawn.
    void setMarkers(std::span<const ChartMarker> markers) { m_markers = markers; }

    double selectTest(const QPointF& at, bool onlySelectable, QVariant* details) const override;

protected:
    void draw(QCPPainter* painter) override;

private:
    std::span<const ChartMarker> m_markers;
};

// The hair line under the mouse and the band of a range being chosen. Lives on a buffered layer:
// moving it paints nothing else.
class CursorItem : public QCPAbstractItem
{
    Q_OBJECT

public:
    explicit CursorItem(QCustomPlot* plot);

    // Seconds; NaN: none.
    void setHover(double at) { m_hover = at; }

    void setBand(double from, double until)
    {
        m_bandFrom = from;
        m_bandUntil = until;
    }

    double selectTest(const QPointF& at, bool onlySelectable, QVariant* details) const override;

protected:
    void draw(QCPPainter* painter) override;

private:
    double m_hover;
    double m_bandFrom;
    double m_bandUntil;
};

} // namespace podglass::charts
