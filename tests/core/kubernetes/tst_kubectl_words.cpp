// SPDX-License-Identifier: Apache-2.0
// What kubectl says, read: refusals, troubles, contexts.
#include "core/kubernetes/contexts.h"
#include "core/kubernetes/words.h"

#include <QTest>

using namespace podglass;
using namespace podglass::kubernetes;

namespace {

KubectlError explained(std::string_view words)
{
    return explain(
        {.kubectl = "kubectl", .kubeconfig = {}, .context = "prod"}, "list pods", words, "");
}

} // namespace

class TestKubectlWords : public QObject
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
};

QTEST_APPLESS_MAIN(TestKubectlWords)
#include "tst_kubectl_words.moc"
