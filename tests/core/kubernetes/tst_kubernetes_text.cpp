// SPDX-License-Identifier: Apache-2.0
// The parts of the Kubernetes road that only think: words of kubectl, pods out of JSON, the
// picture, the agent's pod, and many agents' states as one.
#include "core/base/limits.h"
#include "core/kubernetes/agent_pod.h"
#include "core/kubernetes/contexts.h"
#include "core/kubernetes/ownership.h"
#include "core/kubernetes/picture.h"
#include "core/session/kubernetes_address.h"
#include "core/session/replica_merge.h"
#include "core/session/road_command.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include <QProcess>
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

KubectlError explained(std::string_view words)
{
    return explain(
        {.kubectl = "kubectl", .kubeconfig = {}, .context = "prod"}, "list pods", words, "");
}

wire::PortState port(wire::Mode mode, std::uint64_t revision, bool refused, std::string message)
{
    wire::PortState state;
    state.mode = mode;
    state.revision = revision;
    state.refused = refused;
    state.message = std::move(message);
    return state;
}

} // namespace

class TestKubernetesText : public QObject
{
    Q_OBJECT

private slots:

    void refusalsNameVerbResourceAndNamespace()
    {
        const auto refusal = refusalIn(
            "Error from server (Forbidden): pods is forbidden: User \"ana\" cannot list resource "
            "\"pods\" in API group \"\" in the namespace \"shop\"\n");
        QVERIFY(refusal.has_value());
        QCOMPARE(*refusal, (Refusal{"ana", "list", "pods", "", "shop"}));
        const auto whole = refusalIn(
            "deployments.apps is forbidden: User \"system:serviceaccount:a:b\" cannot watch "
            "resource \"deployments\" in API group \"apps\" at the cluster scope");
        QVERIFY(whole.has_value());
        QCOMPARE(*whole,
                 (Refusal{"system:serviceaccount:a:b", "watch", "deployments", "apps", ""}));
        QVERIFY(!refusalIn("is forbidden: User \"").has_value());
        QVERIFY(!refusalIn("pods \"x\" is forbidden: violates PodSecurity").has_value());
        const auto error = explained("Error from server (Forbidden): pods \"a\" is forbidden: User "
                                     "\"ana\" cannot create resource \"pods/exec\" in API group "
                                     "\"\" in the namespace \"shop\"");
        QVERIFY(error.trouble == Trouble::Forbidden);
        QCOMPARE(error.error.what, std::string("ana may not create pods/exec in namespace shop"));
        QVERIFY(error.error.advice.find("verbs [\"create\"]") != std::string::npos);
    }

    void wordsOfKubectlAreSorted_data()
    {
        QTest::addColumn<QString>("words");
        QTest::addColumn<int>("trouble");
        QTest::addColumn<bool>("transient");
        const auto row = [](const char* words, Trouble trouble, bool transient) {
            QTest::newRow(words) << QString(words) << static_cast<int>(trouble) << transient;
        };
        row("The connection to the server 127.0.0.1:1 was refused - did you specify the right host "
            "or port?",
            Trouble::Network,
            true);
        row("Unable to connect to the server: dial tcp 10.0.0.1:443: i/o timeout",
            Trouble::Network,
            true);
        row("Unable to connect to the server: x509: certificate signed by unknown authority",
            Trouble::Login,
            false);
        row("error: You must be logged in to the server (Unauthorized)", Trouble::Login, false);
        row("Unable to connect to the server: getting credentials: exec: executable aws not found",
            Trouble::Login,
            false);
        row("error: context \"x\" does not exist in the kubeconfig", Trouble::Setup, false);
        row("Error from server (NotFound): pods \"x\" not found", Trouble::Missing, true);
        row("Error from server (Expired): The provided continue parameter is too old",
            Trouble::Expired,
            true);
        row("pods \"x\" is forbidden: violates PodSecurity \"baseline:latest\": host namespaces",
            Trouble::Forbidden,
            false);
    }

    void wordsOfKubectlAreSorted()
    {
        QFETCH(QString, words);
        QFETCH(int, trouble);
        QFETCH(bool, transient);
        const auto error = explained(words.toStdString());
        QCOMPARE(static_cast<int>(error.trouble), trouble);
        QCOMPARE(error.error.lasting == base::Lasting::Transient, transient);
        QVERIFY(!error.error.what.empty());
    }

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

    void contextsShowWhatRunsAtLogin()
    {
        const auto contexts = contextsFrom(
            "{\"current-context\":\"b\",\"contexts\":[{\"name\":\"a\",\"context\":{\"cluster\":"
            "\"c\","
            "\"user\":\"u\",\"namespace\":\"shop\"}},{\"name\":\"b\",\"context\":{\"cluster\":"
            "\"c\"}}],"
            "\"clusters\":[{\"name\":\"c\",\"cluster\":{\"server\":\"https://x\","
            "\"insecure-skip-tls-verify\":true}}],\"users\":[{\"name\":\"u\",\"user\":{\"exec\":{"
            "\"command\":\"aws\",\"args\":[\"eks\",\"get-token\"]}}}]}");
        QVERIFY(static_cast<bool>(contexts));
        QCOMPARE(contexts->size(), std::size_t{2});
        QCOMPARE(contexts->at(0).login, (std::vector<std::string>{"aws", "eks", "get-token"}));
        QVERIFY(contexts->at(0).insecureSkipTlsVerify);
        QCOMPARE(contexts->at(0).nameSpace, std::string("shop"));
        QVERIFY(contexts->at(1).current);
        QVERIFY(!static_cast<bool>(contextsFrom("not json")));
    }

    void addresses_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("canonical"); // empty: refused
        const auto row = [](const char* text, const char* canonical) {
            QTest::newRow(text) << QString(text) << QString(canonical);
        };
        row("k8s", "k8s");
        row("k8s/prod", "k8s/prod");
        row("k8s/prod/shop", "k8s/prod/shop");
        row("k8s/prod/shop/deployment/checkout", "k8s/prod/shop/deploy/checkout");
        row("k8s/ana@eu/shop/po/x-1", "k8s/ana@eu/shop/pod/x-1");
        row("k8s/arn:aws:eks:eu:1:cluster%2Fprod/shop/sts/db",
            "k8s/arn:aws:eks:eu:1:cluster%2Fprod/shop/sts/db");
        row("k8s/prod/shop/pod/x?config=/tmp/k&image=r.io/a:1&agents-in=tools&mirror-only",
            "k8s/prod/shop/pod/x?config=/tmp/k&image=r.io/a:1&agents-in=tools&mirror-only");
        row("k8s/prod/shop/pod/x?mirror-only&node-pod", "k8s/prod/shop/pod/x?node-pod&mirror-only");
        row("ssh://ana@gate:2222/k8s/prod/shop/deploy/checkout",
            "ssh://ana@gate:2222/k8s/prod/shop/deploy/checkout");
        row("ssh+system://gate/k8s", "ssh://gate/k8s");
        row("ssh://[fe80::1]/k8s/prod?config=/tmp/k&ssh-config=/tmp/s",
            "ssh://[fe80::1]/k8s/prod?config=/tmp/k&ssh-config=/tmp/s");
        row("k8s/prod?ssh-config=/tmp/s", "");
        row("ssh://-oProxyCommand=x/k8s/prod", "");
        row("ssh://gate;id/k8s/prod", "");
        row("ssh://gate/k8s/prod/shop/deploy", "");
        row("k8s/prod/shop/deploy", "");
        row("k8s/prod/Shop", "");
        row("k8s/prod/../x", "");
        row("k8s/prod/shop/deploy/-x", "");
        row("k8s/prod/shop/deploy/a/b", "");
        row("k8s/prod?wings", "");
        row("k8s/a%0ab", "");
        row("k8sx", "");
    }

    void addresses()
    {
        QFETCH(QString, text);
        QFETCH(QString, canonical);
        const auto address = session::parseAddress(text.toStdString());
        QCOMPARE(static_cast<bool>(address), !canonical.isEmpty());
        if (!address)
            return;
        QCOMPARE(QString::fromStdString(session::print(*address)), canonical);
        QCOMPARE(*session::parseAddress(session::print(*address)), *address);
    }

    // What the shell of the other host reads is what kubectl gets, whatever is in it.
    void behindSshTheCommandIsOneLine()
    {
        auto address = session::parseAddress("ssh://ana@gate:2222/k8s/prod?ssh-config=/tmp/s");
        Access access = session::accessOf(address.value().road);
        const auto words = kubectlCommand(access, {"get", "--raw", "/api?a=1&b='x' $(id)\n"});
        QCOMPARE(words.front(), std::string("ssh"));
        QVERIFY(std::ranges::find(words, "BatchMode=yes") != words.end());
        QVERIFY(std::ranges::find(words, "ForwardAgent=no") != words.end());
        QCOMPARE(words.at(words.size() - 2), std::string("ssh://ana@gate:2222"));
        QCOMPARE(words.at(words.size() - 3), std::string("--"));
        QProcess shell;
        shell.start("sh",
                    {"-c",
                     "kubectl() { printf '%s|' \"$@\"; }\n"
                         + QString::fromStdString(words.back()).replace("exec ", "")});
        QVERIFY(shell.waitForFinished());
        QCOMPARE(shell.readAllStandardOutput(),
                 QByteArray("--context=prod|get|--raw|/api?a=1&b='x' $(id)\n|"));
        QVERIFY(kubectlCommand(access, {"debug"}, true).back().starts_with("cat | "));
        access.through.clear();
        QCOMPARE(kubectlCommand(access, {"debug"}, true).front(), std::string("kubectl"));
    }

    void manyAgentsSpeakAsOne()
    {
        using wire::Mode;
        const auto steals = port(Mode::Steal, 3, false, "");
        const auto mirrors = port(Mode::Mirror, 2, false, "came later");
        const auto refuses = port(Mode::Off, 2, true, "no right");
        const std::array<session::PortVoice, 2> two{{{"a", &steals}, {"b", &mirrors}}};
        const auto merged = session::mergedPort(two);
        QVERIFY(merged.mode == Mode::Steal); // nothing is stolen unseen
        QCOMPARE(merged.revision, std::uint64_t{2});
        QCOMPARE(merged.message, std::string("b: came later"));
        const std::array<session::PortVoice, 2> mixed{{{"a", &steals}, {"b", &refuses}}};
        QVERIFY(!session::mergedPort(mixed).refused);
        const std::array<session::PortVoice, 2> all{{{"a", &refuses}, {"b", &refuses}}};
        QVERIFY(session::mergedPort(all).refused);
        QCOMPARE(session::mergedPort(all).message, std::string("no right"));

        wire::Telemetry first;
        first.lostBytes = 5;
        first.agent.limit = 100;
        first.agent.anonymous = 90;
        first.lag.microseconds = 7;
        wire::Telemetry second = first;
        second.agent.anonymous = 10;
        second.lag.microseconds = 70;
        wire::Telemetry ended;
        ended.lostBytes = 100;
        const std::array<const wire::Telemetry*, 2> samples{&first, &second};
        const auto sum = session::mergedTelemetry(samples, ended);
        QCOMPARE(sum.lostBytes, std::uint64_t{110});
        QCOMPARE(sum.agent.anonymous, std::uint64_t{90});
        QCOMPARE(sum.lag.microseconds, std::uint64_t{70});
    }

    void idsOfDifferentAgentsStayApart()
    {
        session::ReplicaIds ids;
        const base::ExchangeId one{1};
        const base::ExchangeId again{1 | (std::uint64_t{1} << 48)};
        const auto a = ids.ours(one, 1);
        const auto b = ids.ours(one, 2);
        const auto c = ids.ours(again, 1);
        QVERIFY(a.value != b.value && a.value != c.value && b.value != c.value);
        QCOMPARE(ids.ours(one, 1).value, a.value);
        QCOMPARE(ids.ours({0}, 1).value, std::uint64_t{0});
    }
};

QTEST_GUILESS_MAIN(TestKubernetesText)
#include "tst_kubernetes_text.moc"
