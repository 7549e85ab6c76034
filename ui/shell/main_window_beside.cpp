// SPDX-License-Identifier: GPL-3.0-or-later
// Further targets of the same agent, mirrored beside the one that is attached: one list, whose
// column says whose each row is.
#include "ui/connect/target_picker.h"
#include "ui/models/format.h"
#include "ui/shell/list_page.h"
#include "ui/shell/main_window.h"
#include "ui/views/exchange_list.h"

#include <QMenu>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>

namespace podglass::shell {

namespace {

QString nameOf(const wire::Attached& target)
{
    return models::visible(target.name.empty() ? target.spec : target.name, true);
}

QString nameOf(const bridge::Companions::Companion& companion)
{
    return companion.target.target ? nameOf(companion.target)
                                   : models::visible(companion.spec, true);
}

} // namespace

void MainWindow::buildBesideMenu(QMenu* menu)
{
    action(menu,
           tr("Follow another beside…"),
           QKeySequence(tr("Ctrl+Shift+T")),
           "besideAction",
           [this] { showPickerBeside(); });
    m_besideMenu = menu->addMenu(tr("Stop following"));
    m_besideMenu->setObjectName(QStringLiteral("besideMenu"));
    connect(menu, &QMenu::aboutToShow, this, &MainWindow::fillBesideMenu);
}

void MainWindow::fillBesideMenu()
{
    m_besideMenu->clear();
    for (const auto& companion : m_work.attachment.companions())
        m_besideMenu->addAction(nameOf(companion), this, [this, spec = companion.spec] {
            m_work.attachment.detachBeside(spec);
        });
    m_besideMenu->setEnabled(!m_besideMenu->isEmpty());
}

void MainWindow::showPickerBeside()
{
    const bool attached = m_work.attachment.attached();
    showPicker();
    if (!attached || m_pages->currentIndex() != PickerPage)
        return; // the first one is chosen as ever
    m_besideWanted = true;
    m_picker->setBeside(nameOf(m_work.attachment.target()));
}

void MainWindow::followBeside(const QString& spec, quint16 port)
{
    const QString problem = m_work.attachment.attachBeside(spec, port);
    if (!problem.isEmpty())
        m_picker->showProblem(problem);
}

bool MainWindow::onBesideAttached(const wire::Attached& attached)
{
    if (attached.target == m_work.attachment.target().target)
        return false;
    if (m_pages->currentIndex() != TrafficPage)
        leavePage();
    return true;
}

void MainWindow::showTargets()
{
    const bridge::Attachment& attachment = m_work.attachment;
    QStringList lines{tr("Choose another target (Ctrl+T)")};
    for (const auto& companion : attachment.companions()) {
        const QString name = nameOf(companion);
        const QString gone = models::visible(companion.gone.toStdString(), true);
        lines << (gone.isEmpty() ? tr("Beside it: %1").arg(name)
                                 : tr("Gone: %1, %2").arg(name, gone));
    }
    const auto beside = static_cast<int>(attachment.companions().size());
    QString text = attachment.attached() ? attachment.name() : tr("Choose target");
    if (beside > 0)
        text += tr(" +%1", "further targets").arg(beside);
    m_target->setText(text);
    m_target->setToolTip(lines.join(QLatin1Char('\n')));
    // Their rows stay when they are followed no longer.
    m_targetsShown = m_targetsShown || beside > 0;
    m_list->list().showTargets(m_targetsShown);
}

} // namespace podglass::shell
