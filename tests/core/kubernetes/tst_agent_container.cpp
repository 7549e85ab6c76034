// SPDX-License-Identifier: Apache-2.0
// What is asked of the API server for an ephemeral container, and what it says of it; the road
// itself, with the real kubectl, is in tests/kubernetes/containers.py.
#include "core/kubernetes/agent_container.h"
#include "core/kubernetes/agent_pod.h"
#include "core/kubernetes/pod_json.h"
#include "core/kubernetes/words.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include <QTest>

using namespace podglass;
using namespace podglass::kubernetes;
using nlohmann::json;

class TestAgentContainer : public QObject
{
    Q_OBJECT

private slots:

    void itAsksForLessThanThePod()
    {
        const json context = json::parse(agentContainerSpec(false)).at("securityContext");
        QVERIFY(context.at("capabilities") == json({{"drop", {"ALL"}}, {"add", {"NET_RAW"}}}));
        QCOMPARE(context.at("privileged").get<bool>(), false);
        QCOMPARE(context.at("allowPrivilegeEscalation").get<bool>(), false);
        QCOMPARE(context.at("readOnlyRootFilesystem").get<bool>(), true);
        QVERIFY(agentContainerSpec(true).find("NET_ADMIN") != std::string::npos);
        QVERIFY(agentContainerSpec(true).find("SYS_") == std::string::npos);
    }

    void itEndsByItselfAndNamesWhatItJoins()
    {
        Pod pod;
        pod.name = "checkout-1";
        pod.nameSpace = "shop";
        const auto words = agentContainerArguments(
            pod, {.name = "podglass-s-0-x", .image = {}, .target = "web", .steal = true});
        const auto has = [&](std::string_view word) {
            return std::ranges::find(words, word) != words.end();
        };
        QVERIFY(has("--target=web") && has("--container=podglass-s-0-x") && has("pod/checkout-1"));
        QVERIFY(has("--hold") && has("--hold-most") && has("--attach=false"));
        QVERIFY(has("--image=" + std::string(defaultAgentImage)));
    }

    void ownOnesAreNoContainersOfTheTarget()
    {
        const std::string mine = agentContainerPrefix("0123456789", true) + "abc";
        QVERIFY(isAgentContainer(mine));
        QVERIFY(!isAgentContainer("podglass-agent"));
        QVERIFY(!isAgentContainer("web"));
        QVERIFY(agentContainerPrefix("0", true) != agentContainerPrefix("0", false));
        const json pod{
            {"metadata", {{"uid", "u"}, {"name", "a"}, {"namespace", "shop"}}},
            {"spec",
             {{"containers", json::array({{{"name", "web"}}})},
              {"ephemeralContainers", json::array({{{"name", mine}}, {{"name", "debugger"}}})}}},
            {"status",
             {{"ephemeralContainerStatuses",
               json::array({{{"name", mine}, {"state", {{"running", json::object()}}}},
                            {{"name", mine + "2"}, {"state", {{"terminated", json::object()}}}},
                            {{"name", "debugger"}, {"state", {{"running", json::object()}}}}})}}}};
        const auto read = podFrom(pod);
        const Pod& found = std::get<Pod>(*read);
        QCOMPARE(found.containers.size(), std::size_t{1});
        QCOMPARE(found.agents, std::vector<std::string>{mine});
    }

    void itsStateIsItsOwn()
    {
        const auto state = [](const char* now) {
            return *agentPodStateFrom(
                R"({"type":"MODIFIED","object":{"metadata":{"name":"a"},"status":{"phase":"Running",)"
                R"("containerStatuses":[{"name":"web","state":{"running":{}}}],)"
                R"("ephemeralContainerStatuses":[{"name":"other","state":{"running":{}}},)"
                R"({"name":"mine","state":)"
                    + std::string(now) + "}]}}}",
                "mine");
        };
        QVERIFY(state("{\"running\":{}}").running);
        QVERIFY(!state("{\"waiting\":{\"reason\":\"ContainerCreating\"}}").running);
        QVERIFY(state("{\"waiting\":{\"reason\":\"ContainerCreating\"}}").trouble.empty());
        QCOMPARE(state("{\"waiting\":{\"reason\":\"ErrImagePull\",\"message\":\"no\"}}").trouble,
                 std::string("ErrImagePull: no"));
        QVERIFY(!state("{\"terminated\":{\"reason\":\"Completed\"}}").trouble.empty());
    }

    void whereThereAreNoneIsKnown()
    {
        QVERIFY(withoutAgentContainers("v1.25.0").empty());
        QVERIFY(withoutAgentContainers("v1.31.2-gke.100").empty());
        QVERIFY(withoutAgentContainers("v2.0.0").empty());
        QVERIFY(!withoutAgentContainers("v1.24.17").empty());
        QVERIFY(!withoutAgentContainers("").empty());
    }

    void refusalsAreSaidInPlainWords()
    {
        const auto error = explain({},
                                   "add a container",
                                   "error: unknown flag: --custom\nSee 'kubectl debug --help' for "
                                   "usage.\n",
                                   "exit status 1");
        QVERIFY(whyNoAgentContainer(error.error.what).find("too old") != std::string::npos);
        QCOMPARE(whyNoAgentContainer("violates PodSecurity"), std::string("violates PodSecurity"));
    }
};

QTEST_GUILESS_MAIN(TestAgentContainer)
#include "tst_agent_container.moc"
