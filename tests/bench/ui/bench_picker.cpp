// SPDX-License-Identifier: GPL-3.0-or-later
// The picker on a cluster of 20,000 namespaces and 50,000 pods, told in lists of 500 as a cluster
// tells them, while somebody types: when the first rows are there, how long the window is held at
// most, how long a key takes to be answered. Nothing gates on time; what must hold is that all of
// it is found.
#ifndef Q_MOC_RUN // moc 6.4 cannot read <concepts> of GCC 12
#include "core/kubernetes/cluster.h"

#include "tests/bench/ui/pulse.h"
#include "ui/connect/target_picker.h"

#include <algorithm>
#include <vector>
#endif

#include <QElapsedTimer>
#include <QLabel>
#include <QLineEdit>
#include <QTableView>
#include <QTest>
#include <QTimer>

using namespace podglass;

namespace {

constexpr int pods = 50'000;
constexpr int namespaces = 20'000;
constexpr int page = 500;

// Pods of a deployment of two stand in one namespace, most namespaces hold one or two.
kubernetes::Delta somePods(int from)
{
    kubernetes::Delta delta;
    for (int i = from; i < from + page; ++i) {
        kubernetes::Pod pod;
        const std::string number = std::to_string(i);
        pod.uid = "uid-" + number;
        pod.nameSpace = "team-" + std::to_string(i % namespaces);
        pod.name = "checkout-" + std::to_string(i / 2) + "-7d9f" + number;
        pod.phase = "Running";
        pod.ready = true;
        pod.created = 1'700'000'000;
        pod.containers = {{"app", "registry.example/shop/checkout:1.4", {}, true, true, 0, {}}};
        pod.ports = {{8080, "http", "app"}};
        pod.labels = {{"app", "checkout-" + number}, {"tier", i % 3 == 0 ? "web" : "back"}};
        delta.pods.push_back(std::move(pod));
    }
    delta.following =
        from + page < pods ? kubernetes::Following::Listing : kubernetes::Following::Live;
    return delta;
}

} // namespace

class BenchPicker : public QObject
{
    Q_OBJECT

private slots:

    void fiftyThousandPods()
    {
        connect::TargetPicker picker;
        picker.resize(1280, 800);
        picker.show();
        QVERIFY(QTest::qWaitForWindowExposed(&picker));
        auto* view = picker.findChild<QTableView*>(QStringLiteral("targetList"));
        auto* search = picker.findChild<QLineEdit*>(QStringLiteral("targetSearch"));
        auto* status = picker.findChild<QLabel*>(QStringLiteral("targetStatus"));
        QVERIFY(view && search && status);
        std::vector<kubernetes::Delta> told; // made before: that is the cluster's work
        for (int from = 0; from < pods; from += page)
            told.push_back(somePods(from));

        picker.beginCluster(QStringLiteral("bench"));
        bench::Pulse pulse;
        QElapsedTimer since;
        since.start();
        std::size_t next = 0;
        qint64 firstRows = 0;
        QTimer source;
        source.setInterval(0);
        QObject::connect(&source, &QTimer::timeout, &picker, [&] {
            if (next < told.size())
                picker.applyCluster(told[next++]);
            else
                source.stop();
            if (firstRows == 0 && view->model()->rowCount() != 0)
                firstRows = since.nsecsElapsed();
        });
        source.start();
        QTRY_COMPARE_WITH_TIMEOUT(view->model()->rowCount(), pods, 120'000);
        qInfo("first rows after %.1f ms, all %d after %.0f ms, window held %.1f ms at most",
              static_cast<double>(firstRows) / 1e6,
              pods,
              static_cast<double>(since.nsecsElapsed()) / 1e6,
              pulse.takeLongest());

        // Typing: the key's own turn, and until the right row is the current one.
        double key = 0;
        since.restart();
        for (const char letter : std::string("49999")) {
            QElapsedTimer turn;
            turn.start();
            QTest::keyClick(search, letter);
            key = std::max(key, static_cast<double>(turn.nsecsElapsed()) / 1e6);
        }
        QTRY_VERIFY_WITH_TIMEOUT(view->currentIndex().data().toString().endsWith("49999")
                                     && !status->text().contains("searching"),
                                 120'000);
        qInfo("five letters: a key takes %.1f ms at most, found after %.0f ms, window held %.1f ms",
              key,
              static_cast<double>(since.nsecsElapsed()) / 1e6,
              pulse.takeLongest());

        since.restart();
        search->setText(QStringLiteral("ns/team-19999 !tier=web"));
        QTRY_VERIFY_WITH_TIMEOUT(!status->text().contains("searching"), 120'000);
        QVERIFY(view->model()->rowCount() >= 1);
        search->clear();
        QTRY_COMPARE_WITH_TIMEOUT(view->model()->rowCount(), pods, 120'000);
        qInfo("a namespace without a label, and all again: %.0f ms, window held %.1f ms",
              static_cast<double>(since.nsecsElapsed()) / 1e6,
              pulse.takeLongest());
    }
};

QTEST_MAIN(BenchPicker)
#include "bench_picker.moc"
