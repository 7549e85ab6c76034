// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/charts_dock.h"
#include "ui/connect/connect_page.h"
#include "ui/connect/target_picker.h"
#include "ui/filter/filter_bar.h"
#include "ui/filter/filter_editor.h"
#include "ui/shell/connection_pill.h"
#include "ui/shell/event_log.h"
#include "ui/shell/held_panel.h"
#include "ui/shell/list_page.h"
#include "ui/shell/main_window.h"
#include "ui/shell/mode_control.h"
#include "ui/shell/notice_bar.h"
#include "ui/shell/saved_targets.h"
#include "ui/shell/status_line.h"
#include "ui/shell/steal_bar.h"
#include "ui/theme/icon.h"
#include "ui/views/connection_list.h"
#include "ui/views/exchange_list.h"

#include <QComboBox>
#include <QDockWidget>
#include <QLineEdit>
#include <QMenu>
#include <QSettings>
#include <QStackedWidget>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

namespace podglass::shell {

void MainWindow::buildToolBar()
{
    auto* bar = addToolBar(tr("Main"));
    bar->setObjectName(QStringLiteral("mainBar"));
    bar->setMovable(false);
    bar->setContextMenuPolicy(Qt::PreventContextMenu);
    bar->setIconSize({16, 16});

    m_target = new QToolButton(this);
    m_target->setObjectName(QStringLiteral("targetButton"));
    m_target->setProperty("kind", QStringLiteral("button"));
    m_target->setIcon(theme::icon(QStringLiteral("target")));
    m_target->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_target->setFocusPolicy(Qt::StrongFocus);
    m_target->setToolTip(tr("Choose another target (Ctrl+T)"));
    bar->addWidget(m_target);

    m_mode = new ModeControl(this);
    m_modeAction = bar->addWidget(m_mode);
    connect(m_mode, &ModeControl::modeRequested, this, &MainWindow::requestMode);

    m_ports = new QComboBox(this);
    m_ports->setObjectName(QStringLiteral("portChoice"));
    m_ports->setAccessibleName(tr("Port"));
    m_ports->setToolTip(tr("Which ports of the target are watched"));
    m_ports->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_portsAction = bar->addWidget(m_ports);
    connect(m_ports, &QComboBox::activated, this, [this](int index) {
        const auto port = static_cast<quint16>(m_ports->itemData(index).toUInt());
        m_work.attachment.setPorts(port == 0 ? QVector<quint16>() : QVector<quint16>{port});
    });

    m_freeze = new QToolButton(this);
    m_freeze->setObjectName(QStringLiteral("freezeButton"));
    m_freeze->setIcon(theme::icon(QStringLiteral("freeze")));
    m_freeze->setCheckable(true);
    m_freeze->setFocusPolicy(Qt::StrongFocus);
    m_freeze->setAccessibleName(tr("Freeze the list"));
    m_freeze->setToolTip(tr("Freeze the list; capture goes on (F6)"));
    m_freezeAction = bar->addWidget(m_freeze);

    auto* space = new QWidget(this);
    space->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    bar->addWidget(space);
    m_pill = new ConnectionPill(this);
    bar->addWidget(m_pill);
    connect(m_pill, &QToolButton::clicked, this, [this] { showDock(m_logDock); });
}

void MainWindow::buildPages()
{
    m_connect = new connect::ConnectPage(this);
    m_picker = new connect::TargetPicker(this);
    m_notice = new NoticeBar(this);
    m_steal = new StealBar(this);
    m_guard = new GuardSheet(this);
    m_filter = new ui::FilterBar(this);
    m_filter->edit()->setObjectName(QStringLiteral("viewFilter"));
    m_list = new ListPage(m_work, this);
    auto* page = new QWidget(this);
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_notice);
    layout->addWidget(m_steal);
    layout->addWidget(m_filter);
    layout->addWidget(m_guard);
    layout->addWidget(m_list, 1);
    m_pages = new QStackedWidget(this);
    m_pages->addWidget(m_connect);
    m_pages->addWidget(m_picker);
    m_pages->addWidget(page);
    setCentralWidget(m_pages);
    m_status = new StatusLine(this);
    setStatusBar(m_status);
}

void MainWindow::buildDocks()
{
    setDockOptions(QMainWindow::AllowTabbedDocks | QMainWindow::AnimatedDocks);
    setTabPosition(Qt::BottomDockWidgetArea, QTabWidget::North);
    m_connections = new views::ConnectionList(m_work.connections, this);
    m_log = new EventLog(this);
    m_charts = new charts::ChartsDock(this);
    m_chartsDock = addDock(QStringLiteral("chartsDock"), tr("Charts"), m_charts);
    m_editor = new ui::FilterEditor(filter::Use::Steal, this);
    m_editorDock = addDock(QStringLiteral("stealFilterDock"), tr("Steal filter"), m_editor);
    connect(m_editor, &ui::FilterEditor::applied, this, [this](const filter::Filter& filter) {
        m_work.attachment.setStealFilter(filter);
        refreshSteal();
    });
    m_viewEditor = new ui::FilterEditor(filter::Use::View, this);
    m_viewEditorDock = addDock(QStringLiteral("viewFilterDock"), tr("View filter"), m_viewEditor);
    connect(m_viewEditor, &ui::FilterEditor::applied, m_filter, &ui::FilterBar::setFilter);
    m_connectionDock = addDock(QStringLiteral("connectionsDock"), tr("Connections"), m_connections);
    m_logDock = addDock(QStringLiteral("eventsDock"), tr("Events"), m_log);
    m_held = new HeldPanel(this);
    m_heldDock = addDock(QStringLiteral("heldDock"), tr("Held"), m_held);
    tabifyDockWidget(m_chartsDock, m_heldDock);
    tabifyDockWidget(m_chartsDock, m_connectionDock);
    tabifyDockWidget(m_connectionDock, m_logDock);
    m_chartsDock->hide();
    tabifyDockWidget(m_chartsDock, m_editorDock);
    tabifyDockWidget(m_chartsDock, m_viewEditorDock);
    m_editorDock->hide();
    m_viewEditorDock->hide();
    m_connectionDock->hide();
    m_logDock->hide();
    m_heldDock->hide();
    connect(m_connections,
            &views::ConnectionList::openRequested,
            this,
            &MainWindow::showOnlyConnection);
}

QDockWidget* MainWindow::addDock(const QString& name, const QString& title, QWidget* content)
{
    auto* dock = new QDockWidget(title, this);
    dock->setObjectName(name);
    dock->setAccessibleName(title);
    dock->setFeatures(QDockWidget::DockWidgetClosable | QDockWidget::DockWidgetMovable);
    dock->setWidget(content);
    dock->setAllowedAreas(Qt::BottomDockWidgetArea | Qt::RightDockWidgetArea);
    content->setMinimumHeight(120);
    addDockWidget(Qt::BottomDockWidgetArea, dock);
    return dock;
}

void MainWindow::restoreLayout()
{
    resize(1280, 820);
    const QSettings settings;
    restoreGeometry(settings.value(QStringLiteral("window/geometry")).toByteArray());
    restoreState(settings.value(QStringLiteral("window/state")).toByteArray());
    m_list->restoreState(settings.value(QStringLiteral("window/list")).toByteArray());
    restoreTaker();
    m_connect->setSaved(savedAddresses());
    m_filter->setRecent(settings.value(QStringLiteral("filters")).toStringList());
}

} // namespace podglass::shell
