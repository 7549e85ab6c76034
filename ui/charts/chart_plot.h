// SPDX-License-Identifier: GPL-3.0-or-later
// One plot of the charts: lines, areas and bars over time under a legend that shows values. Draws
// when told to, from the history it is given; keeps no samples. Pens are 1 pixel wide: wider ones
// with antialiasing cost seconds a repaint on noisy data.
// Keys: Left and Right walk through time, Escape leaves it.
// Thread: the window's.
#pragma once

#include "ui/charts/history.h"
#include "ui/charts/plot_spec.h"

#include <QWidget>

class QCPAxis;
class QCPBars;
class QCPGraph;
class QCustomPlot;

namespace podglass::charts {

class AreaItem;
class CursorItem;
class LegendStrip;
class MarkerItem;

class ChartPlot : public QWidget
{
    Q_OBJECT

public:
    ChartPlot(PlotSpec spec, const History& history, QWidget* parent = nullptr);

    // Draws [from, until] of the history now.
    void render(double fromSeconds, double untilSeconds);
    // The time that all plots point at; NaN: none.
    void setHover(double atSeconds);
    // Values and description for the newest sample, or the one pointed at.
    void updateText();

    [[nodiscard]] int legendLinesFor(int width) const;
    void setLegendLines(int lines);

signals:
    void hovered(double atSeconds);
    void rangeChosen(double fromSeconds, double untilSeconds);
    void liveWanted();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    struct Drawn
    {
        Series series;
        QCPGraph* graph = nullptr;
        QCPBars* bars = nullptr;
        AreaItem* area = nullptr;
    };

    void addSeries(const Series& series);
    void setUpAxes();
    void recolor();
    void scale(QCPAxis* axis, double top, double least, Unit unit);
    double fill(Drawn& drawn, double fromSeconds, double untilSeconds);
    void press(double x);
    void move(double x);
    void release();
    void walk(int steps);

    PlotSpec m_spec;
    const History& m_history;
    LegendStrip* m_legend = nullptr;
    QCustomPlot* m_plot = nullptr;
    MarkerItem* m_markers = nullptr;
    CursorItem* m_cursor = nullptr;
    std::vector<Drawn> m_drawn;
    double m_hover;
    double m_pressed;
    double m_dragged;
};

} // namespace podglass::charts
