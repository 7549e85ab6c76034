// SPDX-License-Identifier: GPL-3.0-or-later
// The session's states, questions and failures. What is shown already stays shown: a failure
// becomes a notice above the list, and a page of its own only where there is none.
#include "ui/connect/connect_page.h"
#include "ui/connect/target_picker.h"
#include "ui/shell/connection_pill.h"
#include "ui/shell/error_words.h"
#include "ui/shell/event_log.h"
#include "ui/shell/list_page.h"
#include "ui/shell/main_window.h"
#include "ui/shell/notice_bar.h"
#include "ui/shell/saved_targets.h"
#include "ui/views/exchange_list.h"

#include <QStackedWidget>
#include <QTableView>

namespace podglass::shell {

// While there is traffic to look at, a question waits behind a button: it takes no focus.
void MainWindow::onPrompt(const session::Prompt& prompt)
{
    m_connect->showPrompt(prompt);
    if (m_pages->currentIndex() != TrafficPage) {
        m_pages->setCurrentIndex(ConnectingPage);
        return;
    }
    m_connect->setBack(m_work.attachment.name());
    m_notice->say(NoticeKind::Warning,
                  tr("Connecting again needs an answer"),
                  safe(prompt.title),
                  tr("Answer…"),
                  [this] { m_pages->setCurrentIndex(ConnectingPage); });
}

// An agent that may not capture is of no use; root's would be.
void MainWindow::offerSudo(const std::string& lacking)
{
    const bool started = m_address.road.kind <= session::RoadKind::SystemSsh;
    if (lacking.find("CAP_NET_RAW") == std::string::npos || m_address.road.sudo || !started
        || m_pages->currentIndex() == TrafficPage)
        return;
    m_sudoOffered = true;
    m_attachWithSudo = QString::fromStdString(m_address.target);
    m_pages->setCurrentIndex(ConnectingPage);
    m_connect->showError(
        {.what = "the agent may not capture there\n" + lacking,
         .where = m_address.road.host.empty() ? "this machine" : m_address.road.host,
         .advice = "start it with sudo, or log in as root"},
        tr("Connect with sudo"));
}

void MainWindow::onState(const session::StateChanged& state)
{
    using session::State;
    const bool again = m_state == State::Reconnecting && state.state == State::Reconnecting;
    const bool retries = m_state == State::Reconnecting && state.state == State::Connecting;
    m_state = state.state;
    m_pill->setState(state);
    switch (state.state) {
    case State::Live:
        onLive(safe(state.detail));
        break;
    case State::Reconnecting:
    case State::Failed:
        onLost(state, again);
        break;
    case State::Connecting:
        if (retries && m_pages->currentIndex() == TrafficPage)
            m_notice->say(NoticeKind::Warning, tr("Connection lost, connecting again"), m_lostWhy);
        break;
    case State::Disconnected:
        break;
    }
}

void MainWindow::onLive(const QString& detail)
{
    m_log->add(tr("Connected. %1").arg(detail));
    m_notice->clear();
    if (m_work.attachment.attached()) { // again: the session attaches by itself
        m_pages->setCurrentIndex(TrafficPage);
        if (std::exchange(m_wasStealing, false))
            m_notice->say(NoticeKind::Warning,
                          tr("Connected again; nothing is stolen now"),
                          tr("The connection broke while stealing, and the agent gave the port "
                             "back. Requests go to the service and are mirrored."),
                          tr("Steal again (F9)"),
                          [this] { toggleSteal(); });
    } else if (!m_attachAfter.isEmpty()) {
        m_work.attachment.attach(m_attachAfter, 0, m_viewOnlyAfter);
    } else {
        showPicker();
    }
    m_attachAfter.clear();
}

// `again`: the same loss, a second later in its countdown; one line in the log is enough.
void MainWindow::onLost(const session::StateChanged& state, bool again)
{
    const bool final = state.state == session::State::Failed;
    const QString why = safe(state.error.what.empty() ? state.detail : state.error.text());
    if (!again)
        m_log->add(final ? tr("Failed: %1").arg(why)
                         : tr("Connection lost, reconnecting %1: %2")
                               .arg(safe(state.detail), safe(state.error.text())));
    if (m_pages->currentIndex() != TrafficPage) {
        if (final) {
            m_pages->setCurrentIndex(ConnectingPage);
            m_connect->showError(state.error);
        }
        return;
    }
    m_lostWhy = sentence(headline(state.error)) + QStringLiteral("  ·  ") + rest(state.error);
    m_wasStealing = m_wasStealing || m_work.attachment.wantedMode() == wire::Mode::Steal
                    || m_work.attachment.cutWhileStealing();
    if (final)
        m_notice->say(NoticeKind::Failure,
                      sentence(headline(state.error)),
                      rest(state.error),
                      tr("Connect again"),
                      [this] { reconnect(); });
    else
        m_notice->say(NoticeKind::Warning,
                      tr("Connection lost, reconnecting %1").arg(safe(state.detail)),
                      m_lostWhy,
                      tr("Try now"),
                      [this] { reconnect(); });
}

// With what is shown staying where it is.
void MainWindow::reconnect()
{
    connectTo(m_address);
}

void MainWindow::onAttached(const wire::Attached& attached)
{
    m_log->add(tr("Attached to %1").arg(safe(attached.spec)));
    m_clusters.stop();
    if (onBesideAttached(attached))
        return;
    if (std::exchange(m_fileRows, false))
        startOver();
    m_address.target = attached.spec;
    m_list->setFile({}, false);
    rememberAddress(m_address);
    if (m_pages->currentIndex() == TrafficPage)
        return; // again, after a break
    m_pages->setCurrentIndex(TrafficPage);
    m_list->list().follow();
    m_list->list().table()->setFocus();
}

void MainWindow::onFailure(const wire::Failure& failure)
{
    const base::Error error{failure.what, failure.where, failure.advice, base::Lasting::Persistent};
    m_log->add(safe(error.text()));
    if (m_pages->currentIndex() == ConnectingPage && m_sudoOffered)
        return; // what is offered there is the answer to this
    if (m_pages->currentIndex() == ConnectingPage && m_state == session::State::Live)
        showPicker(); // the host is fine: another target is the next act
    switch (m_pages->currentIndex()) {
    case ConnectingPage:
        m_connect->showError(error);
        break;
    case PickerPage:
        m_picker->showProblem(sentence(error.text()));
        break;
    default:
        if (failure.request == 0 && !failure.target && !failure.lasting) {
            // The agent as a whole, for a while: there is nothing to choose.
            m_notice->say(NoticeKind::Warning, sentence(headline(error)), rest(error));
            break;
        }
        m_notice->say(NoticeKind::Failure,
                      sentence(headline(error)),
                      rest(error),
                      m_work.attachment.attached() ? tr("Choose target…") : QString(),
                      [this] { showPicker(); });
    }
}

} // namespace podglass::shell
