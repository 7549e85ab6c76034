// SPDX-License-Identifier: GPL-3.0-or-later
// TLS of the stolen port, and the connections that were there before.
#include "ui/shell/event_log.h"
#include "ui/shell/main_window.h"
#include "ui/shell/notice_bar.h"
#include "ui/shell/steal_bar.h"
#include "ui/shell/tls_dialog.h"

#include <utility>

#include <QMessageBox>
#include <QPushButton>

namespace podglass::shell {

void MainWindow::connectTls()
{
    connect(m_steal, &StealBar::tlsRequested, this, &MainWindow::editTls);
    connect(m_steal, &StealBar::endOldRequested, this, &MainWindow::endOld);
}

void MainWindow::editTls()
{
    if (!askTls())
        return;
    // While stealing it is in force for connections to come; else it goes with the steal.
    if (m_work.attachment.mode() == wire::Mode::Steal && !m_tls.named())
        m_work.attachment.setTls({}, {});
    refreshSteal();
}

// The dialog; false: cancelled. A pair that was read goes to the agent at once, if there is a port.
bool MainWindow::askTls()
{
    TlsDialog dialog(m_tls, m_work.attachment.stealPort(), this);
    if (dialog.exec() != QDialog::Accepted)
        return false;
    m_tls = dialog.files();
    m_tlsGiven = 0;
    if (auto pair = dialog.takePair()) {
        m_work.attachment.setTls(std::move(pair->certificate), pair->key.text());
        m_tlsGiven = m_work.attachment.stealPort();
    }
    return true;
}

// Before stealing begins: the agent has forgotten the key of the last time. False: not now.
bool MainWindow::sendTls()
{
    const quint16 given = std::exchange(m_tlsGiven, 0);
    if (!m_tls.named() || given == m_work.attachment.stealPort())
        return true;
    const auto asks = session::asksForPassphrase(m_tls);
    if (!asks || asks.value()) {
        const bool answered = askTls();
        m_tlsGiven = 0;
        return answered;
    }
    auto pair = session::readTlsFiles(m_tls, {});
    if (!pair) {
        m_notice->say(NoticeKind::Warning,
                      tr("The certificate cannot be used"),
                      QString::fromStdString(pair.error().text()));
        return false;
    }
    m_work.attachment.setTls(std::move(pair.value().certificate), pair.value().key.text());
    return true;
}

// For the banner, in words; empty: TLS is left alone.
QString MainWindow::tlsWords() const
{
    const wire::TlsState state = m_work.attachment.tls();
    if (state.certificate.empty())
        return {};
    QString words = tr("TLS ended for %1: %2 connections read")
                        .arg(QString::fromStdString(state.certificate))
                        .arg(state.terminated);
    if (state.untouched != 0)
        words += tr(", %1 untouched").arg(state.untouched);
    if (state.failed != 0)
        words += tr(", %1 failed").arg(state.failed);
    if (!state.problem.empty())
        words += tr(" (last: %1)").arg(QString::fromStdString(state.problem));
    return words;
}

void MainWindow::endOld()
{
    const quint32 old = m_work.attachment.oldConnections();
    QMessageBox ask(QMessageBox::Warning,
                    tr("End old connections"),
                    tr("End the %1 connections of port %2 that were open before?")
                        .arg(old)
                        .arg(m_work.attachment.stealPort()),
                    QMessageBox::Cancel,
                    this);
    ask.setObjectName(QStringLiteral("endOldQuestion"));
    ask.setInformativeText(tr(
        "Their clients see a reset, as if the service had broken off: requests under way on them "
        "fail. Clients that connect anew come to this agent and are filtered as new ones are. "
        "What the agent itself passes on is not touched."));
    QPushButton* end = ask.addButton(tr("&End them"), QMessageBox::DestructiveRole);
    end->setObjectName(QStringLiteral("endOldNow"));
    ask.setDefaultButton(QMessageBox::Cancel);
    ask.exec();
    if (ask.clickedButton() == end)
        m_work.attachment.endOld();
}

} // namespace podglass::shell
