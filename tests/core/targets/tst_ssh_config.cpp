// SPDX-License-Identifier: Apache-2.0
#include "core/targets/pattern.h"
#include "core/targets/ssh_config.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

using namespace podglass::targets;

class TestSshConfig : public QObject
{
    Q_OBJECT

private slots:

    void patterns()
    {
        QVERIFY(matchesPattern("*.example.com", "a.example.com"));
        QVERIFY(!matchesPattern("*.example.com", "example.com"));
        QVERIFY(matchesPattern("1?2*", "1x2"));
        QVERIFY(matchesPattern("*", ""));
        QVERIFY(!matchesPattern("?", ""));
        QVERIFY(matchesPatternList("*.b,!x.b", "y.b", ','));
        QVERIFY(!matchesPatternList("*.b,!x.b", "x.b", ','));
        QVERIFY(!matchesPatternList("!x.b", "y.b", ','));
        // A matcher that backtracks without bound would not end here.
        QVERIFY(!matchesPattern("*a*a*a*a*a*a*a*a*a*a*a*b", std::string(5'000, 'a')));
    }

    void firstValueWins()
    {
        SshConfig config;
        config.add("User early\n"
                   "Host build-? !build-9 \"quoted name\"\n"
                   "  HostName=%h.example.com\n"
                   "  Port = 2222\n"
                   "  IdentityFile /k/one\n"
                   "  IdentityFile /k/%h-%p\n"
                   "# Port 1\n"
                   "Host *\n"
                   "  User late\r\n"
                   "  Port 22\n"
                   "  IdentitiesOnly yes\n"
                   "  ProxyJump bastion\n"
                   "  IdentityAgent none\n",
                   "/c",
                   "/none");
        const SshHost host = config.lookup("build-3");
        QCOMPARE(host.hostName, "build-3.example.com");
        QCOMPARE(host.user, "early");
        QCOMPARE(host.port, 2222);
        QCOMPARE(host.identityFiles,
                 (std::vector<std::string>{"/k/one", "/k/build-3.example.com-2222"}));
        QVERIFY(host.identitiesOnly);
        QCOMPARE(host.jump, "bastion");
        QVERIFY(!host.identityAgent.empty());
        QVERIFY(host.ignored.empty());
        QCOMPARE(config.lookup("build-9").hostName, "build-9");
        QCOMPARE(config.lookup("build-9").port, 22);
        QCOMPARE(config.hosts(), std::vector<std::string>{"quoted name"});
    }

    void matchIsJudgedOnlyWhenItSaysAll()
    {
        SshConfig config;
        config.add("Match exec \"true\"\nUser wrong\nMatch all\nUser right\n", "/c", "/none");
        QCOMPARE(config.lookup("x").user, "right");
    }

    void includesAreConditional()
    {
        const QTemporaryDir folder;
        QFile file(folder.filePath("one.conf"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("User included\nHost inner\nPort 7\nInclude one.conf\n"); // includes itself
        file.close();
        SshConfig config;
        config.add("Host inner a\nInclude *.conf\nHost b\nUser plain\n",
                   "/c",
                   folder.path().toStdString());
        QCOMPARE(config.lookup("a").user, "included");
        QCOMPARE(config.lookup("a").port, 22);
        QCOMPARE(config.lookup("inner").port, 7);
        QCOMPARE(config.lookup("b").user, "plain");
        QCOMPARE(config.hosts(), (std::vector<std::string>{"inner", "a", "b"}));
    }
};

QTEST_APPLESS_MAIN(TestSshConfig)
#include "tst_ssh_config.moc"
