// SPDX-License-Identifier: GPL-3.0-or-later
// The head of a plot: its title, and for each series its mark, name and value of the moment (or
// of the time under the mouse). Wraps by whole entries; never cuts a value. Thread: the window's.
#pragma once

#include "ui/charts/plot_spec.h"

#include <QWidget>

namespace podglass::charts {

class LegendStrip : public QWidget
{
    Q_OBJECT

public:
    explicit LegendStrip(const PlotSpec& spec, QWidget* parent = nullptr);

    // Null: no value known. `when` is shown beside the title; empty for now.
    void show(const ChartSample* sample, const QString& when);

    [[nodiscard]] QString text() const; // "heap 38 MiB, kernel 2 MiB"
    [[nodiscard]] int linesFor(int width) const;
    [[nodiscard]] int heightOf(int lines) const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    struct Entry
    {
        QString name;
        QString value;
        QString widest; // keeps its room, so that entries do not dance
        Series series;
    };

    [[nodiscard]] int widthOf(const Entry& entry) const;
    void paintEntry(QPainter& painter, const Entry& entry, QPoint at) const;

    QString m_title;
    QString m_when;
    std::vector<Entry> m_entries;
};

} // namespace podglass::charts
