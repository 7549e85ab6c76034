// SPDX-License-Identifier: GPL-3.0-or-later
// What is shown, into files: requests as HAR, connections as pcapng.
#include "core/flow/secrets.h"

#include "ui/bridge/capture_saver.h"
#include "ui/models/format.h"
#include "ui/shell/event_log.h"
#include "ui/shell/har_export.h"
#include "ui/shell/list_page.h"
#include "ui/shell/main_window.h"
#include "ui/shell/notice_bar.h"
#include "ui/views/exchange_list.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QFileDialog>
#include <QFileInfo>
#include <QRegularExpression>
#include <QSettings>

namespace podglass::shell {

namespace {

constexpr std::size_t secretsCountedOf = 5'000; // requests; of more it would take too long

quint64 secretsOf(const store::Message& message)
{
    const auto fields = message.fields.all();
    return static_cast<quint64>(std::ranges::count_if(
        fields, [](const flow::HeaderField& field) { return flow::carriesSecret(field.name); }));
}

// Only what every file system takes, whatever the target is called (reliability: names of peers).
QString fileNameOf(QString name)
{
    static const QRegularExpression odd(QStringLiteral("[^A-Za-z0-9._-]+"));
    name.replace(odd, QStringLiteral("-"));
    while (name.startsWith(QLatin1Char('.')) || name.startsWith(QLatin1Char('-')))
        name.remove(0, 1);
    constexpr int most = 60;
    return name.isEmpty() ? QStringLiteral("traffic") : name.left(most);
}

QString shown(const std::string& text)
{
    return models::visible(text, true);
}

} // namespace

std::vector<store::Number> MainWindow::rowsOf(ExportScope scope) const
{
    if (scope == ExportScope::Selected)
        return m_list->list().selected();
    std::vector<store::Number> rows;
    if (scope == ExportScope::Shown) {
        for (std::size_t i = 0; i < m_work.view.size(); ++i)
            rows.push_back(m_work.view.at(i));
        std::ranges::sort(rows); // a HAR file begins with the oldest
        return rows;
    }
    const store::Rows& all = m_work.store.rows();
    for (store::Number number = std::max(all.first(), m_work.view.hiddenBelow());
         number < all.end();
         ++number)
        if (scope == ExportScope::All || (all.at(number)->flags & store::RowMarked) != 0)
            rows.push_back(number);
    return rows;
}

ExportPreview MainWindow::previewOf(ExportScope scope) const
{
    constexpr unsigned partial = store::RowRequestPartial | store::RowResponsePartial;
    const auto numbers = rowsOf(scope);
    ExportPreview preview;
    quint64 secrets = 0;
    for (const store::Number number : numbers) {
        const store::Row* row = m_work.store.rows().at(number);
        if (row == nullptr || row->kind != store::RowKind::Exchange)
            continue;
        ++preview.requests;
        preview.bodiesCut += (row->flags & partial) != 0 ? 1U : 0U;
        const store::Content* content = m_work.store.rows().contentOf(number);
        preview.withoutData += content == nullptr ? 1U : 0U;
        if (content != nullptr && numbers.size() <= secretsCountedOf)
            secrets += secretsOf(content->request) + secretsOf(content->response);
    }
    if (numbers.size() <= secretsCountedOf)
        preview.secrets = secrets;
    return preview;
}

// In the folder used last, named after what is shown and the time.
QString MainWindow::proposedFile(const QString& ending) const
{
    const QString name =
        m_fileShown ? QFileInfo(m_file).completeBaseName() : m_work.attachment.name();
    const QString folder =
        QSettings()
            .value(QStringLiteral("saveFolder"), QFileInfo(m_file).absolutePath())
            .toString();
    return folder + QLatin1Char('/') + fileNameOf(name)
           + QDateTime::currentDateTime().toString(QStringLiteral("-yyyyMMdd-HHmmss")) + ending;
}

QString MainWindow::chooseNewFile(const QString& title, const QString& ending, const QString& kind)
{
    QString chosen = QFileDialog::getSaveFileName(
        this, title, proposedFile(ending), QStringLiteral("%1 (*%2)").arg(kind, ending));
    if (!chosen.isEmpty())
        QSettings().setValue(QStringLiteral("saveFolder"), QFileInfo(chosen).absolutePath());
    return chosen;
}

void MainWindow::chooseHar()
{
    auto* dialog = new ExportDialog([this](ExportScope scope) { return previewOf(scope); }, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(QStringLiteral("exportDialog"));
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        const ExportScope scope = dialog->scope();
        const bool masked = dialog->masked();
        const QString path =
            chooseNewFile(tr("Export as HAR"), QStringLiteral(".har"), tr("HTTP archive"));
        if (!path.isEmpty())
            exportHar(path, scope, masked);
    });
    dialog->open();
}

void MainWindow::exportHar(const QString& path, ExportScope scope, bool masked)
{
    const QString name = QFileInfo(path).fileName();
    auto file = io::NewFile::create(path.toStdString(), io::NewFile::Existing::Replaced);
    if (!file) {
        tellUnsaved(name, file.error());
        return;
    }
    delete m_export; // one that is under way
    m_export = new HarExport(
        m_work.store,
        rowsOf(scope),
        exporting::HarWriter(std::move(*file),
                             QCoreApplication::applicationVersion().toStdString(),
                             masked ? exporting::Secrets::Masked : exporting::Secrets::Revealed),
        this);
    connect(m_export, &HarExport::progress, this, [this, name](int percent) {
        m_notice->say(NoticeKind::Info,
                      tr("Exporting %1").arg(name),
                      tr("%1 %").arg(percent),
                      tr("Cancel"),
                      [this] {
                          delete std::exchange(m_export, nullptr);
                          m_notice->clear();
                      });
    });
    connect(m_export, &HarExport::finished, this, [this, name](const base::Error& error) {
        HarExport* done = std::exchange(m_export, nullptr);
        done->deleteLater();
        if (!error.what.empty()) {
            tellUnsaved(name, error);
            return;
        }
        const exporting::HarFigures& figures = done->writer().figures();
        QStringList text;
        if (figures.masked != 0)
            text << tr("%1 secret values masked").arg(models::count(figures.masked));
        if (const std::string missing = done->writer().missing(); !missing.empty())
            text << tr("not in the file: %1").arg(shown(missing));
        tellSaved(tr("%1 requests exported to %2").arg(models::count(figures.entries), name),
                  text.join(QStringLiteral("  ·  ")));
    });
}

void MainWindow::chooseCaptureFile()
{
    const QString path =
        chooseNewFile(tr("Save as pcapng"), QStringLiteral(".pcapng"), tr("Capture file"));
    if (!path.isEmpty())
        saveCapture(path);
}

void MainWindow::saveCapture(const QString& path)
{
    const QString name = QFileInfo(path).fileName();
    if (!m_saver) {
        m_saver = new bridge::CaptureSaver(this);
        connect(m_saver, &bridge::CaptureSaver::progress, this, [this](int percent) {
            m_notice->say(NoticeKind::Info,
                          tr("Saving %1").arg(m_saving),
                          percent < 0 ? QString() : tr("%1 %").arg(percent),
                          tr("Cancel"),
                          [this] { m_saver->cancel(); });
        });
        connect(m_saver, &bridge::CaptureSaver::finished, this, &MainWindow::onSaved);
    }
    files::CaptureSave::Source source = m_file.toStdString();
    if (!m_fileShown)
        source = m_work.store.events().snapshot();
    if (m_saver->start(std::move(source), path))
        m_saving = name;
    else
        m_notice->say(NoticeKind::Warning,
                      tr("%1 is not saved").arg(name),
                      tr("%1 is still being written.").arg(m_saving));
}

void MainWindow::onSaved(const files::SaveState& state)
{
    if (state.cancelled) {
        m_notice->clear();
        return;
    }
    if (!state.written) {
        tellUnsaved(m_saving, state.error);
        return;
    }
    const auto& figures = state.figures;
    QStringList text;
    text << tr("%1 connections, %2 packets made")
                .arg(models::count(figures.connections), models::count(figures.packets));
    if (figures.missingBytes != 0)
        text << tr("%1 missing in gaps").arg(models::bytes(figures.missingBytes));
    if (figures.notDelivered != 0)
        text << tr("%1 not delivered by the agent").arg(models::bytes(figures.notDelivered));
    if (figures.kernelDrops != 0)
        text << tr("%1 packets lost in the kernel").arg(models::count(figures.kernelDrops));
    if (const quint64 older = m_work.store.events().forgotten(); older != 0 && !m_fileShown)
        text << tr("older traffic (%1) is not kept any more").arg(models::bytes(older));
    if (!state.error.what.empty())
        text << shown(state.error.text()); // of a file that is damaged
    tellSaved(tr("Saved as %1").arg(m_saving), text.join(QStringLiteral("  ·  ")));
}

void MainWindow::tellSaved(const QString& title, const QString& text)
{
    m_log->add(text.isEmpty() ? title : title + QStringLiteral(": ") + text);
    m_notice->say(NoticeKind::Info, title, text);
}

void MainWindow::tellUnsaved(const QString& name, const base::Error& error)
{
    const QString title = tr("%1 is not saved: %2").arg(name, shown(error.what));
    m_log->add(title);
    m_notice->say(NoticeKind::Failure,
                  title,
                  shown(error.where + (error.advice.empty() ? "" : "  ·  " + error.advice)));
}

} // namespace podglass::shell
