// SPDX-License-Identifier: GPL-3.0-or-later
// From Mirror to Steal and back. Into the risky mode there are checks; out of it there is none.
#include "core/filter/presets.h"
#include "core/filter/text.h"

#include "ui/filter/filter_editor.h"
#include "ui/filter/tree_path.h"
#include "ui/models/format.h"
#include "ui/shell/event_log.h"
#include "ui/shell/held_panel.h"
#include "ui/shell/list_page.h"
#include "ui/shell/main_window.h"
#include "ui/shell/mode_control.h"
#include "ui/shell/notice_bar.h"
#include "ui/shell/rules_dialog.h"
#include "ui/shell/steal_bar.h"

#include <algorithm>
#include <utility>

#include <QDockWidget>
#include <QSettings>

namespace podglass::shell {

using wire::Mode;

namespace {

constexpr int shortBelow = 640;
constexpr int failuresTold = 3; // in a row

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
    keepTaker();
    m_held->setAddress(*taker);
    m_work.attachment.setTaker(*taker, m_steal->onFailure());
    if (sendTls())
        m_work.attachment.setMode(Mode::Steal);
}

// The texts of a fixed answer are not kept: they may hold what belongs on no disk.
void MainWindow::keepTaker() const
{
    const TakerChoice& choice = m_steal->choice();
    QSettings settings;
    settings.setValue(QStringLiteral("steal/taker"), addressText(choice.taker));
    settings.setValue(QStringLiteral("steal/kind"), static_cast<int>(choice.taker.kind));
    settings.setValue(QStringLiteral("steal/http1"),
                      choice.taker.speaks == session::Taker::Speaks::Http1);
    settings.setValue(QStringLiteral("steal/status"), choice.taker.status);
    settings.setValue(QStringLiteral("steal/file"), QString::fromStdString(choice.taker.bodyFile));
    settings.setValue(QStringLiteral("steal/onFailure"), static_cast<int>(choice.onFailure));
    settings.setValue(QStringLiteral("steal/tls"), choice.taker.tls);
    settings.setValue(QStringLiteral("steal/tlsCa"), QString::fromStdString(choice.taker.tlsCa));
    settings.setValue(QStringLiteral("steal/tlsName"),
                      QString::fromStdString(choice.taker.tlsName));
}

void MainWindow::restoreTaker()
{
    const QSettings settings;
    TakerChoice choice;
    session::Taker& taker = choice.taker;
    constexpr int lastKind = static_cast<int>(session::Taker::Kind::Held);
    taker.kind = static_cast<session::Taker::Kind>(
        std::clamp(settings.value(QStringLiteral("steal/kind")).toInt(), 0, lastKind));
    if (const auto address =
            readAddress(settings.value(QStringLiteral("steal/taker")).toString())) {
        taker.host = address->first;
        taker.port = address->second;
    }
    if (settings.value(QStringLiteral("steal/http1")).toBool())
        taker.speaks = session::Taker::Speaks::Http1;
    taker.tls = settings.value(QStringLiteral("steal/tls")).toBool();
    taker.tlsCa = settings.value(QStringLiteral("steal/tlsCa")).toString().toStdString();
    taker.tlsName = settings.value(QStringLiteral("steal/tlsName")).toString().toStdString();
    taker.status = static_cast<std::uint16_t>(
        std::clamp(settings.value(QStringLiteral("steal/status"), 503).toInt(), 200, 599));
    taker.bodyFile = settings.value(QStringLiteral("steal/file")).toString().toStdString();
    if (settings.value(QStringLiteral("steal/onFailure"), 1).toInt() == 0)
        choice.onFailure = wire::OnTakerFailure::PassOn;
    m_steal->setChoice(choice);
}

void MainWindow::connectRules()
{
    m_rules = new RulesDialog(this);
    connect(m_rules, &RulesDialog::asked, this, &MainWindow::askForRules);
    connect(&m_work.feed, &bridge::Feed::rules, m_rules, &RulesDialog::setRules);
    connect(m_steal, &StealBar::rulesRequested, this, &MainWindow::showRules);
    connect(&m_work.feed, &bridge::Feed::portState, m_rules, &RulesDialog::refresh);
}

void MainWindow::showRules()
{
    m_rules->showFor(m_work.attachment.name());
}

void MainWindow::askForRules()
{
    if (!m_work.attachment.askForRules())
        m_rules->setProblem(tr("This agent cannot read packet rules. %1")
                                .arg(m_work.attachment.lacking())
                                .trimmed());
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

// One failure is that request's, and its row shows it; a row of them is news.
void MainWindow::onTaken(const session::Taken& taken)
{
    if (!taken.byTaker) {
        if (taken.answered && std::exchange(m_takerFailures, 0) >= failuresTold)
            m_notice->clear(NoticeKind::Warning);
        return;
    }
    if (++m_takerFailures != failuresTold)
        return;
    const QString why = models::visible(taken.problem, true);
    m_log->add(tr("The handler fails: %1").arg(why));
    m_notice->say(NoticeKind::Warning,
                  tr("The handler fails: what is stolen is not answered by it"),
                  tr("%1  ·  Start it, or stop stealing").arg(why),
                  tr("Handler…"),
                  [this] { m_steal->editTaker(); });
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
    if (const QString tls = tlsWords(); !tls.isEmpty())
        banner += QStringLiteral("   ·   ") + tls;
    m_steal->setStealingFrom(
        stealing ? tr(":%1 of %2").arg(attachment.stealPort()).arg(attachment.name()) : QString(),
        banner);
    m_steal->setOld(stealing && attachment.canEndOld() ? attachment.oldConnections() : 0);
    m_steal->setTls(m_tls.named());
    // The banner of a short window says it all.
    m_steal->setStripVisible(attachment.canSteal() && !(stealing && height() < shortBelow));
    m_steal->setFilter(
        words, everything, !stealing || attachment.appliedRevision() == attachment.revision());
    m_steal->setPreview(preview());
    if (m_guard->isVisible())
        m_guard->update(concerns());
}

} // namespace podglass::shell
