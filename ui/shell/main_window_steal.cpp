// SPDX-License-Identifier: GPL-3.0-or-later
// From Mirror to Steal and back. Into the risky mode there are checks; out of it there is none.
#include "core/filter/presets.h"
#include "core/filter/text.h"

#include "ui/filter/filter_editor.h"
#include "ui/filter/tree_path.h"
#include "ui/shell/event_log.h"
#include "ui/shell/list_page.h"
#include "ui/shell/main_window.h"
#include "ui/shell/mode_control.h"
#include "ui/shell/notice_bar.h"
#include "ui/shell/steal_bar.h"

#include <QDockWidget>
#include <QSettings>

namespace podglass::shell {

using wire::Mode;

namespace {

constexpr int shortBelow = 640;

} // namespace

void MainWindow::requestMode(Mode mode)
{
    if (mode == Mode::Steal) {
        toggleSteal();
        return;
    }
    m_guard->hide();
    m_work.attachment.setMode(mode);
}

void MainWindow::toggleCapture()
{
    const bool off = m_work.attachment.wantedMode() == Mode::Off;
    requestMode(off ? Mode::Mirror : Mode::Off);
}

void MainWindow::toggleSteal()
{
    if (m_work.attachment.wantedMode() == Mode::Steal) {
        stopStealing();
        return;
    }
    if (!m_work.attachment.canSteal()) {
        const QString why = m_work.attachment.lacking();
        m_log->add(tr("Steal is not possible: %1").arg(why));
        m_notice->say(NoticeKind::Warning, tr("Steal is not possible here"), why);
        return;
    }
    if (const StealConcerns now = concerns(); now.any())
        m_guard->open(now);
    else
        steal();
}

void MainWindow::steal()
{
    m_guard->hide();
    const auto taker = m_steal->taker();
    if (!taker || m_work.attachment.stealPort() == 0)
        return;
    QSettings().setValue(QStringLiteral("steal/taker"), m_steal->takerText());
    m_work.attachment.setTaker(*taker);
    m_work.attachment.setMode(Mode::Steal);
}

void MainWindow::stealWithoutProbes()
{
    filter::Filter filter = m_work.attachment.stealFilter();
    ui::require(filter, {filter::noHealthProbes()});
    m_work.attachment.setStealFilter(filter);
    steal();
}

void MainWindow::stopStealing()
{
    m_guard->hide();
    if (m_work.attachment.wantedMode() == Mode::Steal)
        m_work.attachment.setMode(Mode::Mirror);
}

// To the editor, where its effect is seen first. It takes effect at once only when nothing is
// stolen now and no edit of the user waits there.
void MainWindow::addStealRules(const std::vector<filter::Rule>& rules)
{
    const bool atOnce = m_work.attachment.wantedMode() != Mode::Steal && !m_editor->isModified();
    for (const filter::Rule& rule : rules)
        m_editor->addRule(rule);
    if (atOnce)
        m_editor->apply();
    if (m_editor->isModified() || m_editorDock->isVisible())
        editStealFilter();
}

// The newest requests to a port (0: to any), as the editor tries a filter on them.
std::vector<ui::SampleRequest> MainWindow::sample(quint16 port) const
{
    std::vector<ui::SampleRequest> requests;
    std::vector<flow::HeaderField> scratch;
    const auto& rows = m_work.store.rows();
    constexpr store::Number furthest = limits::previewSample * 4;
    const store::Number stop = rows.end() - std::min(furthest, rows.end() - rows.first());
    for (store::Number number = rows.end();
         number > stop && requests.size() < limits::previewSample;) {
        --number;
        if (rows.at(number)->kind != store::RowKind::Exchange || rows.contentOf(number) == nullptr
            || (port != 0 && rows.at(number)->port != port))
            continue;
        const filter::Subject subject = m_work.store.subject(number, scratch);
        ui::SampleRequest& request = requests.emplace_back();
        request.method = subject.method;
        request.target = subject.target;
        for (const auto& field : subject.fields)
            request.fields.emplace_back(field.name, field.value);
        request.source = subject.source;
        request.port = subject.port;
        request.status = subject.status;
        request.durationMilliseconds = subject.durationMilliseconds;
        request.size = subject.size;
        request.mode = subject.mode;
        request.at = rows.at(number)->at;
    }
    return requests;
}

void MainWindow::editStealFilter()
{
    m_editor->setTargetName(m_work.attachment.name());
    m_editor->setSample(sample(m_work.attachment.stealPort()));
    showDock(m_editorDock);
    m_editor->setFocus();
}

StealPreview MainWindow::preview() const
{
    return m_stealCompiled
               ? previewSteal(m_work.store, *m_stealCompiled, m_work.attachment.stealPort())
               : StealPreview();
}

StealConcerns MainWindow::concerns() const
{
    StealConcerns all;
    all.target = m_work.attachment.name();
    all.everything = m_stealCompiled && m_stealCompiled->matchesEverything();
    all.noTaker = !m_steal->taker();
    all.noPort = m_work.attachment.stealPort() == 0;
    all.preview = preview();
    all.others = m_work.attachment.otherClients();
    return all;
}

void MainWindow::refreshSteal()
{
    const bridge::Attachment& attachment = m_work.attachment;
    if (m_stealCompiledRevision != attachment.revision()) {
        auto compiled =
            filter::CompiledFilter::compile(attachment.stealFilter(), filter::Use::Steal);
        m_stealCompiled = compiled ? *compiled : nullptr;
        m_stealCompiledRevision = attachment.revision();
        m_editor->setInForce(attachment.stealFilter());
    }
    const bool stealing = attachment.mode() == Mode::Steal;
    const bool everything = attachment.stealFilter().children.empty();
    const QString words = everything
                              ? tr("every request (no rule yet)")
                              : QString::fromStdString(filter::inWords(attachment.stealFilter()));
    QString banner = words;
    if (const quint32 old = attachment.oldConnections(); old != 0)
        banner += tr("   ·   connections open before stay with the service: %1").arg(old);
    m_steal->setStealingFrom(
        stealing ? tr(":%1 of %2").arg(attachment.stealPort()).arg(attachment.name()) : QString(),
        banner);
    // The banner of a short window says it all.
    m_steal->setStripVisible(attachment.canSteal() && !(stealing && height() < shortBelow));
    m_steal->setFilter(
        words, everything, !stealing || attachment.appliedRevision() == attachment.revision());
    m_steal->setPreview(preview());
    if (m_guard->isVisible())
        m_guard->update(concerns());
}

} // namespace podglass::shell
