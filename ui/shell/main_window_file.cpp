// SPDX-License-Identifier: GPL-3.0-or-later
// A capture file instead of an agent: opened from the menu, the command line or by dropping it
// here; the same list, details and connections, and a notice that says how far it is.
#include "ui/charts/charts_dock.h"
#include "ui/models/format.h"
#include "ui/shell/event_log.h"
#include "ui/shell/held_panel.h"
#include "ui/shell/list_page.h"
#include "ui/shell/main_window.h"
#include "ui/shell/notice_bar.h"
#include "ui/views/exchange_list.h"

#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QLocale>
#include <QMimeData>
#include <QStackedWidget>
#include <QTableView>
#include <QUrl>

namespace podglass::shell {

namespace {

QString fileOf(const QMimeData* dropped)
{
    const QList<QUrl> urls = dropped->urls();
    return urls.size() == 1 && urls.first().isLocalFile() ? urls.first().toLocalFile() : QString();
}

QString packets(quint64 count)
{
    return MainWindow::tr("%L1 packets").arg(count);
}

} // namespace

void MainWindow::chooseFile()
{
    const QString chosen = QFileDialog::getOpenFileName(
        this,
        tr("Open a capture file"),
        QFileInfo(m_file).absolutePath(),
        tr("Captures (*.pcap *.pcapng *.cap *.pcap.gz *.pcapng.gz *.pcap.zst *.pcapng.zst);;"
           "All files (*)"));
    if (!chosen.isEmpty())
        openFile(chosen);
}

// What is shown makes room for another file only if that is one.
bool MainWindow::mayReplaceShown(const QString& path)
{
    const auto& rows = m_work.store.rows();
    if (!m_work.attachment.attached() && rows.end() == rows.first())
        return true; // nothing would be lost, and the page of a file says what is wrong
    const base::Status sound = m_work.link.checkFile(path.toStdString());
    if (sound)
        return true;
    m_pages->setCurrentIndex(TrafficPage);
    sayFileFailed(tr("%1 cannot be opened: %2"), path, sound.error());
    return false;
}

void MainWindow::sayFileFailed(const QString& headline,
                               const QString& path,
                               const base::Error& error)
{
    m_log->add(models::visible(error.text(), true));
    m_notice->say(NoticeKind::Failure,
                  headline.arg(models::visible(QFileInfo(path).fileName().toStdString(), true),
                               models::visible(error.what, true)),
                  models::visible(error.where + "  ·  " + error.advice, true),
                  tr("Open another file…"),
                  [this] { chooseFile(); });
}

// What was shown before is no part of what comes: neither its rows and counts nor what was under
// way.
void MainWindow::startOver()
{
    if (m_clearTimer.isActive())
        finishClear();
    m_work.store.startOver();
    m_work.feed.publish();
    if (m_onlyConnection != 0)
        showOnlyConnection(0);
    m_charts->clear();
    m_held->clear();
    m_takerFailures = 0;
    m_wasStealing = false;
}

void MainWindow::openFile(const QString& path)
{
    if (!mayReplaceShown(path))
        return;
    m_work.attachment.detach();
    m_file = path;
    m_attachAfter.clear();
    m_work.link.openFile(path.toStdString());
    startOver();
    m_work.store.events().begin(0); // the file itself has them
    m_state = session::State::Disconnected;
    m_fileShown = true;
    m_fileRows = true;
    m_list->list().setWhole(true);
    onAttachmentChanged();
    m_list->setFile(QFileInfo(path).fileName(), true);
    m_pages->setCurrentIndex(TrafficPage);
    m_list->list().freeze(); // a file is read from its beginning
    m_list->list().table()->setFocus();
    session::FileProgress begun;
    onFileProgress(begun);
}

void MainWindow::onFileProgress(const session::FileProgress& progress)
{
    const QString name = models::visible(QFileInfo(m_file).fileName().toStdString(), true);
    if (!progress.done) {
        const QString done = progress.size == 0 ? packets(progress.packets)
                                                : tr("%1 %  ·  %2")
                                                      .arg(progress.taken * 100 / progress.size)
                                                      .arg(packets(progress.packets));
        m_notice->say(NoticeKind::Info, tr("Reading %1").arg(name), done, tr("Cancel"), [this] {
            m_work.link.close();
        });
        return;
    }
    m_list->setFile(QFileInfo(m_file).fileName(), false);
    m_work.feed.publish(); // what came with this news
    if (!m_list->list().table()->currentIndex().isValid())
        m_list->list().step(1); // the first
    m_log->add(tr("%1: %2").arg(name, packets(progress.packets)));
    if (!progress.error.what.empty()) {
        sayFileFailed(progress.packets == 0 ? tr("%1 cannot be opened: %2")
                                            : tr("%1 is damaged: %2"),
                      m_file,
                      progress.error);
    } else if (progress.cancelled) {
        m_notice->say(NoticeKind::Warning,
                      tr("Only a part of %1 is shown").arg(name),
                      tr("Reading was cancelled after %1.").arg(packets(progress.packets)),
                      tr("Read it again"),
                      [this] { openFile(m_file); });
    } else if (progress.packetsNotDecoded != 0) {
        m_notice->say(NoticeKind::Warning,
                      tr("%1 of %2 are not shown").arg(packets(progress.packetsNotDecoded), name),
                      tr("They come from interfaces whose link type Podglass does not decode."));
    } else {
        m_notice->clear();
    }
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (!fileOf(event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event)
{
    const QString path = fileOf(event->mimeData());
    if (path.isEmpty())
        return;
    event->acceptProposedAction();
    openFile(path);
}

} // namespace podglass::shell
