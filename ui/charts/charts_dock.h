// SPDX-License-Identifier: GPL-3.0-or-later
// The charts: memory of the agent, lag of the channel, queues and rates over one shared time axis.
// Repaints at most four times a second, and not at all while hidden; memory is bounded by History.
// Dragging over a plot shows that range; double click or the Live button goes back to now.
// Thread: the window's.
#pragma once

#include "ui/charts/history.h"

#include <vector>

#include <QTimer>
#include <QWidget>

class QComboBox;
class QGridLayout;
class QLabel;
class QPushButton;
class QStackedWidget;

namespace podglass::charts {

class ChartPlot;

class ChartsDock : public QWidget
{
    Q_OBJECT

public:
    explicit ChartsDock(QWidget* parent = nullptr);
    ~ChartsDock() override;

    void addSample(const ChartSample& sample);
    void addMarker(const ChartMarker& marker);
    void clear();
    // While frozen, samples are kept and nothing moves.
    void setFrozen(bool frozen);

    [[nodiscard]] QString csv() const; // of the range in view

signals:
    // "Show these requests": the list should show this range of time only.
    void requestsWanted(base::Timestamp from, base::Timestamp until);

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    struct Range
    {
        double from = 0;
        double until = 0;
    };

    void buildToolbar();
    void buildPlots();
    void arrange();
    void schedule();
    void render();
    void zoomTo(double fromSeconds, double untilSeconds);
    void goLive();
    void hover(double atSeconds);
    [[nodiscard]] Range range() const;

    History m_history;
    std::vector<ChartPlot*> m_plots;
    QTimer m_repaint;
    QStackedWidget* m_pages = nullptr;
    QGridLayout* m_grid = nullptr;
    QWidget* m_toolbar = nullptr;
    QComboBox* m_span = nullptr;
    QPushButton* m_live = nullptr;
    QPushButton* m_requests = nullptr;
    QPushButton* m_copy = nullptr;
    Range m_zoom; // until 0: live
    bool m_frozen = false;
    int m_columns = 0;
};

} // namespace podglass::charts
