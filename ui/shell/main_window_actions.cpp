// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/filter/filter_bar.h"
#include "ui/models/format.h"
#include "ui/shell/delivery_dialog.h"
#include "ui/shell/list_page.h"
#include "ui/shell/main_window.h"
#include "ui/shell/status_line.h"
#include "ui/theme/icon.h"
#include "ui/views/connection_list.h"
#include "ui/views/detail_pane.h"
#include "ui/views/exchange_list.h"

#include <QActionGroup>
#include <QCoreApplication>
#include <QDockWidget>
#include <QLineEdit>
#include <QMenuBar>
#include <QMessageBox>
#include <QSettings>
#include <QShortcut>
#include <QStackedWidget>
#include <QTabBar>
#include <QTableView>
#include <QToolButton>

namespace podglass::shell {

QAction* MainWindow::action(QMenu* menu,
                            const QString& text,
                            const QKeySequence& key,
                            const char* name,
                            std::function<void()> act)
{
    QAction* made = menu->addAction(text);
    made->setShortcut(key);
    made->setObjectName(QLatin1String(name));
    connect(made, &QAction::triggered, this, std::move(act));
    return made;
}

void MainWindow::buildMenus()
{
    menuBar()->setAccessibleName(tr("Menu"));
    buildFileMenu();
    buildCaptureMenu();
    buildViewMenu();
    QMenu* help = menuBar()->addMenu(tr("&Help"));
    action(help, tr("About Podglass"), {}, "aboutAction", [this] {
        QMessageBox::about(this,
                           tr("About Podglass"),
                           tr("Podglass %1\nSee, filter and answer the HTTP traffic of services on "
                              "other machines.\n\nGPL-3.0-or-later; the agent and the libraries "
                              "Apache-2.0.")
                               .arg(QCoreApplication::applicationVersion()));
    });
    buildListKeys();
}

void MainWindow::buildFileMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&Target"));
    action(menu, tr("Connect…"), QKeySequence(tr("Ctrl+N")), "connectAction", [this] {
        showConnect();
    });
    action(menu, tr("Choose target…"), QKeySequence(tr("Ctrl+T")), "targetAction", [this] {
        showPicker();
    });
    buildBesideMenu(menu);
    action(menu, tr("Detach"), QKeySequence(tr("Ctrl+W")), "detachAction", [this] {
        m_work.attachment.detach();
        showPicker();
    });
    action(menu, tr("Keep under a name…"), {}, "keepAction", [this] {
        if (m_work.attachment.attached())
            keepTarget();
    });
    menu->addSeparator();
    action(menu, tr("Open capture file…"), QKeySequence(tr("Ctrl+O")), "openFileAction", [this] {
        chooseFile();
    });
    action(menu, tr("Save as pcapng…"), QKeySequence(tr("Ctrl+S")), "saveAction", [this] {
        chooseCaptureFile();
    });
    action(menu, tr("Export as HAR…"), QKeySequence(tr("Ctrl+Shift+E")), "exportAction", [this] {
        chooseHar();
    });
    menu->addSeparator();
    action(menu, tr("Quit"), QKeySequence(tr("Ctrl+Q")), "quitAction", [this] { close(); });
    connect(m_target, &QToolButton::clicked, this, &MainWindow::showPicker);
}

void MainWindow::buildCaptureMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&Capture"));
    action(menu, tr("Capture on or off"), QKeySequence(tr("Ctrl+E")), "captureAction", [this] {
        toggleCapture();
    });
    action(menu, tr("What is delivered…"), QKeySequence(tr("Ctrl+D")), "deliveryAction", [this] {
        chooseDelivery();
    });
    action(menu, tr("Mirror or steal"), QKeySequence(tr("F9")), "stealAction", [this] {
        toggleSteal();
    });
    action(menu, tr("Held requests"), QKeySequence(tr("F10")), "heldAction", [this] {
        showDock(m_heldDock);
    });
    action(menu, tr("Stop stealing now"), QKeySequence(tr("Shift+F9")), "stopAction", [this] {
        stopStealing();
    });
    action(menu, tr("Edit steal filter…"), QKeySequence(tr("Ctrl+Shift+F")), "editAction", [this] {
        editStealFilter();
    });
    action(menu, tr("Rules in force…"), QKeySequence(tr("Ctrl+Shift+R")), "rulesAction", [this] {
        showRules();
    });
    menu->addSeparator();
    QAction* freeze =
        action(menu, tr("Freeze the list"), QKeySequence(tr("F6")), "freezeAction", [this] {
            m_freeze->click();
        });
    freeze->setIcon(theme::icon(QStringLiteral("freeze")));
    action(menu, tr("Clear the list"), QKeySequence(tr("Ctrl+L")), "clearAction", [this] {
        clearList();
    });
    m_undoClear =
        action(menu, tr("Undo clearing"), QKeySequence(tr("Ctrl+Z")), "undoClearAction", [this] {
            undoClear();
        });
    m_undoClear->setEnabled(false);
    m_clearTimer.setSingleShot(true);
    connect(&m_clearTimer, &QTimer::timeout, this, &MainWindow::finishClear);
}

void MainWindow::chooseDelivery()
{
    auto* dialog = new DeliveryDialog(m_work.attachment.delivery(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(QStringLiteral("deliveryDialog"));
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        m_work.attachment.setDelivery(dialog->wish());
    });
    dialog->open();
}

// What is cleared stays hidden for a while, in case it was a slip, and is then freed.
void MainWindow::clearList()
{
    constexpr int patience = 10'000;
    if (m_clearTimer.isActive())
        finishClear();
    const store::Number end = m_work.store.rows().end();
    const quint64 shown = m_work.view.shownRequests();
    m_work.view.hideBelow(end);
    m_work.store.events().mark();
    m_work.feed.startWork();
    m_undoClear->setEnabled(true);
    m_clearTimer.start(patience);
    m_status->showMessage(
        tr("Cleared %1 requests. Ctrl+Z brings them back.").arg(models::count(shown)), patience);
}

void MainWindow::undoClear()
{
    m_clearTimer.stop();
    m_undoClear->setEnabled(false);
    m_work.view.hideBelow(0);
    m_work.feed.startWork();
    m_status->clearMessage();
}

void MainWindow::finishClear()
{
    m_clearTimer.stop();
    m_undoClear->setEnabled(false);
    m_work.store.dropBelow(m_work.view.hiddenBelow());
    m_work.store.events().forgetMarked();
    m_work.feed.publish();
    m_work.view.hideBelow(0);
    m_work.feed.startWork();
}

void MainWindow::buildViewMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&View"));
    action(menu, tr("Filter the list"), QKeySequence(tr("Ctrl+/")), "filterAction", [this] {
        m_filter->setFocus();
        m_filter->edit()->selectAll();
    });
    action(menu, tr("Find in the detail"), QKeySequence(tr("Ctrl+F")), "findAction", [this] {
        m_list->detail().find(0);
    });
    action(menu, tr("Edit the view filter…"), {}, "editViewAction", [this] { editViewFilter(); });
    menu->addSeparator();
    auto& list = m_list->list();
    action(menu, tr("List"), QKeySequence(tr("Ctrl+1")), "focusList", [&list] {
        list.table()->setFocus();
    });
    action(menu, tr("Request"), QKeySequence(tr("Ctrl+2")), "focusRequest", [this] {
        m_list->detail().focusRequest();
    });
    action(menu, tr("Response"), QKeySequence(tr("Ctrl+3")), "focusResponse", [this] {
        m_list->detail().focusResponse();
    });
    action(menu, tr("Charts"), QKeySequence(tr("Ctrl+4")), "showCharts", [this] {
        showDock(m_chartsDock);
    });
    action(menu, tr("Connections"), QKeySequence(tr("Ctrl+5")), "showConnections", [this] {
        showDock(m_connectionDock);
        m_connections->focusTable();
    });
    action(menu, tr("Events"), QKeySequence(tr("Ctrl+6")), "showEvents", [this] {
        showDock(m_logDock);
    });
    menu->addSeparator();
    action(menu, tr("Next in connection"), QKeySequence(tr("Ctrl+.")), "nextInConnection", [&list] {
        list.stepInConnection(1);
    });
    action(menu,
           tr("Previous in connection"),
           QKeySequence(tr("Ctrl+,")),
           "previousInConnection",
           [&list] { list.stepInConnection(-1); });
    action(menu, tr("Next request"), QKeySequence(tr("F8")), "nextRow", [&list] { list.step(1); });
    action(menu, tr("Previous request"), QKeySequence(tr("F7")), "previousRow", [&list] {
        list.step(-1);
    });
    action(menu, tr("Mark"), QKeySequence(tr("Ctrl+M")), "markAction", [this] { markCurrent(); });
    menu->addSeparator();
    action(menu, tr("Flip layout"), QKeySequence(tr("Ctrl+Shift+\\")), "flipAction", [this] {
        m_list->flip();
    });
    action(menu, tr("Full screen"), QKeySequence(tr("F11")), "fullScreenAction", [this] {
        setWindowState(windowState() ^ Qt::WindowFullScreen);
    });
    const auto zoom = [this](int steps) {
        m_list->detail().setTextZoom(steps);
        QSettings().setValue(QStringLiteral("textZoom"), m_list->detail().textZoom());
    };
    action(menu, tr("Larger text"), QKeySequence::ZoomIn, "zoomInAction", [this, zoom] {
        zoom(m_list->detail().textZoom() + 1);
    });
    action(menu, tr("Smaller text"), QKeySequence::ZoomOut, "zoomOutAction", [this, zoom] {
        zoom(m_list->detail().textZoom() - 1);
    });
    action(menu, tr("Normal text size"), QKeySequence(tr("Ctrl+0")), "zoomResetAction", [zoom] {
        zoom(0);
    });
    zoom(QSettings().value(QStringLiteral("textZoom"), 0).toInt());
    QMenu* themes = menu->addMenu(theme::icon(QStringLiteral("theme")), tr("Theme"));
    auto* group = new QActionGroup(this);
    const std::array<std::pair<QString, theme::Choice>, 3> choices{
        std::pair{tr("As the desktop"), theme::Choice::System},
        std::pair{tr("Light"), theme::Choice::Light},
        std::pair{tr("Dark"), theme::Choice::Dark}};
    for (const auto& [name, choice] : choices) {
        QAction* one = themes->addAction(name);
        one->setCheckable(true);
        one->setChecked(m_theme.choice() == choice);
        group->addAction(one);
        connect(
            one, &QAction::triggered, this, [this, wanted = choice] { setThemeChoice(wanted); });
    }
}

// Single letters act in the list only, never in a text field.
void MainWindow::buildListKeys()
{
    auto& list = m_list->list();
    const auto key = [&list](const QString& keys, auto act) {
        auto* shortcut = new QShortcut(QKeySequence(keys), &list);
        shortcut->setContext(Qt::WidgetWithChildrenShortcut);
        connect(shortcut, &QShortcut::activated, &list, act);
    };
    key(QStringLiteral("C"), [this] { copyCurl(); });
    key(QStringLiteral("Y"), [this] { copyUrl(); });
    key(QStringLiteral("X"), [this] { chooseHar(); });
    key(QStringLiteral("W"), [this] { m_list->detail().showStream(); });
    key(QStringLiteral("/"), [this] { m_filter->setFocus(); });
    key(QStringLiteral("Ctrl+End"), [&list] { list.follow(); });
}

void MainWindow::showDock(QDockWidget* dock)
{
    const bool opens = dock->isHidden();
    dock->show();
    dock->raise();
    // A dock opens with room for its contents; what the user made larger stays.
    if (const int wanted = height() * 3 / 10; opens && dock->height() < wanted)
        resizeDocks({dock}, {wanted}, Qt::Vertical);
    // Qt makes the tabs of docks when they are shown, without a name.
    for (QTabBar* tabs : findChildren<QTabBar*>(QString(), Qt::FindDirectChildrenOnly))
        tabs->setAccessibleName(tr("Docks"));
}

void MainWindow::setThemeChoice(theme::Choice choice)
{
    m_theme.setChoice(choice);
    QSettings().setValue(QStringLiteral("theme"), static_cast<int>(choice));
}

} // namespace podglass::shell
