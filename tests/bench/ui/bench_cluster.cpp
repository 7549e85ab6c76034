// SPDX-License-Identifier: GPL-3.0-or-later
// The picker on a large cluster, the whole way: an API server, the real kubectl, the thread that
// follows it, the feed, the window. tests/bench/cluster.py serves the cluster and runs this with
// PODGLASS_BENCH_KUBECONFIG and PODGLASS_BENCH_PODS. Nothing gates on time; what must hold is that
// all pods arrive.
#ifndef Q_MOC_RUN // moc 6.4 cannot read <concepts> of GCC 12
#include "tests/bench/ui/pulse.h"
#include "ui/bridge/cluster_feed.h"
#include "ui/connect/target_picker.h"
#endif

#include <QTableView>
#include <QTest>

using namespace podglass;

class BenchCluster : public QObject
{
    Q_OBJECT

private slots:

    void aLargeClusterThroughKubectl()
    {
        const QByteArray kubeconfig = qgetenv("PODGLASS_BENCH_KUBECONFIG");
        if (kubeconfig.isEmpty())
            QSKIP("run it by tests/bench/cluster.py");
        const int pods = qEnvironmentVariableIntValue("PODGLASS_BENCH_PODS");
        connect::TargetPicker picker;
        picker.resize(1280, 800);
        picker.show();
        QVERIFY(QTest::qWaitForWindowExposed(&picker));
        auto* view = picker.findChild<QTableView*>(QStringLiteral("targetList"));
        bridge::ClusterFeed feed;
        QElapsedTimer since;
        qint64 live = 0;
        std::size_t told = 0;
        std::uint64_t merged = 0;
        QObject::connect(
            &feed, &bridge::ClusterFeed::changed, &picker, [&](const kubernetes::Delta& delta) {
                picker.applyCluster(delta);
                told += delta.pods.size();
                merged = delta.merged;
                if (delta.following == kubernetes::Following::Live && live == 0)
                    live = since.nsecsElapsed();
            });
        picker.beginCluster(QStringLiteral("bench"));
        bench::Pulse pulse;
        since.start();
        feed.follow({.kubectl = "kubectl", .kubeconfig = kubeconfig.toStdString(), .context = {}},
                    {});
        QTRY_VERIFY_WITH_TIMEOUT(view->model()->rowCount() != 0, 60'000);
        const qint64 first = since.nsecsElapsed();
        QTRY_VERIFY_WITH_TIMEOUT(live != 0, 300'000);
        QTRY_VERIFY_WITH_TIMEOUT(view->model()->rowCount() >= pods, 60'000); // and workloads
        QVERIFY(told >= static_cast<std::size_t>(pods));
        qInfo("%d pods: first rows after %.0f ms, all after %.1f s, window held %.1f ms at most, "
              "%llu changes merged",
              pods,
              static_cast<double>(first) / 1e6,
              static_cast<double>(live) / 1e9,
              pulse.takeLongest(),
              static_cast<unsigned long long>(merged));
    }
};

QTEST_MAIN(BenchCluster)
#include "bench_cluster.moc"
