// SPDX-License-Identifier: Apache-2.0
#ifndef Q_MOC_RUN // moc 6.4 cannot read <concepts> as this order of headers brings it in
#include "core/agent/host/host_targets.h"
#include "core/agent/host/resolve.h"
#endif

#include "tests/support/made_up_tree.h"

#include <QTest>

#include <unistd.h>

using namespace podglass;

namespace {

const std::string webId(64, 'a');
const std::string pauseId(64, 'c');
const std::string appId(64, 'd');
const std::string hostnetId(64, 'e');
const std::string podmanId(64, 'f');
const std::string pod = "/kubepods/pod0f5d2c51-9a77-4b6e-8d3c-52d1a8e1c0aa/";
constexpr auto listensOn80 =
    "heading\n   0: 00000000:0050 00000000:0000 0A 0:0 0:0 0 0 0 4711 1 0\n";

struct MadeUpHost
{
    support::MadeUpTree tree;

    MadeUpHost()
    {
        tree.file("proc/sys/kernel/hostname", "build-3\n");
        process(1, "systemd", 100, "/init.scope");
        process(50, "dockerd", 100, "/system.slice/docker.service");
        tree.link("proc/self/ns/net", "net:[100]");
        process(60, "nginx", 200, "/docker/" + webId);
        process(61, "nginx", 200, "/docker/" + webId);
        tree.link("proc/60/fd/6", "socket:[4711]");
        tree.file("proc/60/net/tcp", listensOn80);
        tree.file("proc/60/net/fib_trie", "|-- 172.17.0.2\n   /32 host LOCAL\n");
        tree.file("var/lib/docker/containers/" + webId + "/config.v2.json",
                  "{\"Name\":\"/shop-web-1\",\"Config\":{\"Image\":\"nginx:1.25\",\"Labels\":{}}}");
        process(70, "pause", 300, pod + pauseId);
        process(71, "checkout", 300, pod + appId);
        tree.file("run/containerd/io.containerd.runtime.v2.task/k8s.io/" + appId + "/config.json",
                  "{\"annotations\":{\"io.kubernetes.cri.container-name\":\"app\","
                  "\"io.kubernetes.cri.sandbox-name\":\"checkout-7d9f\","
                  "\"io.kubernetes.cri.sandbox-namespace\":\"shop\"}}");
        process(80, "weird", 400, "/");
        tree.file("run/netns/lab", "");
    }

    // On the host's network: a service, a container and two processes without either.
    void addSharers()
    {
        process(90, "nginx", 100, "/system.slice/nginx.service");
        process(91, "envoy", 100, "/docker/" + hostnetId);
        process(92, "node", 100, "/user.slice/user-1000.slice/user@1000.service/app.slice/x.scope");
        tree.file("proc/1/net/tcp",
                  "heading\n"
                  "   0: 00000000:0050 00000000:0000 0A 0:0 0:0 0 0 0 5001 1 0\n"
                  "   1: 00000000:01BB 00000000:0000 0A 0:0 0:0 0 0 0 5002 1 0\n"
                  "   2: 00000000:2710 00000000:0000 0A 0:0 0:0 0 0 0 5003 1 0\n"
                  "   3: 0100007F:0BB8 00000000:0000 0A 0:0 0:0 0 0 0 5004 1 0\n");
        tree.link("proc/90/fd/3", "socket:[5001]");
        tree.link("proc/90/fd/4", "socket:[5002]");
        tree.link("proc/91/fd/3", "socket:[5003]");
        tree.link("proc/92/fd/3", "socket:[5004]");
    }

    void process(int pid, const std::string& name, int networkNamespace, const std::string& cgroup)
    {
        const std::string directory = "proc/" + std::to_string(pid);
        tree.file(directory + "/comm", name + "\n");
        tree.file(directory + "/cmdline", name + std::string("\0-x\0", 4));
        tree.file(directory + "/cgroup", "0::" + cgroup + "\n");
        tree.link(directory + "/ns/net", "net:[" + std::to_string(networkNamespace) + "]");
    }
};

const wire::Target* find(const agent::HostTargets& list, const std::string& spec)
{
    const auto found = std::ranges::find(list.targets, spec, &wire::Target::spec);
    return found == list.targets.end() ? nullptr : &*found;
}

} // namespace

class TestHostTargets : public QObject
{
    Q_OBJECT

private slots:

    void oneTargetForEachNamespace()
    {
        const MadeUpHost host;
        const agent::HostTargets list = agent::listHostTargets(host.tree.root());
        QCOMPARE(list.targets.size(), std::size_t(5));
        QCOMPARE(list.targets.front().spec, "self");
        QCOMPARE(list.targets.front().kind, "host");
        QCOMPARE(list.targets.front().name, "build-3");
        QVERIFY(list.note.empty());
        QVERIFY(find(list, "netns:lab"));
        QCOMPARE(find(list, "pid:80")->name, "weird");
    }

    void aContainerWithItsPortProcessAndAddress()
    {
        const MadeUpHost host;
        const agent::HostTargets list = agent::listHostTargets(host.tree.root());
        const wire::Target* web = find(list, "container:" + webId.substr(0, 12));
        QVERIFY(web);
        QCOMPARE(web->kind, "container");
        QCOMPARE(web->name, "shop-web-1");
        QCOMPARE(web->detail, "nginx:1.25, docker");
        QCOMPARE(web->pid, 60U);
        const std::vector<wire::ListeningPort> ports{{80, "0.0.0.0", "nginx"}};
        QVERIFY(web->ports == ports);
        QVERIFY(web->addresses == std::vector<std::string>{"172.17.0.2"});
    }

    void aPodIsNamedByItsPodNotByItsPause()
    {
        const MadeUpHost host;
        const agent::HostTargets list = agent::listHostTargets(host.tree.root());
        const wire::Target* checkout = find(list, "container:" + appId.substr(0, 12));
        QVERIFY(checkout);
        QCOMPARE(checkout->kind, "pod");
        QCOMPARE(checkout->name, "checkout-7d9f");
        QCOMPARE(checkout->detail, "shop, app");
    }

    void whoeverListensOnTheHostsNetworkIsATarget()
    {
        MadeUpHost host;
        host.addSharers();
        const agent::HostTargets list = agent::listHostTargets(host.tree.root());
        QCOMPARE(list.targets.front().kind, "host");
        QCOMPARE(list.targets.front().ports.size(), std::size_t(4));
        const wire::Target* service = find(list, "service:nginx.service");
        QVERIFY(service);
        QCOMPARE(service->kind, "service");
        QCOMPARE(service->name, "nginx");
        QCOMPARE(service->pid, 90U);
        const std::vector<wire::ListeningPort> ports{{80, "0.0.0.0", "nginx"},
                                                     {443, "0.0.0.0", "nginx"}};
        QVERIFY(service->ports == ports);
        const wire::Target* container = find(list, "container:" + hostnetId.substr(0, 12));
        QVERIFY(container);
        QCOMPARE(container->ports.size(), std::size_t(1));
        QVERIFY(container->detail.ends_with("host network"));
        const wire::Target* process = find(list, "pid:92"); // of a session, not of a service
        QVERIFY(process);
        QCOMPARE(process->kind, "process");
        QCOMPARE(process->ports.size(), std::size_t(1));
        QVERIFY(!find(list, "service:docker.service")); // listens nowhere
    }

    void withoutASightOfPid1TheHostIsStillTheHost()
    {
        MadeUpHost host;
        host.addSharers();
        std::filesystem::remove(host.tree.root() / "proc/1/ns/net");
        host.tree.file("proc/50/net/tcp", "heading\n");
        const agent::HostTargets list = agent::listHostTargets(host.tree.root());
        QCOMPARE(list.targets.front().spec, "self");
        QCOMPARE(list.targets.front().kind, "host");
        QCOMPARE(list.targets.front().name, "build-3");
    }

    void namesThatContainerdAndPodmanKeep()
    {
        MadeUpHost host;
        const std::string tasks = "run/containerd/io.containerd.runtime.v2.task/default/";
        host.process(95, "httpd", 500, "/default/web");
        host.process(96, "httpd", 500, "/default/web");
        host.tree.file(tasks + "web/init.pid", "95");
        host.tree.file(tasks + "web/config.json", "{\"hostname\":\"web\"}");
        host.process(97, "redis", 600, "/machine.slice/libpod-" + podmanId + ".scope");
        host.tree.file(
            "home/ana/.local/share/containers/storage/overlay-containers/containers.json",
            "[7,{\"id\":\"" + podmanId
                + "\",\"names\":[\"cache\"],"
                  "\"metadata\":\"{\\\"image-name\\\":\\\"redis:7\\\"}\"}]");
        const agent::HostTargets list = agent::listHostTargets(host.tree.root());
        const wire::Target* web = find(list, "container:web");
        QVERIFY(web);
        QCOMPARE(web->kind, "container");
        QCOMPARE(web->detail, "containerd");
        const wire::Target* cache = find(list, "container:" + podmanId.substr(0, 12));
        QVERIFY(cache);
        QCOMPARE(cache->name, "cache");
        QCOMPARE(cache->detail, "redis:7, podman");
    }

    void whatMayNotBeSeenIsTold()
    {
        const MadeUpHost host;
        std::filesystem::remove(host.tree.root() / "proc/80/ns/net");
        const agent::HostTargets list = agent::listHostTargets(host.tree.root());
        QVERIFY(list.note.find("1 of 7 processes") != std::string::npos);
    }

    void resolveErrorsSayWhatToDo_data()
    {
        QTest::addColumn<std::string>("spec");
        QTest::addColumn<std::string>("says");
        QTest::addColumn<bool>("transient");
        QTest::newRow("no kind") << std::string("shop") << std::string("netns:NAME") << false;
        QTest::newRow("no pid") << std::string("pid:x") << std::string("pid:1234") << false;
        QTest::newRow("escape") << std::string("netns:../../proc/1/ns/net")
                                << std::string("no name of") << false;
        QTest::newRow("no service")
            << std::string("service:none") << std::string("systemctl status") << true;
        QTest::newRow("short") << std::string("container:aaa") << std::string("4 digits") << false;
        QTest::newRow("gone") << std::string("container:ffff")
                              << std::string("no running container") << true;
        QTest::newRow("no netns") << std::string("netns:none") << std::string("--list-targets")
                                  << true;
    }

    void resolveErrorsSayWhatToDo()
    {
        QFETCH(std::string, spec);
        QFETCH(std::string, says);
        QFETCH(bool, transient);
        const MadeUpHost host;
        const auto resolved = agent::resolveTarget(host.tree.root(), spec);
        QVERIFY(!resolved);
        QVERIFY2(resolved.error().text().find(says) != std::string::npos,
                 resolved.error().text().c_str());
        QCOMPARE(resolved.error().lasting == base::Lasting::Transient, transient);
    }

    void thisMachine()
    {
        const auto self = agent::resolveTarget("/", "self");
        QVERIFY(self);
        const auto byPid = agent::resolveTarget("/", "pid:" + std::to_string(::getpid()));
        QVERIFY(byPid);
        const auto begun = std::chrono::steady_clock::now();
        const agent::HostTargets list = agent::listHostTargets("/");
        QVERIFY(find(list, "self"));
        qInfo("%zu targets in %lld us",
              list.targets.size(),
              static_cast<long long>((std::chrono::steady_clock::now() - begun).count() / 1000));
    }
};

QTEST_APPLESS_MAIN(TestHostTargets)
#include "tst_host_targets.moc"
