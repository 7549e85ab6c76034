// SPDX-License-Identifier: GPL-3.0-or-later
// MainWindow composes the parts and carries intents between them; it holds no logic of its own.
//   main_window.cpp         what happens when something arrives, and filters of the list
//   main_window_connect.cpp connecting, choosing a target
//   main_window_state.cpp   what the session says: states, questions, failures
//   main_window_layout.cpp  toolbar, central pages, docks
//   main_window_actions.cpp menus and keys
//   main_window_export.cpp  what is shown, into files
//   main_window_steal.cpp   from Mirror to Steal and back
//   main_window_beside.cpp  further targets beside the one that is attached
// Everything it shows comes from the Workspace. Thread: the window's.
#pragma once

#include "core/session/address.h"
#include "core/session/tls_files.h"
#include "core/targets/ssh_config.h"

#include "ui/bridge/cluster_feed.h"
#include "ui/shell/export_dialog.h"
#include "ui/shell/guard_sheet.h"
#include "ui/shell/workspace.h"
#include "ui/theme/theme.h"

#include <QMainWindow>
#include <QTimer>

class QComboBox;
class QMenu;
class QStackedWidget;
class QToolButton;

namespace podglass::ui {
class FilterBar;
class FilterEditor;
struct SampleRequest;
} // namespace podglass::ui

namespace podglass::bridge {
class CaptureSaver;
}

namespace podglass::files {
struct SaveState;
}

namespace podglass::charts {
class ChartsDock;
}

namespace podglass::connect {
class ConnectPage;
class TargetPicker;
} // namespace podglass::connect

namespace podglass::views {
class ConnectionList;
}

namespace podglass::shell {

class ConnectionPill;
class EventLog;
class HarExport;
class HeldPanel;
class ListPage;
class ModeControl;
class NoticeBar;
class StatusLine;
class RulesDialog;
class StealBar;

class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    MainWindow(Workspace& work, theme::Theme& theme, QWidget* parent = nullptr);

    // Connects, and attaches when the address names a target.
    void openAddress(const QString& address);
    // Shows a capture file.
    void openFile(const QString& path);
    // Writes rows to a HAR file, or what the connections carried to a pcapng file; a file of that
    // name is replaced once the new one is whole.
    void exportHar(const QString& path, ExportScope scope, bool masked);
    void saveCapture(const QString& path);
    // Hosts to offer.
    void setSshConfig(targets::SshConfig config, const std::vector<std::string>& known = {});

protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    // Layout.
    void buildToolBar();
    void buildPages();
    void buildDocks();
    QDockWidget* addDock(const QString& name, const QString& title, QWidget* content);
    void restoreLayout();

    // Actions.
    void buildMenus();
    void buildFileMenu();
    void buildCaptureMenu();
    void buildViewMenu();
    void buildListKeys();
    QAction* action(QMenu* menu,
                    const QString& text,
                    const QKeySequence& key,
                    const char* name,
                    std::function<void()> act);
    void chooseDelivery();
    void clearList();
    void undoClear();
    void finishClear();
    void showDock(QDockWidget* dock);
    void setThemeChoice(theme::Choice choice);

    // Connecting (main_window_connect.cpp).
    enum Page
    {
        ConnectingPage,
        PickerPage,
        TrafficPage
    };

    void wireConnecting();
    void connectTo(const session::Address& address);
    void showConnect();
    void showPicker();
    void openPicker();
    void leavePage();
    void onState(const session::StateChanged& state);
    void onLive(const QString& detail);
    void onLost(const session::StateChanged& state, bool again);
    void onPrompt(const session::Prompt& prompt);
    void offerSudo(const std::string& lacking);
    void onAttached(const wire::Attached& attached);
    void onFailure(const wire::Failure& failure);
    void reconnect();
    void followCluster();
    void keepTarget();

    // Further targets (main_window_beside.cpp).
    void buildBesideMenu(QMenu* menu);
    void fillBesideMenu();
    void showPickerBeside();
    void followBeside(const QString& spec, quint16 port);
    bool onBesideAttached(const wire::Attached& attached);
    void showTargets();

    // Capture files (main_window_file.cpp).
    void chooseFile();
    void startOver();
    bool mayReplaceShown(const QString& path);
    void sayFileFailed(const QString& headline, const QString& path, const base::Error& error);
    void onFileProgress(const session::FileProgress& progress);

    // Files made (main_window_export.cpp).
    [[nodiscard]] std::vector<store::Number> rowsOf(ExportScope scope) const;
    [[nodiscard]] ExportPreview previewOf(ExportScope scope) const;
    [[nodiscard]] QString proposedFile(const QString& ending) const;
    QString chooseNewFile(const QString& title, const QString& ending, const QString& kind);
    void chooseHar();
    void chooseCaptureFile();
    void onSaved(const files::SaveState& state);
    void tellSaved(const QString& title, const QString& text);
    void tellUnsaved(const QString& name, const base::Error& error);

    // What arrives.
    void connectFeed();
    void connectParts();
    void onTelemetry();
    void onAttachmentChanged();
    void onPublished();
    void applyViewFilter();
    void showOnlyConnection(quint32 connection); // 0: all again
    void addViewRules(const std::vector<filter::Rule>& rules);
    void openRowMenu(quint32 number, const QPoint& at);
    void copyCurl();
    void copyUrl();
    void markCurrent();
    void updatePorts();
    void updatePill();
    void editViewFilter();

    // Steal.
    void requestMode(wire::Mode mode);
    void toggleSteal();
    void toggleCapture();
    void steal();
    void keepTaker() const;
    void restoreTaker();
    void connectTls();
    void editTls();
    bool askTls();
    bool sendTls();
    [[nodiscard]] QString tlsWords() const;
    void endOld();
    void connectHeld();
    void connectRules();
    void showRules();
    void askForRules();
    void stealWithoutProbes();
    void stopStealing();
    void onTaken(const session::Taken& taken);
    void addStealRules(const std::vector<filter::Rule>& rules);
    void editStealFilter();
    void refreshSteal();
    [[nodiscard]] StealConcerns concerns() const;
    [[nodiscard]] StealPreview preview() const;
    [[nodiscard]] std::vector<ui::SampleRequest> sample(quint16 port) const;

    Workspace& m_work;
    theme::Theme& m_theme;
    QStackedWidget* m_pages = nullptr;
    connect::ConnectPage* m_connect = nullptr;
    connect::TargetPicker* m_picker = nullptr;
    NoticeBar* m_notice = nullptr;
    ListPage* m_list = nullptr;
    StealBar* m_steal = nullptr;
    GuardSheet* m_guard = nullptr;
    ui::FilterBar* m_filter = nullptr;
    StatusLine* m_status = nullptr;
    ConnectionPill* m_pill = nullptr;
    ModeControl* m_mode = nullptr;
    QToolButton* m_target = nullptr;
    QToolButton* m_freeze = nullptr;
    QComboBox* m_ports = nullptr;
    // They hide these in the toolbar.
    QAction* m_portsAction = nullptr;
    QAction* m_modeAction = nullptr;
    QAction* m_freezeAction = nullptr;
    charts::ChartsDock* m_charts = nullptr;
    ui::FilterEditor* m_editor = nullptr;     // of the steal filter
    ui::FilterEditor* m_viewEditor = nullptr; // of the view filter
    EventLog* m_log = nullptr;
    views::ConnectionList* m_connections = nullptr;
    QDockWidget* m_editorDock = nullptr;
    QDockWidget* m_viewEditorDock = nullptr;
    QDockWidget* m_chartsDock = nullptr;
    QDockWidget* m_connectionDock = nullptr;
    QDockWidget* m_logDock = nullptr;
    QDockWidget* m_heldDock = nullptr;
    HeldPanel* m_held = nullptr;
    RulesDialog* m_rules = nullptr;
    session::TlsFiles m_tls; // of the stolen port
    quint16 m_tlsGiven = 0;  // the port whose pair was sent and is not in force yet
    HarExport* m_export = nullptr;
    bridge::CaptureSaver* m_saver = nullptr;
    QString m_saving; // name of the file
    QTimer m_previewTimer;
    QTimer m_clearTimer; // until what was cleared is freed
    QAction* m_undoClear = nullptr;
    session::Address m_address; // in use, or being opened
    session::State m_state = session::State::Disconnected;
    QString m_file; // the capture file opened last
    bool m_fileShown = false;
    bool m_fileRows = false; // in the list, though a connection is being made
    QString m_attachAfter;
    QString m_attachWithSudo;
    bool m_sudoOffered = false;
    bool m_viewOnlyAfter = false; // of m_attachAfter
    bool m_besideWanted = false;  // what the picker is for
    QMenu* m_besideMenu = nullptr;
    bool m_targetsShown = false; // the column
    bridge::ClusterFeed m_clusters;
    std::vector<std::string> m_clusterScope; // namespaces that were typed
    quint32 m_onlyConnection = 0;
    int m_takerFailures = 0;    // in a row
    bool m_wasStealing = false; // when the link was lost
    QString m_lostWhy;          // the connection, last time
    std::shared_ptr<const filter::CompiledFilter> m_stealCompiled;
    quint64 m_stealCompiledRevision = 0;
};

} // namespace podglass::shell
