// SPDX-License-Identifier: Apache-2.0
// The built-in transport's ways in, against real sshds: jump hosts, ssh-agent, questions.
#include "tests/ssh/rig.h"

#include <functional>

#include <poll.h>

namespace {

constexpr const char* password = "correct horse";

// podglass-ssh with its control descriptor; each prompt is answered by `answer`.
QByteArray converse(const rig::Sshd& sshd,
                    const std::function<std::optional<QByteArray>(const QByteArray&)>& answer)
{
    auto child = podglass::io::Child::start({.command = {PODGLASS_SSH,
                                                         "--control-fd",
                                                         "3",
                                                         "--config",
                                                         sshd.path("ssh_config").toStdString(),
                                                         "rig",
                                                         "--",
                                                         "true"},
                                             .control = true});
    if (!child)
        return "not started";
    QByteArray all;
    qsizetype seen = 0;
    for (int answered = 0;;) {
        pollfd waiting{child->control.get(), POLLIN, 0};
        if (::poll(&waiting, 1, 30'000) != 1)
            return all + "(timed out)";
        QByteArray part(65'536, '\0');
        const ssize_t got =
            ::read(child->control.get(), part.data(), static_cast<std::size_t>(part.size()));
        if (got <= 0)
            return all;
        all += part.first(got);
        for (qsizetype end = all.indexOf('\n', seen); end >= 0; end = all.indexOf('\n', seen)) {
            const QByteArray line = all.mid(seen, end - seen);
            seen = end + 1;
            if (!line.startsWith("{\"prompt\""))
                continue;
            const auto text = answer(line);
            const QByteArray id = QByteArray::number(++answered);
            const QByteArray said =
                text ? "{\"answer\":" + id + ",\"hex\":\"" + text->toHex() + "\"}\n"
                     : "{\"answer\":" + id + ",\"cancel\":true}\n";
            if (::write(child->control.get(), said.data(), static_cast<std::size_t>(said.size()))
                != said.size())
                return all + "(not answered)";
        }
    }
}

} // namespace

class TestSshWays : public QObject
{
    Q_OBJECT

    // Three sshds in one configuration; "c" is reached through "a" and "b". `broken` (if any) has
    // somebody else's key in the file.
    void chain(const QString& broken = {})
    {
        QByteArray hosts;
        QByteArray known;
        const QString names = "abc";
        for (int i = 0; i < 3; ++i) {
            const auto& sshd = *m_chain[static_cast<std::size_t>(i)];
            hosts += "Host " + names.mid(i, 1).toUtf8() + "\n  HostName 127.0.0.1\n  Port "
                     + QByteArray::number(sshd.port) + "\n";
            known += sshd.hostName() + " "
                     + sshd.publicKey(names[i] == broken ? "user_ed25519" : "host_ed25519") + "\n";
        }
        const rig::Sshd& first = *m_chain[0];
        QByteArray keys;
        for (const auto& sshd : m_chain)
            keys += "  IdentityFile " + sshd->path("user_ed25519").toUtf8() + "\n";
        first.write("ssh_config",
                    hosts + "  ProxyJump a,root@127.0.0.1:" + QByteArray::number(m_chain[1]->port)
                        + "\nHost *\n  User root\n  UserKnownHostsFile "
                        + first.path("known_hosts").toUtf8() + "\n" + keys);
        first.know(known);
    }

private slots:

    void initTestCase()
    {
        if (const QString why = rig::Sshd::missing(); !why.isEmpty())
            QSKIP(qPrintable(why));
        for (auto& sshd : m_chain) {
            sshd = std::make_unique<rig::Sshd>();
            QVERIFY2(sshd->start(), sshd->read("sshd.log").constData());
        }
    }

    void throughTwoJumpHosts()
    {
        if (!m_chain[0])
            QSKIP(qPrintable(rig::Sshd::missing()));
        chain();
        QByteArray data(4'000'000, '\0');
        for (qsizetype i = 0; i < data.size(); ++i)
            data[i] = static_cast<char>((i * 7919) >> 5);
        QProcess process;
        process.start(PODGLASS_SSH,
                      {"--config", m_chain[0]->path("ssh_config"), "c", "--", "cat; echo $HOME"});
        process.write(data);
        process.closeWriteChannel();
        QVERIFY(process.waitForFinished(60'000));
        const QByteArray said = process.readAllStandardError();
        QCOMPARE(said.count("handshake with SSH-2.0-OpenSSH"), 3);
        QCOMPARE(said.count("host key of 127.0.0.1 known"), 3);
        QVERIFY2(process.readAllStandardOutput() == data + m_chain[2]->path("home").toUtf8() + "\n",
                 said.constData());
    }

    // Every host's key is verified, and the one that is wrong is named by its port.
    void aChangedKeyOnTheWayStopsThere_data()
    {
        QTest::addColumn<QString>("host");
        for (const char* host : {"a", "b", "c"})
            QTest::newRow(host) << QString(host);
    }

    void aChangedKeyOnTheWayStopsThere()
    {
        if (!m_chain[0])
            QSKIP(qPrintable(rig::Sshd::missing()));
        QFETCH(QString, host);
        chain(host);
        const QString said = m_chain[0]->helper("echo reached", {}, "c");
        QVERIFY2(!said.contains("reached"), qPrintable(said));
        const auto index = static_cast<std::size_t>(host[0].unicode() - 'a');
        QVERIFY2(said.contains(QString(m_chain[index]->hostName()) + ": the host key has CHANGED"),
                 qPrintable(said));
        QCOMPARE(said.count("logged in as"), static_cast<qsizetype>(index));
    }

    void jumpHostsThatLeadBackAreRefused()
    {
        if (!m_chain[0])
            QSKIP(qPrintable(rig::Sshd::missing()));
        m_chain[0]->write("ssh_config", "Host a\n  ProxyJump b\nHost b\n  ProxyJump a\n");
        const QString said = m_chain[0]->helper("true", {}, "a");
        QVERIFY2(said.contains("the jump hosts lead back to each other"), qPrintable(said));
    }

    void theAgentsKeysAreUsed()
    {
        if (!m_chain[0])
            QSKIP(qPrintable(rig::Sshd::missing()));
        const rig::Sshd& sshd = *m_chain[0];
        sshd.knowTheHost();
        const QString socket = sshd.path("agent.sock");
        QProcess agent;
        agent.start("ssh-agent", {"-D", "-a", socket});
        QVERIFY(agent.waitForStarted());
        QTRY_VERIFY(QFile::exists(socket));
        const auto env = [&](const QString& program, const QStringList& words) {
            return rig::run("env", QStringList{"SSH_AUTH_SOCK=" + socket, program} + words);
        };
        env("ssh-add", {"-q", sshd.path("user_ed25519")});
        env("ssh-add", {"-q", sshd.path("stranger")});
        QFile::rename(sshd.path("user_ed25519"), sshd.path("away"));
        const auto attempt = [&](const QByteArray& more) {
            sshd.configure("user_ed25519", more);
            return env(PODGLASS_SSH, {"--config", sshd.path("ssh_config"), "rig", "--", "echo in"});
        };
        // IdentitiesOnly (the rig's) with the public half on disk: the agent signs.
        const QString only = attempt("");
        QVERIFY2(only.contains("in\n") && only.contains("logged in"), qPrintable(only));
        const QString named = attempt("  IdentityAgent " + socket.toUtf8() + "\n");
        QVERIFY2(named.contains("in\n"), qPrintable(named));
        const QString none = attempt("  IdentityAgent none\n");
        QVERIFY2(none.contains("refused the log-in"), qPrintable(none));
        // IdentitiesOnly with another key: the agent's are not even offered.
        sshd.configure("user_rsa.pub");
        const QString other =
            env(PODGLASS_SSH, {"--config", sshd.path("ssh_config"), "rig", "--", "echo in"});
        QVERIFY2(other.contains("nothing could be tried"), qPrintable(other));
        QFile::rename(sshd.path("away"), sshd.path("user_ed25519"));
        agent.terminate();
        agent.waitForFinished();
    }

    void questionsAreAskedAndAnswered_data()
    {
        QTest::addColumn<QString>("server");
        QTest::addColumn<QString>("kind");
        QTest::newRow("password") << "UsePAM yes\nPasswordAuthentication yes"
                                  << "password";
        QTest::newRow("keyboard-interactive") << "UsePAM yes\nKbdInteractiveAuthentication yes"
                                              << "keyboard-interactive";
    }

    void questionsAreAskedAndAnswered()
    {
        if (!m_chain[0])
            QSKIP(qPrintable(rig::Sshd::missing()));
        QFETCH(QString, server);
        QFETCH(QString, kind);
        rig::Sshd sshd;
        sshd.addUser(password);
        QVERIFY2(sshd.start("host_ed25519", server), sshd.read("sshd.log").constData());
        sshd.configure("stranger", "", "pgtest");
        sshd.knowTheHost();
        int asked = 0;
        const QByteArray second = converse(sshd, [&](const QByteArray& prompt) {
            if (asked > 0 && !prompt.contains("refused, try again"))
                qWarning("%s", prompt.constData());
            return std::optional<QByteArray>(asked++ == 0 ? "wrong" : password);
        });
        QVERIFY2(second.contains("\"live\":true"), second.constData());
        QVERIFY2(second.contains("Password for pgtest@127.0.0.1"), second.constData());
        QVERIFY2(second.contains(kind.toUtf8() + ": refused; " + kind.toUtf8() + ": accepted"),
                 second.constData());
        QCOMPARE(asked, 2);
        const QByteArray cancelled = converse(sshd, [](const QByteArray&) { return std::nullopt; });
        QVERIFY2(cancelled.contains("\"what\":\"cancelled\""), cancelled.constData());
        asked = 0;
        const QByteArray never = converse(sshd, [&](const QByteArray&) {
            ++asked;
            return std::optional<QByteArray>("wrong");
        });
        QCOMPARE(asked, 3);
        QVERIFY2(never.contains("the server refused the log-in"), never.constData());
        QVERIFY(!(second + never + sshd.read("sshd.log")).contains(password));
    }

    // The server wants a key and then a password: both are given, neither is called refused.
    void twoProofs()
    {
        if (!m_chain[0])
            QSKIP(qPrintable(rig::Sshd::missing()));
        rig::Sshd sshd;
        sshd.addUser(password);
        QVERIFY(sshd.start("host_ed25519",
                           "UsePAM yes\nKbdInteractiveAuthentication yes\n"
                           "AuthenticationMethods publickey,keyboard-interactive"));
        sshd.configure("user_ed25519", "", "pgtest");
        sshd.knowTheHost();
        const QByteArray said =
            converse(sshd, [](const QByteArray&) { return std::optional<QByteArray>(password); });
        QVERIFY2(said.contains("\"live\":true"), said.constData());
        QVERIFY2(said.contains("accepted, more is asked"), said.constData());
    }

private:
    std::array<std::unique_ptr<rig::Sshd>, 3> m_chain;
};

QTEST_GUILESS_MAIN(TestSshWays)
#include "tst_ssh_ways.moc"
