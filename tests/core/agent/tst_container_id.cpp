// SPDX-License-Identifier: Apache-2.0
#include "core/agent/host/container_id.h"
#include "core/agent/host/service_unit.h"

#include <QTest>

using namespace podglass;

namespace {

const std::string id(64, 'a');
const std::string uid = "0f5d2c51-9a77-4b6e-8d3c-52d1a8e1c0aa";
const std::string uidWithUnderscores = "0f5d2c51_9a77_4b6e_8d3c_52d1a8e1c0aa";

} // namespace

class TestContainerId : public QObject
{
    Q_OBJECT

private slots:

    void paths_data()
    {
        QTest::addColumn<std::string>("cgroupFile");
        QTest::addColumn<std::string>("runtime");
        QTest::addColumn<std::string>("podUid");
        const auto row = [](const char* name,
                            const std::string& path,
                            const std::string& runtime,
                            const std::string& pod = {}) {
            QTest::newRow(name) << "0::" + path + "\n" << runtime << pod;
        };
        row("docker, cgroupfs", "/docker/" + id, "docker");
        row("docker, systemd", "/system.slice/docker-" + id + ".scope", "docker");
        row("docker, nested group", "/docker/" + id + "/init", "docker");
        row("containerd, kubernetes, systemd",
            "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + uidWithUnderscores
                + ".slice/cri-containerd-" + id + ".scope",
            "containerd",
            uid);
        row("containerd, kubernetes, cgroupfs",
            "/kubepods/besteffort/pod" + uid + "/" + id,
            "containerd",
            uid);
        row("cri-o",
            "/kubepods.slice/kubepods-pod" + uidWithUnderscores + ".slice/crio-" + id + ".scope",
            "cri-o",
            uid);
        row("podman", "/machine.slice/libpod-" + id + ".scope/container", "podman");
        row("kind: docker around containerd, the inner one counts",
            "/docker/" + std::string(64, 'b') + "/kubelet/kubepods/pod" + uid + "/cri-containerd-"
                + id + ".scope",
            "containerd",
            uid);
    }

    void paths()
    {
        QFETCH(std::string, cgroupFile);
        QFETCH(std::string, runtime);
        QFETCH(std::string, podUid);
        const agent::ContainerId container = agent::containerOf(cgroupFile);
        QCOMPARE(container.id, id);
        QCOMPARE(container.runtime, runtime);
        QCOMPARE(container.podUid, podUid);
    }

    void version1HasALineForEachController()
    {
        const auto container =
            agent::containerOf("9:name=systemd:/\n4:memory:/docker/" + id + "\n0::/\n");
        QCOMPARE(container.id, id);
    }

    void servicesOfSystemd()
    {
        const auto of = [](const std::string& path) {
            return agent::serviceOf("0::" + path + "\n");
        };
        QCOMPARE(of("/system.slice/nginx.service"), "nginx.service");
        QCOMPARE(of("/system.slice/system-getty.slice/getty@tty1.service"), "getty@tty1.service");
        QCOMPARE(of("/system.slice/php.service/workers"), "php.service");
        const std::string user = "/user.slice/user-1000.slice/user@1000.service/";
        QCOMPARE(of(user + "app.slice/demo.service"), "demo.service");
        QCOMPARE(of(user + "app.slice/terminal.scope"), "");
        QCOMPARE(of("/user.slice/session-2.scope"), "");
        QCOMPARE(of("/system.slice/.service"), "");
        QCOMPARE(of("/"), "");
        QCOMPARE(
            agent::serviceOf("4:memory:/x.service\n1:name=systemd:/system.slice/a.service\n0::/"),
            "a.service");
        QCOMPARE(agent::serviceOf("4:memory:/x.service\n"), ""); // not a hierarchy of systemd
    }

    void nothingToFind()
    {
        for (const std::string& path : {std::string("/"),
                                        std::string("/user.slice/session-2.scope"),
                                        "/machine.slice/libpod-conmon-" + id + ".scope",
                                        "/docker/" + id.substr(1),
                                        "/docker/" + id + "aa"})
            QVERIFY2(!agent::containerOf("0::" + path), path.c_str());
        QVERIFY(!agent::containerOf(""));
        QVERIFY(!agent::containerOf(":/"));
    }
};

QTEST_APPLESS_MAIN(TestContainerId)
#include "tst_container_id.moc"
