// SPDX-License-Identifier: Apache-2.0
// Sessions over both ssh transports and a real sshd: the agent is delivered, found again, lost and
// reached again.
#include "core/session/session.h"

#include "tests/ssh/rig.h"
#include "tests/ssh/watcher.h"

#include <array>
#include <atomic>
#include <thread>

using namespace podglass;
using session::RoadKind;
using session::State;

using rig::Watcher;

class TestSshSession : public QObject
{
    Q_OBJECT

    [[nodiscard]] session::Options options(RoadKind kind) const
    {
        session::Options options;
        options.road.kind = kind;
        options.road.host = "rig";
        options.road.configFile = m_sshd->path("ssh_config").toStdString();
        options.agentPath = GREETING_AGENT;
        options.sshHelperPath = PODGLASS_SSH;
        return options;
    }

private slots:

    void initTestCase()
    {
        if (const QString why = rig::Sshd::missing(); !why.isEmpty())
            QSKIP(qPrintable(why));
        m_sshd.emplace();
        QVERIFY2(m_sshd->start(), m_sshd->read("sshd.log").constData());
    }

    void bothTransports_data()
    {
        QTest::addColumn<int>("kind");
        QTest::newRow("podglass-ssh") << static_cast<int>(RoadKind::Ssh);
        QTest::newRow("system ssh") << static_cast<int>(RoadKind::SystemSsh);
    }

    void bothTransports()
    {
        if (!m_sshd)
            QSKIP(qPrintable(rig::Sshd::missing()));
        QFETCH(int, kind);
        const auto road = static_cast<RoadKind>(kind);
        m_sshd->configure();
        m_sshd->knowTheHost();
        QDir(m_sshd->path("home")).removeRecursively();
        QDir().mkpath(m_sshd->path("home"));
        Watcher watcher;
        session::Session session(options(road), watcher.updates);
        session.connect();
        QVERIFY2(watcher.state(State::Live), qPrintable(watcher.steps));
        QVERIFY2(watcher.steps.contains("agent sent and started"), qPrintable(watcher.steps));
        const QString cache = m_sshd->path("home/.cache/podglass/agent");
        const QString file =
            cache + "/" + QDir(cache).entryList(QDir::Dirs | QDir::NoDotAndDotDot).value(0);
        QCOMPARE(QDir(file).entryList(QDir::Files), QStringList{"agent"}); // nothing half-written
        QCOMPARE(QFileInfo(file).permissions() & QFile::Permissions(0x77), QFile::Permissions());

        m_sshd->killSessions();
        QVERIFY(watcher.state(State::Reconnecting));
        QVERIFY2(watcher.state(State::Live), qPrintable(watcher.steps));
        QVERIFY2(watcher.steps.contains("agent there already"), qPrintable(watcher.steps));

        // Somebody else's key now: no way back in.
        m_sshd->know(m_sshd->hostName() + " " + m_sshd->publicKey("user_ed25519"));
        m_sshd->killSessions();
        const auto failed = watcher.state(State::Failed);
        QVERIFY2(failed, qPrintable(watcher.steps));
        QVERIFY2(failed->error.text().find("host key has CHANGED") != std::string::npos,
                 failed->error.text().c_str());
    }

    void refusedLogInsAreNamed()
    {
        if (!m_sshd)
            QSKIP(qPrintable(rig::Sshd::missing()));
        m_sshd->configure("stranger");
        m_sshd->knowTheHost();
        for (const RoadKind kind : {RoadKind::Ssh, RoadKind::SystemSsh}) {
            Watcher watcher;
            session::Session session(options(kind), watcher.updates);
            session.connect();
            const auto failed = watcher.state(State::Failed);
            QVERIFY(failed);
            QVERIFY2(failed->error.what.find("publickey") != std::string::npos,
                     failed->error.text().c_str());
        }
    }

    void aLinkInThePlaceOfTheFolderIsRefused()
    {
        if (!m_sshd)
            QSKIP(qPrintable(rig::Sshd::missing()));
        m_sshd->configure();
        m_sshd->knowTheHost();
        const QString cache = m_sshd->path("home/.cache/podglass/agent");
        QDir(cache).removeRecursively();
        QDir().mkpath(cache);
        const QString sum = rig::run("sha256sum", {GREETING_AGENT}).left(64);
        QVERIFY(QFile::link(m_sshd->path("home"), cache + "/" + sum));
        Watcher watcher;
        session::Session session(options(RoadKind::SystemSsh), watcher.updates);
        session.connect();
        const auto failed = watcher.state(State::Failed);
        QVERIFY(failed);
        QVERIFY2(failed->error.what.find("symbolic link") != std::string::npos,
                 failed->error.text().c_str());
    }

    // What podglass-ssh cannot do, the user's ssh does, and the steps say so.
    void theUsersSshTakesOver_data()
    {
        QTest::addColumn<QString>("hostKey");
        QTest::addColumn<QString>("userKey");
        QTest::addColumn<QByteArray>("config");
        QTest::newRow("only an RSA host key") << "host_rsa"
                                              << "user_ed25519" << QByteArray();
        QTest::newRow("only an RSA user key") << "host_ed25519"
                                              << "user_rsa" << QByteArray();
        QTest::newRow("a proxy command")
            << "host_ed25519"
            << "user_ed25519" << QByteArray("  ProxyCommand python3 {F}/proxy.py %h %p\n");
        QTest::newRow("a Match that only ssh can judge")
            << "host_ed25519"
            << "user_ed25519" << QByteArray("Match exec \"true\"\n  HostName 127.0.0.1\n");
    }

    void theUsersSshTakesOver()
    {
        if (!m_sshd)
            QSKIP(qPrintable(rig::Sshd::missing()));
        QFETCH(QString, hostKey);
        QFETCH(QString, userKey);
        QFETCH(QByteArray, config);
        rig::Sshd sshd;
        QVERIFY(sshd.start(hostKey));
        sshd.write("proxy.py",
                   "import os, socket, sys, threading\n"
                   "s = socket.create_connection((sys.argv[1], int(sys.argv[2])))\n"
                   "def down():\n"
                   "    while d := s.recv(65536): os.write(1, d)\n"
                   "    os._exit(0)\n"
                   "threading.Thread(target=down).start()\n"
                   "while d := os.read(0, 65536): s.sendall(d)\n"
                   "os._exit(0)\n");
        config.replace("{F}", sshd.folder.path().toUtf8());
        sshd.configure(userKey, config);
        sshd.know(sshd.hostName() + " " + sshd.publicKey(hostKey) + "\n");
        Watcher watcher;
        session::Options options = this->options(RoadKind::Ssh);
        options.road.configFile = sshd.path("ssh_config").toStdString();
        session::Session session(options, watcher.updates);
        session.connect();
        const auto outcome = watcher.outcome();
        QVERIFY2(outcome.state == State::Live,
                 (outcome.error.text() + watcher.steps.toStdString()).c_str());
        QVERIFY2(watcher.steps.contains("going on with your own ssh"), qPrintable(watcher.steps));
        // Known from now on: the way that cannot work is not tried again.
        watcher.steps.clear();
        sshd.killSessions();
        QVERIFY(watcher.state(State::Reconnecting));
        QVERIFY2(watcher.state(State::Live), qPrintable(watcher.steps));
        QVERIFY2(!watcher.steps.contains("going on with"), qPrintable(watcher.steps));
        QVERIFY2(watcher.steps.contains("agent there already"), qPrintable(watcher.steps));
    }

    // ssh has the RSA key, is refused with it, and cannot ask: the built-in SSH asks then.
    void aPasswordIsAskedAfterTheUsersSshWasRefused()
    {
        rig::Sshd sshd;
        QVERIFY(startWithUser(sshd, "UsePAM yes\nPasswordAuthentication yes"));
        sshd.write("authorized", "");
        sshd.configure("user_rsa", "", "pgtest");
        Watcher watcher;
        session::Session session(optionsFor(sshd), watcher.updates);
        watcher.answerWith(session, [](const auto&) { return password; });
        session.connect();
        const auto outcome = watcher.outcome();
        QVERIFY2(outcome.state == State::Live,
                 (outcome.error.text() + watcher.steps.toStdString()).c_str());
        QVERIFY2(watcher.steps.contains("going on with the built-in SSH"),
                 qPrintable(watcher.steps));
        QCOMPARE(watcher.prompts, QStringList{"Password for pgtest@127.0.0.1"});
    }

    void sudoAsksOnlyWhereItMust_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("rule");
        QTest::addColumn<QStringList>("answers"); // empty: cancel
        QTest::addColumn<QString>("expected");    // empty: live
        const auto row = [](const char* name,
                            RoadKind kind,
                            const char* rule,
                            const QStringList& answers,
                            const char* expected) {
            QTest::newRow(name) << static_cast<int>(kind) << QString(rule) << answers
                                << QString(expected);
        };
        const char* asks = "ALL=(ALL:ALL) ALL";
        row("asked", RoadKind::Ssh, asks, {password}, "");
        row("asked, system ssh", RoadKind::SystemSsh, asks, {password}, "");
        row("wrong first", RoadKind::Ssh, asks, {"wrong", password}, "");
        row("never right", RoadKind::Ssh, asks, {"a", "b", "c"}, "refused three times");
        row("not asked", RoadKind::Ssh, "ALL=(ALL:ALL) NOPASSWD: ALL", {}, "");
        row("not allowed", RoadKind::Ssh, "none.invalid=(ALL) ALL", {password}, "sudoers");
        row("cancelled", RoadKind::Ssh, asks, {""}, "cancelled");
    }

    void sudoAsksOnlyWhereItMust()
    {
        if (!QFile::exists("/usr/bin/sudo"))
            QSKIP("sudo is not installed");
        QFETCH(int, kind);
        QFETCH(QString, rule);
        QFETCH(QStringList, answers);
        QFETCH(QString, expected);
        rig::Sshd sshd;
        QVERIFY(startWithUser(sshd, "UsePAM no"));
        sshd.write("sudoers", "Defaults env_reset, use_pty\npgtest " + rule.toUtf8() + "\n");
        QFile(sshd.path("sudoers")).setPermissions(QFile::Permissions(0x4440));
        session::Options options = optionsFor(sshd);
        options.road.kind = static_cast<RoadKind>(kind);
        options.road.sudo = true;
        Watcher watcher;
        session::Session session(options, watcher.updates);
        qsizetype asked = 0;
        watcher.answerWith(session, [&](const auto&) -> std::optional<std::string> {
            const QString answer = answers.value(asked++);
            return answer.isEmpty() ? std::nullopt : std::optional(answer.toStdString());
        });
        session.connect();
        const auto outcome = watcher.outcome();
        const std::string all = outcome.error.text() + "\n" + watcher.steps.toStdString();
        QVERIFY2((outcome.state == State::Live) == expected.isEmpty(), all.c_str());
        QVERIFY2(outcome.error.text().find(expected.toStdString()) != std::string::npos,
                 all.c_str());
        QCOMPARE(asked, answers.size());
        if (expected.isEmpty()) // it is the agent that answers, and it is root's
            QVERIFY2(rig::run("ps", {"-o", "user=,args=", "-C", "agent"}).contains("root"),
                     all.c_str());
    }

    void whatStandsInTheWayOfTheAgentIsNamed_data()
    {
        QTest::addColumn<QString>("home");
        QTest::addColumn<QString>("agent");
        QTest::addColumn<QString>("expected");
        QTest::newRow("disk full") << "size=64k" << GREETING_AGENT << "No space left on device";
        QTest::newRow("noexec") << "noexec" << GREETING_AGENT << "mounted noexec";
        QTest::newRow("read-only") << "ro" << GREETING_AGENT << "read-only";
        QTest::newRow("another processor") << ""
                                           << "other"
                                           << "the file is for aarch64";
        QTest::newRow("no program") << ""
                                    << "text"
                                    << "the agent cannot be started there";
        QTest::newRow("no such file here") << ""
                                           << "/nowhere/agent"
                                           << "cannot be read";
    }

    void whatStandsInTheWayOfTheAgentIsNamed()
    {
        if (!m_sshd)
            QSKIP(qPrintable(rig::Sshd::missing()));
        QFETCH(QString, home);
        QFETCH(QString, agent);
        QFETCH(QString, expected);
        rig::Sshd sshd;
        if (!home.isEmpty())
            sshd.mountHome(home);
        QVERIFY2(sshd.start(), sshd.read("sshd.log").constData());
        sshd.configure();
        sshd.knowTheHost();
        QFile original(GREETING_AGENT);
        QVERIFY(original.open(QIODevice::ReadOnly));
        QByteArray elf = original.read(4'096);
        elf[18] = static_cast<char>(183); // e_machine: EM_AARCH64
        sshd.write("other", elf);
        elf[18] = 62;
        sshd.write("text", elf); // cut short
        session::Options options = optionsFor(sshd);
        options.agentPath =
            agent.startsWith('/') ? agent.toStdString() : sshd.path(agent).toStdString();
        Watcher watcher;
        session::Session session(options, watcher.updates);
        session.connect();
        const auto outcome = watcher.outcome();
        const std::string text = outcome.error.text();
        QCOMPARE(outcome.state, State::Failed);
        QVERIFY2(QString::fromStdString(text).contains(expected), text.c_str());
        QVERIFY(outcome.error.what.find('\n') != std::string::npos); // says why
        QVERIFY2(!outcome.error.where.empty() && !outcome.error.advice.empty(), text.c_str());
    }

    // Secrets are planted and then looked for: in argv and environments of every process while it
    // goes on, in what sshd logged, in every file, in everything the session said.
    void secretsStayWhereTheyBelong()
    {
        if (!QFile::exists("/usr/bin/sudo"))
            QSKIP("sudo is not installed");
        rig::Sshd sshd;
        QVERIFY(startWithUser(sshd,
                              "LogLevel DEBUG3\nUsePAM yes\nPasswordAuthentication yes\n"
                              "AuthenticationMethods publickey,password"));
        sshd.configure("locked", "", "pgtest");
        QFile::remove(sshd.path("locked.pub"));
        const std::array<std::string, 2> secrets{password, "open sesame"};
        std::atomic<int> scans = 0;
        std::atomic<int> found = 0;
        std::jthread scanner([&](const std::stop_token& stop) {
            while (!stop.stop_requested()) {
                for (const QString& pid : QDir("/proc").entryList(QDir::Dirs)) {
                    for (const char* name : {"/cmdline", "/environ"}) {
                        QFile file("/proc/" + pid + name);
                        if (!pid[0].isDigit() || !file.open(QIODevice::ReadOnly))
                            continue;
                        const std::string text = file.readAll().toStdString();
                        for (const std::string& secret : secrets)
                            found += text.find(secret) != std::string::npos ? 1 : 0;
                    }
                }
                ++scans;
            }
        });
        session::Options options = optionsFor(sshd);
        options.road.sudo = true;
        Watcher watcher;
        QString heard;
        {
            session::Session session(options, watcher.updates);
            watcher.answerWith(session, [&](const session::Prompt& prompt) {
                heard += QString::fromStdString(prompt.title + prompt.text);
                return std::optional(prompt.kind == session::PromptKind::Passphrase ? secrets[1]
                                                                                    : secrets[0]);
            });
            session.connect();
            const auto outcome = watcher.outcome();
            QVERIFY2(outcome.state == State::Live,
                     (outcome.error.text() + watcher.steps.toStdString()).c_str());
        }
        scanner.request_stop();
        scanner.join();
        QCOMPARE(watcher.prompts.size(), 3); // passphrase, password, sudo
        QVERIFY2(scans > 20, QByteArray::number(scans).constData());
        QCOMPARE(found.load(), 0);
        for (const std::string& secret : secrets) {
            const QString text = QString::fromStdString(secret);
            QVERIFY(!(watcher.steps + heard).contains(text));
            QCOMPARE(rig::run("grep", {"-rl", "-e", text, sshd.folder.path()}), QString());
        }
        QVERIFY(sshd.read("sshd.log").size() > 1'000);
    }

private:
    static constexpr const char* password = "correct horse";

    bool startWithUser(rig::Sshd& sshd, const QString& more) const
    {
        sshd.addUser(password);
        sshd.configure("user_ed25519", "", "pgtest");
        const bool started = sshd.start("host_ed25519", more);
        sshd.knowTheHost();
        sshd.configure("user_ed25519", "", "pgtest");
        return started;
    }

    [[nodiscard]] session::Options optionsFor(const rig::Sshd& sshd) const
    {
        session::Options chosen = options(RoadKind::Ssh);
        chosen.road.configFile = sshd.path("ssh_config").toStdString();
        return chosen;
    }

    std::optional<rig::Sshd> m_sshd;
};

QTEST_GUILESS_MAIN(TestSshSession)
#include "tst_ssh_session.moc"
