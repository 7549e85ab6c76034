// SPDX-License-Identifier: GPL-3.0-or-later
// From nothing to a target, and what happens when the way there breaks. What is shown already stays
// shown: a failure becomes a notice above the list, and a page of its own only where there is none.
#include "ui/connect/connect_page.h"
#include "ui/connect/target_picker.h"
#include "ui/models/format.h"
#include "ui/shell/connection_pill.h"
#include "ui/shell/event_log.h"
#include "ui/shell/list_page.h"
#include "ui/shell/main_window.h"
#include "ui/shell/notice_bar.h"
#include "ui/views/exchange_list.h"

#include <QSettings>
#include <QStackedWidget>
#include <QTableView>

namespace podglass::shell {

namespace {

constexpr int recentAddresses = 8;

QString safe(const std::string& text)
{
    return models::visible(text, true);
}

// Errors are written to stand inside a sentence.
QString sentence(const std::string& text)
{
    QString shown = safe(text);
    if (!shown.isEmpty())
        shown[0] = shown[0].toUpper();
    return shown;
}

// Where, and what to do: the second line of a notice.
QString rest(const base::Error& error)
{
    QStringList parts;
    if (!error.where.empty())
        parts << safe(error.where);
    if (!error.advice.empty())
        parts << sentence(error.advice);
    return parts.join(QStringLiteral("  ·  "));
}

} // namespace

void MainWindow::wireConnecting()
{
    bridge::Feed& feed = m_work.feed;
    QObject::connect(&feed, &bridge::Feed::stateChanged, this, &MainWindow::onState);
    QObject::connect(&feed, &bridge::Feed::failure, this, &MainWindow::onFailure);
    QObject::connect(&feed, &bridge::Feed::attached, this, &MainWindow::onAttached);
    QObject::connect(&feed, &bridge::Feed::fileProgress, this, &MainWindow::onFileProgress);
    QObject::connect(&feed, &bridge::Feed::step, this, [this](const session::Step& step) {
        m_connect->showStep(step);
        if (step.state != session::StepState::Running)
            m_log->add(safe(step.detail.empty() ? step.text : step.text + "\n" + step.detail));
    });
    QObject::connect(&feed, &bridge::Feed::prompt, this, [this](const session::Prompt& prompt) {
        m_pages->setCurrentIndex(ConnectingPage);
        m_connect->showPrompt(prompt);
    });
    QObject::connect(&feed, &bridge::Feed::hello, this, [this](const wire::Hello& hello) {
        m_picker->setHost(safe(hello.host));
    });
    QObject::connect(
        &feed, &bridge::Feed::targets, m_picker, &podglass::connect::TargetPicker::setTargets);
    using podglass::connect::ConnectPage;
    QObject::connect(m_connect, &ConnectPage::connectWanted, this, &MainWindow::connectTo);
    QObject::connect(m_connect, &ConnectPage::backWanted, this, &MainWindow::leavePage);
    QObject::connect(m_connect, &ConnectPage::cancelWanted, this, [this] {
        m_work.link.close();
        m_attachAfter.clear();
        showConnect();
    });
    QObject::connect(m_connect,
                     &ConnectPage::promptAnswered,
                     this,
                     [this](quint32 prompt, bool given, const QString& text) {
                         m_work.link.answer(
                             prompt, given ? std::optional(text.toStdString()) : std::nullopt);
                     });
    using podglass::connect::TargetPicker;
    QObject::connect(m_picker,
                     &TargetPicker::attachWanted,
                     this,
                     [this](const QString& spec, quint16 port, bool viewOnly) {
                         m_work.attachment.attach(spec, port, viewOnly);
                     });
    QObject::connect(m_picker, &TargetPicker::refreshWanted, this, &MainWindow::showPicker);
    QObject::connect(m_picker, &TargetPicker::cancelWanted, this, &MainWindow::leavePage);
}

void MainWindow::setSshConfig(targets::SshConfig config)
{
    m_connect->setSshConfig(std::move(config));
}

void MainWindow::openAddress(const QString& address)
{
    const auto parsed = session::parseAddress(address.toStdString());
    if (parsed) {
        connectTo(*parsed);
        return;
    }
    m_log->add(safe(parsed.error().text()));
    m_pages->setCurrentIndex(ConnectingPage);
    m_connect->showForm(address);
}

void MainWindow::connectTo(const session::Address& address)
{
    m_address = address;
    m_attachAfter = QString::fromStdString(address.target);
    m_notice->clear();
    m_connect->showConnecting(address);
    m_pages->setCurrentIndex(ConnectingPage);
    m_work.link.open(address.road);
}

void MainWindow::showConnect()
{
    const bool back = m_work.attachment.attached() || m_work.store.requests() != 0;
    const QString name = m_work.attachment.name();
    m_connect->setBack(!back ? QString() : name.isEmpty() ? tr("the list") : name);
    m_connect->setRecent(QSettings().value(QStringLiteral("recent")).toStringList());
    m_pages->setCurrentIndex(ConnectingPage);
    m_connect->showForm();
}

void MainWindow::showPicker()
{
    if (m_state != session::State::Live) {
        showConnect();
        return;
    }
    m_pages->setCurrentIndex(PickerPage);
    m_picker->setLast(QString::fromStdString(m_address.target));
    m_picker->begin();
    m_work.link.listTargets();
}

// Back to the traffic if there is some, else to where a connection is chosen.
void MainWindow::leavePage()
{
    if (!m_work.attachment.attached() && m_work.store.requests() == 0) {
        showConnect();
        return;
    }
    m_pages->setCurrentIndex(TrafficPage);
    m_list->list().table()->setFocus();
}

void MainWindow::onState(const session::StateChanged& state)
{
    using session::State;
    m_state = state.state;
    m_pill->setState(state);
    switch (state.state) {
    case State::Live:
        onLive(safe(state.detail));
        break;
    case State::Reconnecting:
    case State::Failed:
        onLost(state);
        break;
    case State::Connecting:
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
        m_work.attachment.attach(m_attachAfter);
    } else {
        showPicker();
    }
    m_attachAfter.clear();
}

void MainWindow::onLost(const session::StateChanged& state)
{
    const bool final = state.state == session::State::Failed;
    const QString why = safe(state.error.what.empty() ? state.detail : state.error.text());
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
    m_wasStealing = m_wasStealing || m_work.attachment.wantedMode() == wire::Mode::Steal
                    || m_work.attachment.cutWhileStealing();
    if (final)
        m_notice->say(NoticeKind::Failure,
                      sentence(state.error.what),
                      rest(state.error),
                      tr("Connect again"),
                      [this] { reconnect(); });
    else
        m_notice->say(NoticeKind::Warning,
                      tr("Connection lost, reconnecting %1").arg(safe(state.detail)),
                      sentence(state.error.text()),
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
    const QString spec = QString::fromStdString(attached.spec);
    m_log->add(tr("Attached to %1").arg(safe(attached.spec)));
    m_address.target = attached.spec;
    m_list->setFile({}, false);
    remember();
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
        m_notice->say(NoticeKind::Failure,
                      sentence(failure.what),
                      rest(error),
                      m_work.attachment.attached() ? tr("Choose target…") : QString(),
                      [this] { showPicker(); });
    }
}

void MainWindow::remember()
{
    QSettings settings;
    const QString address = QString::fromStdString(session::print(m_address));
    QStringList recent = settings.value(QStringLiteral("recent")).toStringList();
    recent.removeAll(address);
    recent.prepend(address);
    settings.setValue(QStringLiteral("recent"), QStringList(recent.mid(0, recentAddresses)));
}

} // namespace podglass::shell
