// SPDX-License-Identifier: Apache-2.0
// Pods out of JSON, and the picture of a cluster that tells what changed.
#include "core/base/limits.h"
#include "core/kubernetes/picture.h"
#include "core/kubernetes/pod_json.h"

#include <nlohmann/json.hpp>

#include <QTest>

using namespace podglass;
using namespace podglass::kubernetes;
using nlohmann::json;

namespace {

const std::string webId(64, 'a');

json podJson(const std::string& uid, const std::string& name)
{
    const json probe{{"httpGet", {{"path", "/healthz"}, {"port", "http"}}}, {"periodSeconds", 3}};
    const json container{{"name", "web"},
                         {"image", "shop:1"},
                         {"ports", json::array({{{"name", "http"}, {"containerPort", 8080}}})},
                         {"readinessProbe", probe}};
    const json owner{{"kind", "ReplicaSet"}, {"name", "checkout-7d9f"}, {"controller", true}};
    const json meta{{"uid", uid},
                    {"name", name},
                    {"namespace", "shop"},
                    {"labels", {{"app", "checkout"}, {"pod-template-hash", "7d9f"}}},
                    {"ownerReferences", json::array({owner})},
                    {"managedFields", json::array({{{"manager", "x"}}})},
                    {"creationTimestamp", "2026-11-21T10:00:00Z"}};
    const json running{{"running", {{"startedAt", "2026-11-21T10:00:01Z"}}}};
    const json status{{"phase", "Running"},
                      {"podIP", "10.0.0.7"},
                      {"conditions", json::array({{{"type", "Ready"}, {"status", "True"}}})},
                      {"containerStatuses",
                       json::array({{{"name", "web"},
                                     {"ready", true},
                                     {"restartCount", 4},
                                     {"containerID", "containerd://" + webId},
                                     {"state", running}}})}};
    return {{"metadata", meta},
            {"spec", {{"nodeName", "node1"}, {"containers", json::array({container})}}},
            {"status", status}};
}

Pod podOf(const json& object)
{
    auto read = podFrom(object);
    return read ? std::get<Pod>(*read) : Pod();
}

} // namespace

class TestPicture : public QObject
{
    Q_OBJECT

private slots:

    void aPodIsRead()
    {
        const Pod pod = podOf(podJson("u1", "checkout-7d9f-x"));
        QCOMPARE(pod.owner, (Owner{"deploy", "checkout"}));
        QCOMPARE(pod.restarts, 4U);
        QVERIFY(pod.ready);
        QCOMPARE(pod.containers.at(0).id, webId);
        QCOMPARE(pod.ports.at(0).number, std::uint16_t{8080});
        QCOMPARE(pod.probes.at(0).port, std::uint16_t{8080}); // by the port's name
        QCOMPARE(pod.probes.at(0).path, std::string("/healthz"));
        QCOMPARE(pod.created, std::int64_t{1'795'255'200});
    }

    void whatIsNoPodIsLeftOut()
    {
        for (const char* text : {"",
                                 "[]",
                                 "{}",
                                 "{\"metadata\":7}",
                                 "{\"metadata\":{\"uid\":1}}",
                                 "{\"metadata\":{\"uid\":\"u\",\"name\":\"n\"}}"})
            QVERIFY(!podFrom(json::parse(text, nullptr, false)).has_value());
        json odd = podJson("u1", "a");
        odd["spec"]["containers"][0]["ports"] = "none";
        odd["status"]["containerStatuses"][0]["restartCount"] = -5;
        odd["status"]["containerStatuses"][0]["containerID"] = "docker://../../etc";
        const Pod pod = podOf(odd);
        QCOMPARE(pod.restarts, 0U);
        QVERIFY(pod.containers.at(0).id.empty());
        QVERIFY(pod.ports.empty());
        QVERIFY(!watchEventFrom("{\"type\":\"ADDED\"").has_value());
        QVERIFY(!podPageFrom("{\"items\":[]}").has_value()); // no resource version
    }

    void thePictureTellsDifferences()
    {
        Picture picture;
        picture.put(podOf(podJson("u1", "a")));
        picture.put(podOf(podJson("u2", "b")));
        Delta delta = picture.take();
        QCOMPARE(delta.pods.size(), std::size_t{2});
        QCOMPARE(delta.workloads.size(), std::size_t{1});
        QCOMPARE(delta.workloads.at(0).spec(), std::string("k8s:shop/deploy/checkout"));
        QCOMPARE(delta.workloads.at(0).pods, 2U);
        QCOMPARE(delta.workloads.at(0).ready, 2U);
        QCOMPARE(delta.workloads.at(0).restarts, 8U);
        QCOMPARE(delta.workloads.at(0).ports.size(), std::size_t{1});
        picture.put(podOf(podJson("u1", "a"))); // the same again
        QVERIFY(!picture.changed());
        picture.remove("u1");
        delta = picture.take();
        QCOMPARE(delta.gone, std::vector<std::string>{"u1"});
        QCOMPARE(delta.workloads.at(0).pods, 1U);
        picture.remove("u2");
        delta = picture.take();
        QCOMPARE(delta.goneWorkloads, std::vector<std::string>{"k8s:shop/deploy/checkout"});
        QVERIFY(delta.workloads.empty());
        picture.put(podOf(podJson("u3", "c")));
        picture.remove("u3"); // came and went unseen
        delta = picture.take();
        QVERIFY(delta.pods.empty() && delta.gone.empty() && delta.workloads.empty());
    }

    void aLargeChangeComesInParts()
    {
        Picture picture;
        for (int i = 0; i < 5; ++i)
            picture.put(podOf(podJson("u" + std::to_string(i), "a")));
        Delta delta = picture.take(2);
        QCOMPARE(delta.pods.size(), std::size_t{2});
        QVERIFY(picture.changed());
        delta = picture.take(2);
        picture.remove("u0"); // told
        picture.remove("u4"); // not told yet: it never was
        delta = picture.take(2);
        QVERIFY(delta.pods.empty() && !picture.changed());
        QCOMPARE(delta.gone, std::vector<std::string>{"u0"});
        for (std::size_t i = 0; i < limits::clusterNamespaces + 3; ++i)
            picture.addNamespace("n" + std::to_string(i));
        QVERIFY(picture.take().namespaces.size() <= limits::clusterNamespaces);
        QVERIFY(picture.take().skipped >= 3);
    }
};

QTEST_APPLESS_MAIN(TestPicture)
#include "tst_picture.moc"
