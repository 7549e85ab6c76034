// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connect/cluster_places.h"

#include <algorithm>

#include <QTest>

using namespace podglass;
using podglass::connect::ClusterPlaces;
using podglass::connect::Place;

namespace {

kubernetes::Pod pod(const std::string& uid, const std::string& name)
{
    kubernetes::Pod made;
    made.uid = uid;
    made.nameSpace = "shop";
    made.name = name;
    made.owner = {"sts", "cart"};
    made.phase = "Running";
    made.ready = true;
    made.labels = {{"app", "cart"}, {"tier", "web"}};
    made.containers = {{"app", "cart:1", {}, true, true, 0, {}},
                       {"proxy", "envoy:2", {}, false, true, 0, {}}};
    made.ports = {{8080, "http", "app"}, {15001, "", "proxy"}};
    return made;
}

} // namespace

class TestClusterPlaces : public QObject
{
    Q_OBJECT

private slots:

    void aPodWithItsContainersPortsAndLabels()
    {
        ClusterPlaces places("prod");
        kubernetes::Delta delta;
        delta.pods = {pod("u1", "cart-0")};
        const auto change = places.apply(delta);
        QCOMPARE(change.put.size(), std::size_t(1));
        const Place& place = change.put.front();
        QCOMPARE(place.spec, kubernetes::podSpec(delta.pods.front()));
        QCOMPARE(place.source, "prod");
        QCOMPARE(place.status, "1/2 ready");
        QCOMPARE(place.labels, "app=cart\ntier=web\n");
        const std::vector<std::string> containers{"app", "proxy"};
        QVERIFY(place.containers == containers);
        QCOMPARE(place.ports.at(1).container, "proxy");
    }

    void troubleIsNamed()
    {
        ClusterPlaces places;
        kubernetes::Delta delta;
        delta.pods = {pod("u1", "a"), pod("u2", "b"), pod("u3", "c")};
        delta.pods[0].containers[1].trouble = "CrashLoopBackOff";
        delta.pods[1].phase = "Pending";
        delta.pods[2].deleting = true;
        const auto change = places.apply(delta);
        QCOMPARE(change.put[0].status, "CrashLoopBackOff");
        QCOMPARE(change.put[1].status, "Pending");
        QCOMPARE(change.put[2].status, "Terminating");
    }

    // A stateful set gives the old name to the new pod, and the watch may tell the new one first.
    void theEndOfTheOldPodIsNotTheEndOfItsNamesake()
    {
        ClusterPlaces places;
        kubernetes::Delta delta;
        delta.pods = {pod("old", "cart-0")};
        places.apply(delta);
        delta.pods = {pod("new", "cart-0")};
        places.apply(delta);
        kubernetes::Delta ended;
        ended.gone = {"old"};
        QVERIFY(places.apply(ended).gone.empty());
        ended.gone = {"new"};
        QCOMPARE(places.apply(ended).gone.size(), std::size_t(1));
    }

    void aWorkloadStandsBesideItsPodsAndALonePodOnce()
    {
        ClusterPlaces places;
        kubernetes::Delta delta;
        kubernetes::Workload cart;
        cart.nameSpace = "shop";
        cart.owner = {"sts", "cart"};
        cart.pods = 3;
        cart.ready = 2;
        kubernetes::Workload lone = cart;
        lone.owner = {"pod", "debug"};
        delta.workloads = {cart, lone};
        const auto change = places.apply(delta);
        QCOMPARE(change.put.size(), std::size_t(1));
        QCOMPARE(change.put.front().status, "2/3 ready");
        QVERIFY(change.put.front().trouble);
        kubernetes::Delta ended;
        ended.goneWorkloads = {cart.spec(), lone.spec()};
        const std::vector<std::string> gone{change.put.front().key};
        QVERIFY(places.apply(ended).gone == gone);
    }

    void whoLooksAtAPodIsTold()
    {
        ClusterPlaces places;
        kubernetes::Delta delta;
        delta.pods = {pod("u1", "cart-0")};
        const std::string key = places.apply(delta).put.front().key;
        kubernetes::Delta use;
        use.agents = {{"agent-uid", "podglass", "podglass-1", "shop/cart-0", "ana@laptop"}};
        const auto begun = places.apply(use).users;
        QCOMPARE(begun.size(), std::size_t(1));
        QCOMPARE(begun.front().first, key);
        QCOMPARE(begun.front().second, "ana@laptop");
        QCOMPARE(places.apply(delta).put.front().inUse, "ana@laptop"); // a change of the pod
        use.agents.clear();
        use.goneAgents = {"agent-uid"};
        QVERIFY(places.apply(use).users.front().second.empty());
    }
};

QTEST_APPLESS_MAIN(TestClusterPlaces)
#include "tst_cluster_places.moc"
