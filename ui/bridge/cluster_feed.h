// SPDX-License-Identifier: GPL-3.0-or-later
// ClusterFeed: contexts and the pods of one cluster, from kubernetes::ClusterThread to signals. One
// change a turn of the event loop, so that a list of 50,000 pods never holds the window. Its thread
// begins with the first question. Thread: the window's.
#pragma once

#include "core/kubernetes/cluster_thread.h"

#include <deque>
#include <memory>

#include <QObject>
#include <QSocketNotifier>
#include <QTimer>

namespace podglass::bridge {

class ClusterFeed : public QObject
{
    Q_OBJECT

public:
    explicit ClusterFeed(QObject* parent = nullptr);

    // One answer: contexts(), or nothing where there is no kubectl or no kubeconfig.
    void readContexts();
    // Those of the kubectl on an SSH host ("user@host:port"); nothing where there is none or where
    // the user's own ssh would have to ask. `sshConfig`: empty: the usual one.
    void readContextsOf(const QString& bastion, const QString& sshConfig);
    // What is told from now on is of this cluster. Empty scope: all namespaces.
    void follow(const kubernetes::Access& access, std::vector<std::string> scope);
    void stop();

signals:
    // `bastion` empty: of this machine.
    void contexts(const QString& bastion,
                  const std::vector<podglass::kubernetes::Context>& contexts);
    void changed(const podglass::kubernetes::Delta& delta);

private:
    kubernetes::ClusterThread& thread();
    void onWake();
    void turn();

    std::unique_ptr<kubernetes::ClusterThread> m_thread;
    std::unique_ptr<QSocketNotifier> m_notifier;
    std::deque<kubernetes::ClusterNews> m_pending;
    QTimer m_turnTimer;
    std::uint64_t m_generation = 0;
    bool m_following = false;
};

} // namespace podglass::bridge
