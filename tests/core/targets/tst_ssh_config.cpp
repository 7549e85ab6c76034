// SPDX-License-Identifier: Apache-2.0
#include "core/targets/pattern.h"
#include "core/targets/ssh_config.h"

#include <QDir>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace podglass::targets;

class TestSshConfig : public QObject
{
    Q_OBJECT

private:
    static QString textOf(const QString& criteria)
    {
        return "Host build-3\n HostName build-3.example.com\nMatch " + criteria + "\n Port 7\n";
    }

    static SshConfig configOf(const QString& criteria)
    {
        SshConfig config;
        config.add(textOf(criteria).toStdString(), "/c", "/none");
        return config;
    }

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

    void whatOnlySshCanJudgeIsNamed()
    {
        SshConfig config;
        config.add("Match exec \"true\"\nUser wrong\nMatch all\nUser right\n"
                   "Match host y exec \"true\"\nPort 7\n"
                   "Match localnetwork 10.0.0.0/8\nForwardX11 no\n", // changes nothing of ours
                   "/c",
                   "/none");
        QCOMPARE(config.lookup("x").user, "right");
        QCOMPARE(config.lookup("x").unjudged, std::vector<std::string>{"exec (/c:1)"});
        QCOMPARE(config.lookup("y").unjudged,
                 (std::vector<std::string>{"exec (/c:1)", "exec (/c:5)"}));
        QCOMPARE(config.lookup("y").port, 22);
    }

    void matchIsJudged_data()
    {
        QTest::addColumn<QString>("criteria");
        QTest::addColumn<bool>("holds");
        const auto row = [](const char* criteria, bool holds) {
            QTest::newRow(criteria) << QString(criteria) << holds;
        };
        row("all", true);
        row("host build-3.example.com", true); // HostName was set above
        row("host build-3", false);
        row("originalhost build-3", true);
        row("originalhost a,build-*,!build-4", true);
        row("originalhost build-*,!build-3", false);
        row("!originalhost other", true);
        row("!originalhost build-3", false);
        row("user ana", true);
        row("user deploy", false);
        row("host=*.example.com user=ana", true);
        row("host *.example.com user bob", false);
        row("localuser nobody-of-that-name", false);
        row("!localuser nobody-of-that-name", true);
        row("final", true);
        row("final host build-3.example.com", true);
        row("!final originalhost other", false);
    }

    // As `ssh -G` says, which the next test asks where there is one.
    void matchIsJudged()
    {
        QFETCH(QString, criteria);
        QFETCH(bool, holds);
        QCOMPARE(configOf(criteria).lookup("build-3", "ana").port, holds ? 7 : 22);
        QVERIFY(configOf(criteria).lookup("build-3", "ana").unjudged.empty());
    }

    void sshJudgesTheSame_data() { matchIsJudged_data(); }

    void sshJudgesTheSame()
    {
        QFETCH(QString, criteria);
        if (QStandardPaths::findExecutable("ssh").isEmpty())
            QSKIP("there is no ssh here");
        const QTemporaryDir folder;
        QFile file(folder.filePath("config"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(textOf(criteria).toUtf8());
        file.close();
        QProcess ssh;
        ssh.start("ssh", {"-G", "-F", file.fileName(), "ana@build-3"});
        QVERIFY(ssh.waitForFinished());
        const int port = configOf(criteria).lookup("build-3", "ana").port;
        QVERIFY2(ssh.readAllStandardOutput().contains("port " + QByteArray::number(port) + "\n"),
                 ssh.readAllStandardError().constData());
    }

    void aLineIsJudgedWhereItStands()
    {
        SshConfig config;
        config.add("Match host a\nHostName b\nUser first\nMatch host b\nPort 7\n"
                   "Match user first\nIdentityFile /k\nMatch final\nIdentityFile /k\n",
                   "/c",
                   "/none");
        const SshHost host = config.lookup("a");
        QCOMPARE(host.hostName, "b");
        QCOMPARE(host.user, "first"); // though the host is called b by then
        QCOMPARE(host.port, 7);
        QCOMPARE(host.identityFiles, std::vector<std::string>{"/k"});
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
