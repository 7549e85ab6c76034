// SPDX-License-Identifier: Apache-2.0
// Following pods, against a kubectl that answers from files (fake_kubectl says why); the same
// against a real cluster is in tests/kubernetes.
#include "core/base/limits.h"
#include "core/kubernetes/cluster_thread.h"

#include <algorithm>
#include <fstream>

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <poll.h>

using namespace podglass;
using namespace podglass::kubernetes;

namespace {

std::string pod(const char* uid, const char* name, const char* version = "7")
{
    return std::string("{\"metadata\":{\"uid\":\"") + uid + "\",\"name\":\"" + name
           + "\",\"namespace\":\"shop\",\"resourceVersion\":\"" + version + "\"}}";
}

// A workload of its own.
std::string numbered(int number, const std::string& name)
{
    const std::string text = std::to_string(number);
    return pod(("u" + text).c_str(), (name + text).c_str());
}

std::string page(const std::string& items, const char* version, const char* more = "")
{
    return "{\"metadata\":{\"resourceVersion\":\"" + std::string(version) + "\",\"continue\":\""
           + more + "\"},\"items\":[" + items + "]}\n";
}

std::string watchLine(const char* type, const std::string& object)
{
    return std::string("{\"type\":\"") + type + "\",\"object\":" + object + "}\n";
}

} // namespace

class TestCluster : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<ClusterThread> m_cluster;
    std::map<std::string, std::string> m_pods; // uid, name
    std::vector<Refusal> m_refused;
    std::vector<std::string> m_namespaces;
    Following m_following = Following::Listing;
    std::string m_error;
    std::size_t m_largest = 0;
    std::uint64_t m_merged = 0;

    void answer(int call, const std::string& text, const char* kind = "out") const
    {
        const std::string path =
            m_dir->filePath(QString("%1.%2").arg(call).arg(kind)).toStdString();
        std::ofstream(path) << text;
    }

    [[nodiscard]] QStringList calls() const
    {
        QFile file(m_dir->filePath("calls"));
        return file.open(QIODevice::ReadOnly)
                   ? QString::fromUtf8(file.readAll()).split('\n', Qt::SkipEmptyParts)
                   : QStringList();
    }

    template <typename Until>
    bool follow(const Until& until)
    {
        const base::Instant end = io::Loop::now() + std::chrono::seconds(60);
        while (!until()) {
            pollfd wait{m_cluster->news().wakeFd(), POLLIN, 0};
            if (io::Loop::now() > end || ::poll(&wait, 1, 60'000) != 1)
                return false;
            for (ClusterNews& news : m_cluster->news().take()) {
                if (auto* change = std::get_if<ClusterChange>(&news))
                    apply(change->delta);
            }
        }
        return true;
    }

    void apply(const Delta& delta)
    {
        m_largest = std::max(m_largest, delta.pods.size());
        m_merged = delta.merged;
        for (const Pod& each : delta.pods)
            m_pods[each.uid] = each.name;
        for (const std::string& uid : delta.gone)
            m_pods.erase(uid);
        m_refused.insert(m_refused.end(), delta.refused.begin(), delta.refused.end());
        m_namespaces.insert(m_namespaces.end(), delta.namespaces.begin(), delta.namespaces.end());
        m_following = delta.following;
        m_error = delta.error.what;
    }

    void begin(std::vector<std::string> scope = {})
    {
        m_cluster = std::make_unique<ClusterThread>();
        m_cluster->follow({.kubectl = FAKE_KUBECTL, .kubeconfig = {}, .context = "-odd name"},
                          std::move(scope));
    }

private slots:

    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        qputenv("FAKE_KUBECTL_DIR", m_dir->path().toUtf8());
        m_pods.clear();
        m_refused.clear();
        m_namespaces.clear();
        m_following = Following::Listing;
    }

    void cleanup() { m_cluster.reset(); }

    void pagesThenChanges()
    {
        answer(1, page(pod("u1", "a"), "5", "next/+="));
        answer(2, page(pod("u2", "b"), "6"));
        answer(3,
               watchLine("ADDED", pod("u3", "c", "8")) + watchLine("DELETED", pod("u1", "a", "9"))
                   + watchLine("BOOKMARK", "{\"metadata\":{\"resourceVersion\":\"12\"}}"));
        begin();
        const std::map<std::string, std::string> wanted{{"u2", "b"}, {"u3", "c"}};
        QVERIFY(follow([&] { return m_pods == wanted; }));
        QVERIFY(m_following == Following::Live);
        QTRY_COMPARE_WITH_TIMEOUT(calls().size(), 4, 30'000); // the watch goes on after its end
        QCOMPARE(calls().at(0), QString("--context=-odd name get --raw /api/v1/pods?limit=250"));
        QVERIFY(calls().at(1).endsWith("pods?limit=1000&continue=next%2F%2B%3D"));
        QVERIFY(calls().at(2).contains("watch=1") && calls().at(2).endsWith("resourceVersion=6"));
        QVERIFY(calls().at(3).endsWith("resourceVersion=12"));
    }

    // What vanished while nobody watched is told after the new list.
    void aVersionThatIsTooOldListsAnew()
    {
        answer(1, page(pod("u1", "a") + "," + pod("u2", "b"), "5"));
        answer(2, watchLine("ERROR", "{\"kind\":\"Status\",\"code\":410,\"message\":\"too old\"}"));
        answer(3, page(pod("u2", "b") + "," + pod("u4", "d"), "50"));
        begin();
        const std::map<std::string, std::string> wanted{{"u2", "b"}, {"u4", "d"}};
        QVERIFY(follow([&] { return m_pods == wanted; }));
    }

    void refusedForAllAsksEach()
    {
        answer(
            1,
            "Error from server (Forbidden): pods is forbidden: User \"ana\" cannot list resource "
            "\"pods\" in API group \"\" at the cluster scope\n",
            "err");
        answer(1, "1", "rc");
        answer(2, "{\"items\":[{\"metadata\":{\"name\":\"shop\"}}]}");
        answer(3,
               "{\"current-context\":\"x\",\"contexts\":[{\"name\":\"-odd "
               "name\",\"context\":{\"namespace\":\"shop\"}}]}");
        answer(4, page(pod("u1", "a"), "5"));
        begin();
        QVERIFY(follow([&] { return m_pods.contains("u1") && m_following == Following::Live; }));
        QCOMPARE(m_refused.size(), std::size_t{1});
        QCOMPARE(m_refused.at(0), (Refusal{"ana", "list", "pods", "", ""}));
        QCOMPARE(m_namespaces, std::vector<std::string>{"shop"});
        QVERIFY(calls().at(3).contains("/api/v1/namespaces/shop/pods?"));
    }

    void refusedForTheOnlyOneStops()
    {
        answer(
            1,
            "Error from server (Forbidden): pods is forbidden: User \"ana\" cannot list resource "
            "\"pods\" in API group \"\" in the namespace \"secret\"\n",
            "err");
        answer(1, "1", "rc");
        begin({"secret"});
        QVERIFY(follow([&] { return m_following == Following::Stopped; }));
        QCOMPARE(m_error, std::string("ana may not list pods in namespace secret"));
        QCOMPARE(calls().size(), 1);
    }

    void aServerThatIsAwayIsTriedAgain()
    {
        answer(1, "The connection to the server 127.0.0.1:1 was refused\n", "err");
        answer(1, "1", "rc");
        answer(2, page(pod("u1", "a"), "5"));
        begin();
        QVERIFY(follow([&] { return m_following == Following::Waiting; }));
        QVERIFY(follow([&] { return m_following == Following::Live; }));
        QVERIFY(m_pods.contains("u1"));
    }

    // Nothing is lost and nothing piles up behind a window that does not take: what happens
    // meanwhile is merged, and a pod that changed a thousand times is told once.
    void aSlowWindowGetsTheLastStateOfEach()
    {
        constexpr int pages = 35;
        constexpr int perPage = 1'000; // each with a workload: more than the queue takes
        static_assert(2 * pages * perPage > limits::clusterQueue);
        for (int i = 0; i < pages; ++i) {
            std::string items;
            for (int k = 0; k < perPage; ++k)
                items += (k == 0 ? "" : ",") + numbered(i * perPage + k, "old-");
            answer(1 + i, page(items, "5", i + 1 < pages ? "more" : ""));
        }
        std::string changes;
        for (int round = 0; round < 20; ++round) {
            for (int i = 0; i < 500; ++i)
                changes += watchLine("MODIFIED", numbered(i, round == 19 ? "new-" : "changing-"));
        }
        changes += watchLine("MODIFIED", pod("last", "last"));
        answer(1 + pages, changes);
        answer(1 + pages, "", "hold");
        begin();
        // Full: the queue holds what it may, and what changes is being read.
        QTRY_VERIFY_WITH_TIMEOUT(
            m_cluster->news().cost() + 3 * limits::clusterChange >= limits::clusterQueue, 60'000);
        QTRY_COMPARE_WITH_TIMEOUT(calls().size(), 1 + pages, 60'000);
        QVERIFY(m_cluster->news().cost() <= limits::clusterQueue);
        QVERIFY(follow([&] { return m_pods.contains("last") && m_following == Following::Live; }));
        QCOMPARE(m_pods.size(), std::size_t{pages * perPage + 1});
        QCOMPARE(m_pods["u7"], std::string("new-7"));
        QVERIFY(m_merged > 0);
        QVERIFY(m_largest <= limits::clusterChange);
    }

    void aMissingKubectlIsSaid()
    {
        m_cluster = std::make_unique<ClusterThread>();
        m_cluster->follow({.kubectl = "/no/such/kubectl", .kubeconfig = {}, .context = {}}, {});
        QVERIFY(follow([&] { return m_following == Following::Stopped; }));
        QVERIFY(m_error.starts_with("kubectl cannot be started"));
    }
};

QTEST_GUILESS_MAIN(TestCluster)
#include "tst_cluster.moc"
