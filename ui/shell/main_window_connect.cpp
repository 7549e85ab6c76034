// SPDX-License-Identifier: GPL-3.0-or-later
// From nothing to a target. What happens on the way is in main_window_state.cpp.
#include "core/session/road_command.h"

#include "ui/connect/connect_page.h"
#include "ui/connect/target_picker.h"
#include "ui/shell/error_words.h"
#include "ui/shell/event_log.h"
#include "ui/shell/held_panel.h"
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
    m_held->clear(); // what the former session held it has let go
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

} // namespace podglass::shell
