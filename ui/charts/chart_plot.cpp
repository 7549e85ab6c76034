// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_plot.h"

#include "ui/charts/chart_axis.h"
#include "ui/charts/chart_items.h"
#include "ui/charts/decimate.h"
#include "ui/charts/legend_strip.h"
#include "ui/theme/theme.h"

#include <algorithm>
#include <cmath>

#include <QDateTime>
#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QVBoxLayout>
#include <qcustomplot.h>

namespace podglass::charts {

namespace {

// A drag shorter than this is a click.
constexpr double leastDragPixels = 6;

QFont smallFont(const QFont& font)
{
    QFont small = font;
    small.setPointSizeF(std::max(font.pointSizeF() - 1, 7.0));
    return small;
}

Unit unitOf(const PlotSpec& spec, bool rightAxis)
{
    const auto found = std::ranges::find_if(spec.series, [rightAxis](const Series& series) {
        return series.rightAxis == rightAxis && series.shape != Shape::TextOnly;
    });
    return found == spec.series.end() ? Unit::Count : found->unit;
}

} // namespace

ChartPlot::ChartPlot(PlotSpec spec, const History& history, QWidget* parent)
    : QWidget(parent)
    , m_spec(std::move(spec))
    , m_history(history)
    , m_legend(new LegendStrip(m_spec, this))
    , m_plot(new QCustomPlot(this))
    , m_hover(qQNaN())
    , m_pressed(qQNaN())
    , m_dragged(qQNaN())
{
    setObjectName(m_spec.id);
    m_plot->setObjectName(m_spec.id + QStringLiteral("Canvas"));
    m_plot->setAccessibleName(m_spec.title);
    m_plot->setFocusPolicy(Qt::StrongFocus);
    m_plot->setMouseTracking(true);
    m_plot->installEventFilter(this);
    m_plot->setMinimumHeight(72);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(theme::gapSmall);
    layout->addWidget(m_legend);
    layout->addWidget(m_plot, 1);
    setUpAxes();
    for (const auto& series : m_spec.series) {
        addSeries(series);
    }
    m_markers = new MarkerItem(m_plot);
    m_cursor = new CursorItem(m_plot);
    m_legend->setFont(smallFont(font()));
    m_plot->setFont(smallFont(font()));
    recolor();
    updateText();
}

void ChartPlot::setUpAxes()
{
    m_plot->xAxis->setTicker(QSharedPointer<QCPAxisTickerDateTime>::create());
    m_plot->yAxis->setTicker(QSharedPointer<UnitTicker>::create(unitOf(m_spec, false)));
    const bool right = std::ranges::any_of(m_spec.series, &Series::rightAxis);
    m_plot->yAxis2->setVisible(right);
    if (right) {
        m_plot->yAxis2->setTicker(QSharedPointer<UnitTicker>::create(unitOf(m_spec, true)));
    }
    for (auto* axis : {m_plot->xAxis, m_plot->yAxis, m_plot->yAxis2}) {
        axis->setTickLengthIn(0);
        axis->setTickLengthOut(3);
        axis->setSubTicks(false);
        axis->setTickLabelPadding(2);
        axis->setPadding(0);
    }
    m_plot->axisRect()->setMinimumMargins(QMargins(2, 4, 6, 2));
    m_plot->plotLayout()->setRowSpacing(0);
}

void ChartPlot::addSeries(const Series& series)
{
    if (series.shape == Shape::TextOnly) {
        return;
    }
    auto* axis = series.rightAxis ? m_plot->yAxis2 : m_plot->yAxis;
    Drawn drawn{series, nullptr, nullptr, nullptr};
    if (series.shape == Shape::Bars) {
        drawn.bars = new QCPBars(m_plot->xAxis, axis);
        drawn.bars->setAntialiased(false);
        drawn.bars->setWidthType(QCPBars::wtAbsolute);
        drawn.bars->setWidth(3);
    } else {
        drawn.graph = m_plot->addGraph(m_plot->xAxis, axis);
        drawn.graph->setAdaptiveSampling(false); // decimate() has done it
        if (series.shape == Shape::Area) {
            drawn.area = new AreaItem(m_plot, drawn.graph);
        }
    }
    m_drawn.push_back(drawn);
}

void ChartPlot::recolor()
{
    const auto ink = [this](theme::Role role) { return theme::color(palette(), role); };
    m_plot->setBackground(QBrush(ink(theme::Role::Base)));
    for (auto* axis : {m_plot->xAxis, m_plot->yAxis, m_plot->yAxis2}) {
        axis->setBasePen(QPen(ink(theme::Role::Border), 1));
        axis->setTickPen(QPen(ink(theme::Role::Border), 1));
        axis->setTickLabelColor(ink(theme::Role::Muted));
        axis->setTickLabelFont(m_plot->font());
        QColor line = ink(theme::Role::Border);
        line.setAlpha(140);
        axis->grid()->setPen(QPen(line, 1));
        axis->grid()->setZeroLinePen(QPen(Qt::NoPen));
    }
    m_plot->xAxis->grid()->setVisible(false);
    for (auto& drawn : m_drawn) {
        const QColor color = ink(drawn.series.role);
        QColor wash = color;
        wash.setAlpha(40);
        if (drawn.bars != nullptr) {
            drawn.bars->setPen(Qt::NoPen);
            drawn.bars->setBrush(color);
            continue;
        }
        const bool threshold = drawn.series.shape == Shape::Threshold;
        drawn.graph->setPen(QPen(color, 1, threshold ? Qt::DashLine : Qt::SolidLine));
        if (drawn.area != nullptr) {
            drawn.area->setColor(wash);
        }
    }
}

double ChartPlot::fill(Drawn& drawn, double fromSeconds, double untilSeconds)
{
    const auto samples = m_history.between(fromSeconds, untilSeconds);
    const auto points = decimate(samples,
                                 drawn.series.value,
                                 fromSeconds,
                                 untilSeconds,
                                 std::max(m_plot->axisRect()->width(), 16));
    double top = 0;
    for (const auto& point : points) {
        top = point.value > top ? point.value : top;
    }
    if (drawn.graph != nullptr) {
        // Up and down strokes of noise lie side by side: smoothing them costs much, shows nothing.
        drawn.graph->setAntialiased(points.size() < m_plot->axisRect()->width() * 3 / 2);
        drawn.graph->data()->set(points, true);
        return top;
    }
    QVector<QCPBarsData> bars;
    for (const auto& point : points) {
        if (point.value > 0) {
            bars.push_back({point.key, point.value});
        }
    }
    drawn.bars->data()->set(bars, true);
    return top;
}

void ChartPlot::scale(QCPAxis* axis, double top, double least, Unit unit)
{
    axis->setRange(0, roundTop(std::max(top * 1.08, least), unit));
}

void ChartPlot::render(double fromSeconds, double untilSeconds)
{
    double left = 0;
    double right = 0;
    std::vector<double> tops;
    for (auto& drawn : m_drawn) {
        tops.push_back(fill(drawn, fromSeconds, untilSeconds));
        if (!drawn.series.aside) {
            auto& highest = drawn.series.rightAxis ? right : left;
            highest = std::max(highest, tops.back());
        }
    }
    const double reach = 3 * left;
    for (std::size_t i = 0; i < m_drawn.size(); ++i) {
        if (m_drawn[i].series.aside) {
            const bool near = tops[i] > 0 && tops[i] <= reach;
            m_drawn[i].graph->setVisible(near);
            left = near ? std::max(left, tops[i]) : left;
        }
    }
    if (m_spec.fixedTop > 0) {
        m_plot->yAxis->setRange(0, m_spec.fixedTop);
    } else {
        scale(m_plot->yAxis, left, m_spec.leastTop, unitOf(m_spec, false));
    }
    scale(m_plot->yAxis2, right, 1024, unitOf(m_spec, true));
    m_plot->xAxis->setRange(fromSeconds, untilSeconds);
    const auto ticker = m_plot->xAxis->ticker().staticCast<QCPAxisTickerDateTime>();
    const bool fine = untilSeconds - fromSeconds < 240;
    ticker->setDateTimeFormat(fine ? QStringLiteral("HH:mm:ss") : QStringLiteral("HH:mm"));
    const int labelWidth = QFontMetrics(m_plot->font()).horizontalAdvance("00:00:00") + 24;
    ticker->setTickCount(std::max(2, m_plot->axisRect()->width() / labelWidth));
    m_markers->setMarkers(m_history.markers());
    m_plot->replot(QCustomPlot::rpImmediateRefresh);
    updateText();
}

void ChartPlot::setHover(double atSeconds)
{
    m_hover = atSeconds;
    m_cursor->setHover(atSeconds);
    m_plot->layer("overlay")->replot();
    updateText();
}

void ChartPlot::updateText()
{
    const auto samples = m_history.samples();
    const ChartSample* sample = samples.empty() ? nullptr : &samples.back();
    QString when;
    if (!std::isnan(m_hover) && !samples.empty()) {
        sample = m_history.nearest(m_hover);
        const auto at = QDateTime::fromMSecsSinceEpoch(sample->at.nanoseconds / 1'000'000);
        when = QLocale().toString(at.time(), QStringLiteral("HH:mm:ss"));
    }
    m_legend->show(sample, when);
    const QString text = m_legend->text();
    m_plot->setAccessibleDescription(when.isEmpty() ? text : tr("At %1: %2").arg(when, text));
}

int ChartPlot::legendLinesFor(int width) const
{
    return m_legend->linesFor(width);
}

void ChartPlot::setLegendLines(int lines)
{
    m_legend->setFixedHeight(m_legend->heightOf(lines));
}

void ChartPlot::press(double x)
{
    m_pressed = x;
    m_dragged = x;
}

void ChartPlot::move(double x)
{
    const double at = m_plot->xAxis->pixelToCoord(x);
    if (!std::isnan(m_pressed)) {
        m_dragged = x;
        m_cursor->setBand(m_plot->xAxis->pixelToCoord(m_pressed), at);
    }
    emit hovered(at);
}

void ChartPlot::release()
{
    const double from = std::min(m_pressed, m_dragged);
    const double until = std::max(m_pressed, m_dragged);
    m_pressed = qQNaN();
    m_cursor->setBand(qQNaN(), qQNaN());
    if (until - from >= leastDragPixels) {
        emit rangeChosen(m_plot->xAxis->pixelToCoord(from), m_plot->xAxis->pixelToCoord(until));
    }
}

void ChartPlot::walk(int steps)
{
    const auto samples = m_history.samples();
    if (samples.empty()) {
        return;
    }
    const auto range = m_plot->xAxis->range();
    const double from = std::isnan(m_hover) ? range.upper : m_hover + steps;
    emit hovered(std::clamp(from, range.lower, range.upper));
}

bool ChartPlot::eventFilter(QObject* watched, QEvent* event)
{
    if (watched != m_plot) {
        return QWidget::eventFilter(watched, event);
    }
    const auto* mouse = event->isSinglePointEvent() ? static_cast<QMouseEvent*>(event) : nullptr;
    switch (event->type()) {
    case QEvent::MouseButtonPress:
        if (mouse->button() == Qt::LeftButton) {
            press(mouse->position().x());
        }
        break;
    case QEvent::MouseMove:
        move(mouse->position().x());
        break;
    case QEvent::MouseButtonRelease:
        if (mouse->button() == Qt::LeftButton && !std::isnan(m_pressed)) {
            release();
        }
        break;
    case QEvent::MouseButtonDblClick:
        emit liveWanted();
        break;
    case QEvent::Leave:
    case QEvent::FocusOut:
        emit hovered(qQNaN());
        break;
    case QEvent::KeyPress:
        switch (static_cast<QKeyEvent*>(event)->key()) {
        case Qt::Key_Left:
            walk(-1);
            return true;
        case Qt::Key_Right:
            walk(1);
            return true;
        case Qt::Key_Escape:
            emit hovered(qQNaN());
            break;
        default:
            break;
        }
        break;
    default:
        break;
    }
    return QWidget::eventFilter(watched, event);
}

void ChartPlot::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        m_legend->setFont(smallFont(font()));
        m_plot->setFont(smallFont(font()));
        recolor();
        m_plot->replot(QCustomPlot::rpQueuedReplot);
    }
    QWidget::changeEvent(event);
}

} // namespace podglass::charts
