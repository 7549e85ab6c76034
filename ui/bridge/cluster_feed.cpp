// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/bridge/cluster_feed.h"

#include "core/session/road_command.h"

namespace podglass::bridge {

ClusterFeed::ClusterFeed(QObject* parent)
    : QObject(parent)
{
    m_turnTimer.setSingleShot(true);
    m_turnTimer.setInterval(0);
    connect(&m_turnTimer, &QTimer::timeout, this, &ClusterFeed::turn);
}

kubernetes::ClusterThread& ClusterFeed::thread()
{
    if (!m_thread) {
        m_thread = std::make_unique<kubernetes::ClusterThread>();
        m_notifier =
            std::make_unique<QSocketNotifier>(m_thread->news().wakeFd(), QSocketNotifier::Read);
        connect(m_notifier.get(), &QSocketNotifier::activated, this, &ClusterFeed::onWake);
    }
    return *m_thread;
}

void ClusterFeed::readContexts()
{
    thread().readContexts({});
}

void ClusterFeed::readContextsOf(const QString& bastion, const QString& sshConfig)
{
    session::Road road;
    road.kind = session::RoadKind::Kubernetes;
    road.cluster.bastion = bastion.toStdString();
    road.cluster.bastionConfig = sshConfig.toStdString();
    thread().readContexts(session::accessOf(road), road.cluster.bastion);
}

void ClusterFeed::follow(const kubernetes::Access& access, std::vector<std::string> scope)
{
    m_generation = thread().follow(access, std::move(scope));
    m_following = true;
}

void ClusterFeed::stop()
{
    if (std::exchange(m_following, false))
        m_thread->stop();
}

// The queue is taken only when what came before is told: a slow window holds the cluster back.
void ClusterFeed::onWake()
{
    m_notifier->setEnabled(false);
    turn();
}

void ClusterFeed::turn()
{
    if (m_pending.empty())
        m_pending = m_thread->news().take();
    if (!m_pending.empty()) {
        const kubernetes::ClusterNews news = std::move(m_pending.front());
        m_pending.pop_front();
        if (const auto* list = std::get_if<kubernetes::ContextList>(&news)) {
            if (list->contexts)
                emit contexts(QString::fromStdString(list->bastion), list->contexts.value());
        } else if (const auto* change = std::get_if<kubernetes::ClusterChange>(&news)) {
            if (m_following && change->generation == m_generation)
                emit changed(change->delta);
        }
    }
    if (m_pending.empty())
        m_notifier->setEnabled(true);
    else
        m_turnTimer.start();
}

} // namespace podglass::bridge
