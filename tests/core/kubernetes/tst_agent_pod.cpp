// SPDX-License-Identifier: Apache-2.0
// The agent's own pod: what it asks for, what becomes of it, and whose it is.
#include "core/kubernetes/agent_pod.h"
#include "core/kubernetes/ownership.h"

#include <nlohmann/json.hpp>

#include <QTest>

using namespace podglass;
using namespace podglass::kubernetes;
using nlohmann::json;

class TestAgentPod : public QObject
{
    Q_OBJECT

private slots:

    void agentPodsAreNotTargets()
    {
        AgentPodWish wish;
        wish.name = "podglass-agent-x";
        wish.nameSpace = "shop";
        wish.node = "node1";
        wish.owner = "0123";
        wish.session = "abc";
        wish.client = "ana@laptop";
        wish.target = "shop/checkout-x";
        json made = json::parse(agentPodManifest(wish));
        made["metadata"]["uid"] = "u9";
        const auto read = podFrom(made);
        QVERIFY(read.has_value());
        QVERIFY(std::holds_alternative<AgentUse>(*read));
        QCOMPARE(std::get<AgentUse>(*read).client, std::string("ana@laptop"));
    }

    void theAgentPodAsksForLittle()
    {
        AgentPodWish wish;
        wish.node = "node1";
        wish.client = "bad \xff text";
        wish.steal = false;
        const json pod = json::parse(agentPodManifest(wish));
        const json& spec = pod.at("spec");
        const json& container = spec.at("containers").at(0);
        const json& context = container.at("securityContext");
        QCOMPARE(spec.at("automountServiceAccountToken").get<bool>(), false);
        QCOMPARE(spec.at("nodeName").get<std::string>(), std::string("node1"));
        QVERIFY(spec.at("activeDeadlineSeconds").get<int>() > 0);
        QVERIFY(!spec.contains("volumes") && !spec.contains("hostNetwork"));
        QVERIFY(!context.contains("privileged"));
        QCOMPARE(context.at("allowPrivilegeEscalation").get<bool>(), false);
        QCOMPARE(context.at("readOnlyRootFilesystem").get<bool>(), true);
        QVERIFY(context.at("capabilities").at("drop") == json::array({"ALL"}));
        QVERIFY(context.at("capabilities").at("add")
                == json::array({"NET_RAW", "SYS_PTRACE", "SYS_ADMIN", "SETUID", "SETGID", "KILL"}));
        QVERIFY(container.at("resources").at("limits").contains("memory"));
        QVERIFY(!container.contains("env") && !container.contains("ports"));
        wish.steal = true;
        QVERIFY(agentPodManifest(wish).find("NET_ADMIN") != std::string::npos);
    }

    void statesOfTheAgentPod()
    {
        const auto state = [](const char* status) {
            return *agentPodStateFrom(
                R"({"type":"MODIFIED","object":{"metadata":{"name":"a"},"status":)"
                + std::string(status) + "}}");
        };
        QVERIFY(
            state("{\"phase\":\"Running\",\"containerStatuses\":[{\"state\":{\"running\":{}}}]}")
                .running);
        const auto image =
            state("{\"phase\":\"Pending\",\"containerStatuses\":[{\"state\":{\"waiting\":{"
                  "\"reason\":\"ErrImageNeverPull\",\"message\":\"no image\"}}}]}");
        QCOMPARE(image.trouble, std::string("ErrImageNeverPull: no image"));
        const auto creating = state("{\"phase\":\"Pending\",\"containerStatuses\":[{\"state\":{"
                                    "\"waiting\":{\"reason\":\"ContainerCreating\"}}}]}");
        QVERIFY(creating.trouble.empty() && !creating.running && !creating.ended);
        const auto refused =
            state("{\"phase\":\"Failed\",\"reason\":\"OutOfcpu\",\"message\":\"full\"}");
        QVERIFY(refused.ended);
        QCOMPARE(refused.trouble, std::string("OutOfcpu: full"));
    }

    void leftoversAreOnlyThoseNobodyUses()
    {
        const Ownership mine = makeOwnership();
        QVERIFY(!processIsGone(mine.process));
        std::string other = mine.process;
        other.replace(other.rfind('/') + 1, std::string::npos, "1"); // another start: pid reused
        QVERIFY(processIsGone(other));
        QVERIFY(!processIsGone("boot/ns/1/1"));
        QVERIFY(!processIsGone(""));
        const auto item = [](const char* name, const char* phase, const std::string& process) {
            return json{{"metadata",
                         {{"name", name},
                          {"namespace", "shop"},
                          {"labels", {{"app.kubernetes.io/name", "podglass-agent"}}},
                          {"annotations", {{"podglass.dev/process", process}}}}},
                        {"status", {{"phase", phase}}}};
        };
        json foreign = item("foreign", "Failed", "");
        foreign["metadata"]["labels"] = json::object();
        const json list{{"items",
                         json::array({item("live", "Running", mine.process),
                                      item("ended", "Succeeded", mine.process),
                                      item("crashed", "Running", other),
                                      foreign})}};
        const auto found = leftoversIn(list.dump(), processIsGone);
        QCOMPARE(found, (std::vector<Leftover>{{"shop", "ended"}, {"shop", "crashed"}}));
    }
};

QTEST_APPLESS_MAIN(TestAgentPod)
#include "tst_agent_pod.moc"
