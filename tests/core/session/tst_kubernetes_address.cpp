// SPDX-License-Identifier: Apache-2.0
// Addresses of clusters, and the command that goes there through ssh.
#include "core/kubernetes/kubectl.h"
#include "core/session/kubernetes_address.h"
#include "core/session/road_command.h"

#include <algorithm>

#include <QProcess>
#include <QTest>

using namespace podglass;
using namespace podglass::kubernetes;

class TestKubernetesAddress : public QObject
{
    Q_OBJECT

private slots:

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
};

QTEST_GUILESS_MAIN(TestKubernetesAddress)
#include "tst_kubernetes_address.moc"
