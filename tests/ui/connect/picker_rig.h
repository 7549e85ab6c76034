// SPDX-License-Identifier: GPL-3.0-or-later
// PickerRig: a target picker in a window of its own, with made-up targets and a made-up cluster.
#pragma once

#include "core/base/result.h" // moc of Qt 6.4 cannot read <compare> as the first header
#include "core/wire/message.h"

#include "ui/connect/target_picker.h"

#include <memory>

#include <QTest>

namespace podglass::test {

inline wire::Target target(const std::string& kind,
                           const std::string& name,
                           std::vector<wire::ListeningPort> ports,
                           const std::string& detail)
{
    return {kind + ":" + name, kind, name, detail, 1, std::move(ports), {}};
}

inline wire::TargetList someTargets()
{
    wire::TargetList list;
    list.targets = {
        target("netns",
               "shop",
               {{8080, "0.0.0.0", "nginx"}, {8080, "::", "nginx"}, {8443, "0.0.0.0", "nginx"}},
               "10.77.0.11"),
        target("netns", "orders", {{9090, "0.0.0.0", "python3"}}, "10.77.0.12"),
        target("container",
               "checkout-7d9f",
               {{8080, "::", "java"}, {9404, "::", "java"}},
               "registry.example.com/shop/checkout:1.4.2"),
        target("container", "worker-1", {}, "registry.example.com/shop/worker:1.4.2"),
        target("host", "build-3", {{22, "0.0.0.0", "sshd"}}, "Debian GNU/Linux 12")};
    return list;
}

inline kubernetes::Delta someCluster()
{
    kubernetes::Delta delta;
    kubernetes::Pod pod;
    pod.uid = "u1";
    pod.nameSpace = "shop";
    pod.name = "checkout-7d9f";
    pod.phase = "Running";
    pod.ready = true;
    pod.containers = {{"app", "checkout:1.4", {}, true, true, 0, {}},
                      {"proxy", "envoy:2", {}, true, true, 0, {}}};
    pod.ports = {{8080, "http", "app"}, {15001, "admin", "proxy"}};
    pod.labels = {{"app", "checkout"}};
    pod.restarts = 4;
    delta.pods.push_back(pod);
    pod.uid = "u2";
    pod.nameSpace = "billing";
    pod.name = "cheque-store-0";
    pod.containers.resize(1);
    pod.ports = {{5432, "pg", "app"}};
    pod.labels = {{"app", "cheques"}};
    delta.pods.push_back(pod);
    kubernetes::Workload workload;
    workload.nameSpace = "shop";
    workload.owner = {"deploy", "checkout"};
    workload.pods = workload.ready = 1;
    workload.ports = {{8080, "http", "app"}};
    workload.labels = {{"app", "checkout"}};
    delta.workloads.push_back(workload);
    delta.following = kubernetes::Following::Live;
    return delta;
}

class PickerRig
{
protected:
    void show()
    {
        m_window = std::make_unique<QWidget>();
        m_picker = new connect::TargetPicker(m_window.get());
        m_picker->resize(900, 520);
        m_window->resize(900, 520);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
        m_picker->begin();
        m_picker->setTargets(someTargets());
    }

    template <typename T>
    T* find(const char* name) const
    {
        return m_picker->findChild<T*>(QString::fromLatin1(name));
    }

    std::unique_ptr<QWidget> m_window;
    connect::TargetPicker* m_picker = nullptr;
};

} // namespace podglass::test
