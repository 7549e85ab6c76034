// SPDX-License-Identifier: GPL-3.0-or-later
// From nothing to a target, and what happens when the way there breaks. What is shown already stays
// shown: a failure becomes a notice above the list, and a page of its own only where there is none.
#include "core/session/road_command.h"

#include "ui/connect/connect_page.h"
#include "ui/connect/target_picker.h"
#include "ui/models/format.h"
#include "ui/shell/connection_pill.h"
#include "ui/shell/event_log.h"
#include "ui/shell/list_page.h"
#include "ui/shell/main_window.h"
#include "ui/shell/notice_bar.h"
#include "ui/shell/saved_targets.h"
#include "ui/views/exchange_list.h"

#include <QInputDialog>
#include <QStackedWidget>
#include <QTableView>

namespace podglass::shell {

namespace {

// Such a road lists a whole cluster, which is followed live rather than listed once.
bool isCluster(const session::Address& address)
{
    return address.road.kind == session::RoadKind::Kubernetes;
}

// What ssh calls the host, if the road is one of ssh.
QString bastionOf(const session::Address& address)
{
    if (!session::overSsh(address.road))
        return {};
    return QString::fromStdString(session::nameOf(address.road));
}

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

// The first line of `what`: what failed. Below it stands why.
std::string headline(const base::Error& error)
{
    return error.what.substr(0, error.what.find('\n'));
}

// Why, where, and what to do: the second line of a notice.
QString rest(const base::Error& error)
{
    QStringList parts;
    if (const std::size_t end = error.what.find('\n'); end != std::string::npos)
        parts << sentence(error.what.substr(end + 1));
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
        onPrompt(prompt);
    });
    QObject::connect(&feed, &bridge::Feed::hello, this, [this](const wire::Hello& hello) {
        m_picker->setHost(safe(hello.host));
        offerSudo(hello.lacking);
    });
    QObject::connect(m_connect, &podglass::connect::ConnectPage::offerTaken, this, [this] {
        m_address.road.sudo = true;
        m_address.target = m_attachWithSudo.toStdString();
        connectTo(m_address);
    });
    QObject::connect(
        &feed, &bridge::Feed::targets, m_picker, &podglass::connect::TargetPicker::setTargets);
    using podglass::connect::ConnectPage;
    QObject::connect(m_connect,
                     &ConnectPage::connectWanted,
                     this,
                     [this](const session::Address& address, bool viewOnly) {
                         m_viewOnlyAfter = viewOnly;
                         connectTo(address);
                     });
    QObject::connect(&m_clusters,
                     &bridge::ClusterFeed::contexts,
                     this,
                     [this](const QString& bastion, const auto& list) {
                         if (bastion.isEmpty())
                             m_connect->setContexts(list);
                         else if (bastion == bastionOf(m_address))
                             m_picker->addContexts(bastion, list);
                     });
    QObject::connect(&m_clusters,
                     &bridge::ClusterFeed::changed,
                     m_picker,
                     &podglass::connect::TargetPicker::applyCluster);
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
                         if (spec.startsWith(QStringLiteral("ssh://")))
                             openAddress(spec); // a cluster behind this host
                         else if (m_besideWanted)
                             followBeside(spec, port);
                         else
                             m_work.attachment.attach(spec, port, viewOnly);
                     });
    QObject::connect(m_picker, &TargetPicker::refreshWanted, this, &MainWindow::openPicker);
    QObject::connect(m_picker, &TargetPicker::namespaceWanted, this, [this](const QString& name) {
        m_clusterScope.push_back(name.toStdString());
        followCluster();
    });
    QObject::connect(m_picker, &TargetPicker::cancelWanted, this, &MainWindow::leavePage);
}

void MainWindow::setSshConfig(targets::SshConfig config, const std::vector<std::string>& known)
{
    m_connect->setSshConfig(std::move(config), known);
    m_clusters.readContexts();
}

void MainWindow::openAddress(const QString& address)
{
    const auto kept = savedAddress(address);
    const auto parsed = session::parseAddress(kept ? kept->address : address.toStdString());
    if (parsed) {
        m_viewOnlyAfter = kept && kept->viewOnly;
        connectTo(*parsed);
        return;
    }
    m_log->add(safe(parsed.error().text()));
    m_pages->setCurrentIndex(ConnectingPage);
    m_connect->showForm(address);
}

void MainWindow::connectTo(const session::Address& address)
{
    m_clusters.stop();
    m_clusterScope.clear();
    if (address.road != m_address.road)
        m_work.attachment.forgetBeside();
    m_address = address;
    m_sudoOffered = false;
    m_attachAfter = QString::fromStdString(address.target);
    m_notice->clear();
    if (std::exchange(m_fileShown, false)) {
        m_list->list().setWhole(false);
        m_work.store.events().begin(limits::storeHistoryBytes);
        onAttachmentChanged();
    }
    m_connect->showConnecting(address);
    m_pages->setCurrentIndex(ConnectingPage);
    m_work.link.open(address.road);
}

void MainWindow::showConnect()
{
    const bool back = m_work.attachment.attached() || m_work.store.requests() != 0;
    const QString name = m_work.attachment.name();
    m_connect->setBack(!back ? QString() : name.isEmpty() ? tr("the list") : name);
    m_connect->setSaved(savedAddresses());
    m_pages->setCurrentIndex(ConnectingPage);
    m_connect->showForm();
}

void MainWindow::showPicker()
{
    if (m_state != session::State::Live) {
        showConnect();
        return;
    }
    m_besideWanted = false;
    m_picker->setBeside({});
    openPicker();
}

void MainWindow::openPicker()
{
    m_pages->setCurrentIndex(PickerPage);
    if (isCluster(m_address)) {
        followCluster();
        return;
    }
    m_picker->setRecent(recentTargets(m_address.road));
    m_picker->begin();
    m_work.link.listTargets();
    // A host that one logs in to may be the one from which clusters are reached.
    if (const QString bastion = bastionOf(m_address); !bastion.isEmpty())
        m_clusters.readContextsOf(bastion, QString::fromStdString(m_address.road.configFile));
}

void MainWindow::followCluster()
{
    m_picker->beginCluster(QString::fromStdString(m_address.road.host));
    m_picker->setRecent(recentTargets(m_address.road));
    m_clusters.follow(session::accessOf(m_address.road), m_clusterScope);
}

// So that `podglass NAME` and one line of the start page open it.
void MainWindow::keepTarget()
{
    auto* question = new QInputDialog(this);
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setWindowTitle(tr("Keep this target"));
    question->setLabelText(tr("Name, for the start page and for \"podglass NAME\":"));
    question->setTextValue(m_work.attachment.name());
    QObject::connect(question, &QInputDialog::textValueSelected, this, [this](const QString& name) {
        if (name.trimmed().isEmpty())
            return;
        keepAddress(name.trimmed(), m_address, m_work.attachment.viewOnly());
        m_log->add(tr("Kept as %1").arg(name.trimmed()));
    });
    question->open();
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
