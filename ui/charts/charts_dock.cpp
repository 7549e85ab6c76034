// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/charts_dock.h"

#include "ui/charts/chart_plot.h"
#include "ui/charts/csv.h"
#include "ui/charts/plot_spec.h"
#include "ui/theme/theme.h"

#include <algorithm>
#include <cmath>

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>

namespace podglass::charts {

namespace {

constexpr int repaintMilliseconds = 250;
constexpr int widthForFour = 980;
constexpr int widthForTwo = 480;

base::Timestamp timestamp(double seconds)
{
    return {static_cast<std::int64_t>(seconds * 1e9)};
}

} // namespace

ChartsDock::ChartsDock(QWidget* parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("chartsDock"));
    setAccessibleName(tr("Charts"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme::gap, theme::gapSmall, theme::gap, theme::gapSmall);
    layout->setSpacing(theme::gapSmall);
    buildToolbar();
    layout->addWidget(m_toolbar);
    m_pages = new QStackedWidget(this);
    auto* empty =
        new QLabel(tr("No samples yet. The agent sends one each second while connected."));
    empty->setObjectName(QStringLiteral("chartsEmpty"));
    empty->setTextFormat(Qt::PlainText);
    empty->setAlignment(Qt::AlignCenter);
    empty->setWordWrap(true);
    empty->setProperty("tone", "muted");
    m_pages->addWidget(empty);
    buildPlots();
    layout->addWidget(m_pages, 1);
    m_repaint.setSingleShot(true);
    m_repaint.setInterval(repaintMilliseconds);
    connect(&m_repaint, &QTimer::timeout, this, &ChartsDock::render);
    goLive();
}

ChartsDock::~ChartsDock() = default;

void ChartsDock::buildToolbar()
{
    m_toolbar = new QWidget(this);
    auto* row = new QHBoxLayout(m_toolbar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme::gap);
    m_span = new QComboBox(m_toolbar);
    m_span->setObjectName(QStringLiteral("chartsSpan"));
    m_span->setAccessibleName(tr("Time span of the charts"));
    m_span->addItem(tr("Last minute"), 60);
    m_span->addItem(tr("Last 5 minutes"), 300);
    m_span->addItem(tr("Last 15 minutes"), 900);
    m_span->addItem(tr("Last hour"), 3600);
    m_span->addItem(tr("Last 4 hours"), 14400);
    m_span->setCurrentIndex(1);
    const auto button = [this, row](const QString& text, const QString& name) {
        auto* made = new QPushButton(text, m_toolbar);
        made->setObjectName(name);
        made->setProperty("kind", "flat");
        row->addWidget(made);
        return made;
    };
    row->addWidget(m_span);
    m_live = button(tr("Back to live"), QStringLiteral("chartsLive"));
    m_requests = button(tr("Show these requests"), QStringLiteral("chartsRequests"));
    row->addStretch(1);
    m_copy = button(tr("Copy as CSV"), QStringLiteral("chartsCopy"));
    connect(m_span, &QComboBox::activated, this, &ChartsDock::goLive);
    connect(m_live, &QPushButton::clicked, this, &ChartsDock::goLive);
    connect(m_requests, &QPushButton::clicked, this, [this] {
        emit requestsWanted(timestamp(m_zoom.from), timestamp(m_zoom.until));
    });
    connect(
        m_copy, &QPushButton::clicked, this, [this] { QApplication::clipboard()->setText(csv()); });
}

void ChartsDock::buildPlots()
{
    auto* page = new QWidget(m_pages);
    m_grid = new QGridLayout(page);
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(theme::gapLarge);
    m_grid->setVerticalSpacing(theme::gap);
    for (auto& spec : plotSpecs()) {
        auto* plot = new ChartPlot(std::move(spec), m_history, page);
        connect(plot, &ChartPlot::hovered, this, &ChartsDock::hover);
        connect(plot, &ChartPlot::rangeChosen, this, &ChartsDock::zoomTo);
        connect(plot, &ChartPlot::liveWanted, this, &ChartsDock::goLive);
        m_plots.push_back(plot);
    }
    m_pages->addWidget(page);
    arrange();
}

// As many plots in a row as have room to be read; all legends equally high, so that the axes of a
// row stand on one line.
void ChartsDock::arrange()
{
    const int columns = width() >= widthForFour ? 4 : width() >= widthForTwo ? 2 : 1;
    if (columns != m_columns) {
        m_columns = columns;
        for (std::size_t i = 0; i < m_plots.size(); ++i) {
            const int at = static_cast<int>(i);
            m_grid->addWidget(m_plots[i], at / columns, at % columns);
        }
        for (int column = 0; column < 4; ++column) {
            m_grid->setColumnStretch(column, column < columns ? 1 : 0);
        }
    }
    const int each = (width() - 2 * theme::gap - (columns - 1) * theme::gapLarge) / columns;
    int lines = 1;
    for (const auto* plot : m_plots) {
        lines = std::max(lines, plot->legendLinesFor(each));
    }
    for (auto* plot : m_plots) {
        plot->setLegendLines(lines);
    }
}

void ChartsDock::addSample(const ChartSample& sample)
{
    m_history.add(sample);
    m_pages->setCurrentIndex(1);
    m_copy->setEnabled(true);
    schedule();
}

void ChartsDock::addMarker(const ChartMarker& marker)
{
    m_history.add(marker);
    schedule();
}

void ChartsDock::clear()
{
    m_history.clear();
    goLive();
}

void ChartsDock::setFrozen(bool frozen)
{
    m_frozen = frozen;
    schedule();
}

QString ChartsDock::csv() const
{
    const auto shown = range();
    return toCsv(m_history.between(shown.from, shown.until), plotSpecs());
}

ChartsDock::Range ChartsDock::range() const
{
    if (m_zoom.until > 0) {
        return m_zoom;
    }
    const auto samples = m_history.samples();
    const double until = samples.empty() ? 0 : seconds(samples.back().at);
    return {until - m_span->currentData().toDouble(), until};
}

void ChartsDock::schedule()
{
    if (isVisible() && !m_frozen && !m_repaint.isActive()) {
        m_repaint.start();
    }
}

void ChartsDock::render()
{
    if (!isVisible() || m_history.samples().empty()) {
        return;
    }
    const auto shown = range();
    for (auto* plot : m_plots) {
        plot->render(shown.from, shown.until);
    }
}

void ChartsDock::zoomTo(double fromSeconds, double untilSeconds)
{
    constexpr double leastSeconds = 5;
    const double middle = (fromSeconds + untilSeconds) / 2;
    const double half = std::max(untilSeconds - fromSeconds, leastSeconds) / 2;
    m_zoom = {middle - half, middle + half};
    m_live->setVisible(true);
    m_requests->setVisible(true);
    render();
}

void ChartsDock::goLive()
{
    m_zoom = {};
    m_live->setVisible(false);
    m_requests->setVisible(false);
    const bool any = !m_history.samples().empty();
    m_pages->setCurrentIndex(any ? 1 : 0);
    m_copy->setEnabled(any);
    render();
}

void ChartsDock::hover(double atSeconds)
{
    for (auto* plot : m_plots) {
        plot->setHover(atSeconds);
    }
}

void ChartsDock::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    arrange();
    schedule();
}

void ChartsDock::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    arrange();
    schedule();
}

void ChartsDock::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::FontChange) {
        arrange();
    }
    QWidget::changeEvent(event);
}

} // namespace podglass::charts
