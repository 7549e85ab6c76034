// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/main_window.h"

#include "ui/charts/charts_dock.h"
#include "ui/connect/connect_page.h"
#include "ui/filter/filter_bar.h"
#include "ui/filter/filter_editor.h"
#include "ui/filter/tree_path.h"
#include "ui/models/format.h"
#include "ui/shell/chart_feed.h"
#include "ui/shell/connection_pill.h"
#include "ui/shell/delivery_dialog.h"
#include "ui/shell/event_log.h"
#include "ui/shell/held_panel.h"
#include "ui/shell/list_page.h"
#include "ui/shell/mode_control.h"
#include "ui/shell/status_line.h"
#include "ui/shell/steal_bar.h"
#include "ui/theme/icon.h"
#include "ui/views/connection_list.h"
#include "ui/views/detail_pane.h"
#include "ui/views/exchange_list.h"
#include "ui/views/exchange_menu.h"

#include <QClipboard>
#include <QCloseEvent>
#include <QComboBox>
#include <QDockWidget>
#include <QFileInfo>
#include <QGuiApplication>
#include <QMenu>
#include <QPushButton>
#include <QSettings>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>

namespace podglass::shell {

namespace {

constexpr int previewMilliseconds = 500;

} // namespace

MainWindow::MainWindow(Workspace& work, theme::Theme& theme, QWidget* parent)
    : QMainWindow(parent)
    , m_work(work)
    , m_theme(theme)
{
    setObjectName(QStringLiteral("mainWindow"));
    setWindowIcon(theme::applicationIcon());
    setMinimumSize(900, 560);
    setAcceptDrops(true);
    buildToolBar();
    buildPages();
    buildDocks();
    buildMenus();
    restoreLayout();
    connectFeed();
    wireConnecting();
    connectParts();
    // Enter presses the button that has the focus, as in a dialog.
    for (QPushButton* button : findChildren<QPushButton*>())
        button->setAutoDefault(true);
    m_previewTimer.setInterval(previewMilliseconds);
    connect(&m_previewTimer, &QTimer::timeout, this, &MainWindow::refreshSteal);
    onAttachmentChanged();
    onPublished();
    showConnect();
}

void MainWindow::connectFeed()
{
    bridge::Feed& feed = m_work.feed;
    connect(&feed, &bridge::Feed::published, this, &MainWindow::onPublished);
    connect(&feed, &bridge::Feed::progress, m_status, &StatusLine::setProgress);
    connect(&feed, &bridge::Feed::telemetry, this, &MainWindow::onTelemetry);
    connect(
        &m_work.attachment, &bridge::Attachment::changed, this, &MainWindow::onAttachmentChanged);
    connect(&m_work.attachment, &bridge::Attachment::notice, m_log, &EventLog::add);
}

void MainWindow::connectParts()
{
    connect(m_filter, &ui::FilterBar::applied, this, &MainWindow::applyViewFilter);
    connect(m_filter, &ui::FilterBar::editorWanted, this, &MainWindow::editViewFilter);
    connect(m_filter, &ui::FilterBar::scopeRemoved, this, [this] { showOnlyConnection(0); });
    connect(m_filter, &ui::FilterBar::left, this, [this] { m_list->list().table()->setFocus(); });
    connect(m_steal, &StealBar::stopRequested, this, &MainWindow::stopStealing);
    connect(m_steal, &StealBar::editRequested, this, &MainWindow::editStealFilter);
    connect(m_steal, &StealBar::portChosen, this, [this](quint16 port) {
        m_work.attachment.setStealPort(port);
    });
    connect(m_steal, &StealBar::takerChanged, this, [this] {
        if (const auto taker = m_steal->taker()) {
            m_work.attachment.setTaker(*taker, m_steal->onFailure());
            m_held->setAddress(*taker);
        }
        keepTaker();
        refreshSteal();
    });
    connectHeld();
    connectRules();
    connectTls();
    connect(m_guard, &GuardSheet::anywayRequested, this, &MainWindow::steal);
    connect(m_guard, &GuardSheet::withoutProbesRequested, this, &MainWindow::stealWithoutProbes);
    connect(m_guard, &GuardSheet::filterRequested, this, &MainWindow::editStealFilter);
    connect(m_guard, &GuardSheet::portRequested, m_steal, &StealBar::focusPort);
    connect(m_guard, &GuardSheet::takerRequested, m_steal, &StealBar::focusTaker);
    connect(m_guard, &GuardSheet::closed, m_guard, &QWidget::hide);
    connect(m_list, &ListPage::mirrorRequested, this, [this] { requestMode(wire::Mode::Mirror); });
    connect(m_list, &ListPage::clearFilterRequested, this, [this] {
        m_filter->setFilter({});
        showOnlyConnection(0);
    });
    connect(m_list, &ListPage::connectionsRequested, this, [this] { showDock(m_connectionDock); });
    auto& list = m_list->list();
    connect(&list, &views::ExchangeList::menuRequested, this, &MainWindow::openRowMenu);
    connect(&list, &views::ExchangeList::followingChanged, this, [this](bool following) {
        m_freeze->setChecked(!following);
    });
    connect(m_freeze, &QToolButton::clicked, this, [&list](bool frozen) {
        if (frozen)
            list.freeze();
        else
            list.follow();
    });
    auto& detail = m_list->detail();
    connect(
        &detail, &views::DetailPane::connectionRequested, this, &MainWindow::showOnlyConnection);
    connect(&detail, &views::DetailPane::copyCurlRequested, this, &MainWindow::copyCurl);
    connect(&detail,
            &views::DetailPane::headerFilterRequested,
            this,
            [this](const QString& name, const QString& value) {
                filter::Rule rule;
                rule.field = filter::Field::Header;
                rule.name = name.toStdString();
                rule.value = value.toStdString();
                addViewRules({rule});
            });
}

void MainWindow::connectHeld()
{
    connect(m_steal, &StealBar::heldRequested, this, [this] { showDock(m_heldDock); });
    connect(m_held, &HeldPanel::countChanged, m_steal, &StealBar::setHeld);
    connect(m_held, &HeldPanel::released, this, [this](quint64 id, const session::Release& how) {
        m_work.link.release(id, how);
    });
    const bridge::Feed& feed = m_work.feed;
    connect(&feed, &bridge::Feed::held, m_held, &HeldPanel::add);
    connect(&feed, &bridge::Feed::heldOver, m_held, &HeldPanel::remove);
    connect(&feed, &bridge::Feed::taken, this, &MainWindow::onTaken);
    connect(&feed, &bridge::Feed::heldRefused, m_held, &HeldPanel::refuse);
}

void MainWindow::onTelemetry()
{
    const store::History& history = m_work.store.history();
    m_pill->setTelemetry(history, m_work.store.losses());
    if (history.fine().empty())
        return;
    const auto& samples = history.fine();
    m_charts->addSample(chartSample(
        samples.size() > 1 ? samples[samples.size() - 2] : samples.back(), samples.back()));
}

void MainWindow::onAttachmentChanged()
{
    const bridge::Attachment& attachment = m_work.attachment;
    const bool attached = attachment.attached();
    const QString name = attachment.name();
    m_target->setAccessibleName(attached ? tr("Target: %1").arg(name) : tr("Choose target"));
    showTargets();
    const QString shown = m_fileShown ? QFileInfo(m_file).fileName() : name;
    setWindowTitle(shown.isEmpty() ? tr("Podglass") : tr("%1 — Podglass").arg(shown));
    m_mode->setMode(attachment.mode());
    m_mode->setAvailable(attached, attachment.lacking());
    m_modeAction->setVisible(!m_fileShown);
    m_freezeAction->setVisible(!m_fileShown);
    updatePill();
    m_status->setDelivery(m_fileShown ? QString() : deliveryText(attachment.delivery()));
    updatePorts();
    if (attached)
        m_previewTimer.start();
    else
        m_previewTimer.stop();
    if (!attached)
        m_guard->hide(); // what it asks about is gone
    refreshSteal();
    m_list->refresh();
}

// "Live" is said of what is watched, not of the road to the agent alone.
void MainWindow::updatePill()
{
    m_pill->setViewOnly(m_work.attachment.attached() && m_work.attachment.viewOnly());
    const QString file = models::visible(QFileInfo(m_file).fileName().toStdString(), true);
    if (m_fileShown)
        m_pill->setInstead(tr("Capture file"), file, theme::Role::Muted);
    else if (const QString& why = m_work.attachment.gone(); !why.isEmpty())
        m_pill->setInstead(tr("Target gone"), why, theme::Role::Failure);
    else
        m_pill->setInstead({}, {}, theme::Role::Muted);
}

void MainWindow::updatePorts()
{
    const bridge::Attachment& attachment = m_work.attachment;
    QVector<quint16> all;
    for (const auto& port : attachment.target().ports)
        if (!all.contains(port.port))
            all << port.port;
    const QVector<quint16> used = attachment.ports();
    for (const quint16 port : used)
        if (attachment.attached() && !all.contains(port))
            all << port; // typed: nothing listens there yet
    m_steal->setPorts(used, attachment.stealPort());
    m_portsAction->setVisible(!all.isEmpty());
    const QVariant shown = QVariant::fromValue(all);
    const uint chosen = used.size() == 1 ? used.first() : 0;
    if (m_ports->count() != 0 && m_ports->property("ports") == shown) {
        m_ports->setCurrentIndex(std::max(0, m_ports->findData(chosen)));
        return;
    }
    m_ports->setProperty("ports", QVariant::fromValue(all));
    m_ports->clear();
    if (all.size() > 1)
        m_ports->addItem(tr("All ports"), 0U);
    for (const quint16 port : std::as_const(all))
        m_ports->addItem(QStringLiteral(":%1").arg(port), static_cast<uint>(port));
    m_ports->setCurrentIndex(std::max(0, m_ports->findData(chosen)));
}

void MainWindow::onPublished()
{
    m_list->refresh();
    m_status->setCounts(m_work.store, m_work.view);
    m_filter->setCounts(m_work.view.shownRequests(), m_work.store.requests());
}

void MainWindow::applyViewFilter()
{
    const filter::Filter& filter = m_filter->filter();
    store::View::Predicate predicate;
    if (!filter.children.empty()) {
        auto compiled = filter::CompiledFilter::compile(filter, filter::Use::View);
        if (!compiled) {
            m_log->add(QString::fromStdString(compiled.error().text()));
            return;
        }
        predicate = [program = *compiled](const filter::Subject& subject) {
            return program->matches(subject);
        };
    }
    m_viewEditor->setInForce(filter);
    m_work.view.setFilter(std::move(predicate), m_onlyConnection);
    m_work.feed.startWork();
}

void MainWindow::addViewRules(const std::vector<filter::Rule>& rules)
{
    filter::Filter filter = m_filter->filter();
    for (const filter::Rule& rule : rules)
        ui::require(filter, {rule});
    m_filter->setFilter(filter);
}

void MainWindow::editViewFilter()
{
    m_viewEditor->setSample(sample(0));
    showDock(m_viewEditorDock);
    m_viewEditor->setFocus();
}

void MainWindow::showOnlyConnection(quint32 connection)
{
    m_onlyConnection = connection;
    m_filter->setScope(connection == 0
                           ? QString()
                           : tr("Connection %1").arg(m_work.store.connectionOrdinal(connection)));
    if (connection != 0)
        m_connections->setCurrent(connection);
    applyViewFilter();
}

void MainWindow::openRowMenu(quint32 number, const QPoint& at)
{
    QMenu menu(this);
    const models::ExchangeDetail detail = models::detailOf(m_work.store, number);
    views::ExchangeMenuActions actions;
    actions.copyCurl = [this] { copyCurl(); };
    actions.copyUrl = [this] { copyUrl(); };
    actions.mark = [this](bool) { markCurrent(); };
    actions.showConnection = [this, &detail] { showOnlyConnection(detail.connection); };
    actions.filterView = [this](const auto& rules) { addViewRules(rules); };
    actions.filterSteal = [this](const auto& rules) { addStealRules(rules); };
    views::fillExchangeMenu(menu, detail, actions);
    if (!menu.isEmpty())
        menu.exec(at);
}

void MainWindow::copyCurl()
{
    const auto detail = models::detailOf(m_work.store, m_list->list().current());
    if (detail.number == 0 || detail.loss)
        return;
    const bool secrets = m_list->detail().secretsRevealed();
    QGuiApplication::clipboard()->setText(models::curlCommand(detail, secrets));
    m_status->showMessage(
        secrets ? tr("Copied as cURL, with secrets") : tr("Copied as cURL, secrets masked"), 3000);
}

void MainWindow::copyUrl()
{
    const auto detail = models::detailOf(m_work.store, m_list->list().current());
    if (detail.number == 0 || detail.loss)
        return;
    QGuiApplication::clipboard()->setText(detail.url);
    m_status->showMessage(tr("Copied %1").arg(detail.url), 3000);
}

void MainWindow::markCurrent()
{
    const auto numbers = m_list->list().selected();
    for (const store::Number number : numbers)
        if (const store::Row* row = m_work.store.rows().at(number); row != nullptr)
            m_work.store.mark(number, (row->flags & store::RowMarked) == 0);
    m_work.feed.publish();
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    QSettings settings;
    settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
    settings.setValue(QStringLiteral("window/state"), saveState());
    settings.setValue(QStringLiteral("window/list"), m_list->saveState());
    settings.setValue(QStringLiteral("filters"), m_filter->recent());
    stopStealing(); // the agent's lease would end it too; this is sooner
    QMainWindow::closeEvent(event);
}

} // namespace podglass::shell
