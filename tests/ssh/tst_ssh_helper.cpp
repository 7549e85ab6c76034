// SPDX-License-Identifier: Apache-2.0
// podglass-ssh against a real sshd: bytes, errors in words, and host key verdicts beside OpenSSH's.
#include "tests/ssh/rig.h"

#include <array>
#include <thread>

#include <QCryptographicHash>
#include <QJsonDocument>
#include <QJsonObject>

#include <poll.h>
#include <sys/socket.h>

using namespace podglass;

class TestSshHelper : public QObject
{
    Q_OBJECT

    // Runs with a control descriptor; answers every prompt with `answer` (none: cancel). Gives the
    // prompts' and errors' lines.
    QByteArray converse(const std::optional<QByteArray>& answer)
    {
        auto child =
            podglass::io::Child::start({.command = {PODGLASS_SSH,
                                                    "--control-fd",
                                                    "3",
                                                    "--config",
                                                    m_sshd->path("ssh_config").toStdString(),
                                                    "--known-hosts",
                                                    m_sshd->path("known_hosts").toStdString(),
                                                    "rig",
                                                    "--",
                                                    "true"},
                                        .control = true});
        if (!child)
            return "not started";
        QByteArray all;
        for (int answered = 0;;) {
            pollfd waiting{child->control.get(), POLLIN, 0};
            if (::poll(&waiting, 1, 20'000) != 1)
                return all + "(timed out)";
            QByteArray part(65'536, '\0');
            const ssize_t got =
                ::read(child->control.get(), part.data(), static_cast<std::size_t>(part.size()));
            if (got <= 0)
                return all;
            all += part.first(got);
            while (all.count("{\"prompt\"") > answered) {
                const QByteArray id = QByteArray::number(++answered);
                const QByteArray line =
                    answer ? "{\"answer\":" + id + ",\"hex\":\"" + answer->toHex() + "\"}\n"
                           : "{\"answer\":" + id + ",\"cancel\":true}\n";
                if (::write(
                        child->control.get(), line.data(), static_cast<std::size_t>(line.size()))
                    != line.size())
                    return all + "(not answered)";
            }
        }
    }

private slots:

    void initTestCase()
    {
        if (const QString why = rig::Sshd::missing(); !why.isEmpty())
            QSKIP(qPrintable(why));
        m_sshd.emplace();
        QVERIFY2(m_sshd->start(), m_sshd->read("sshd.log").constData());
    }

    void init()
    {
        if (!m_sshd)
            QSKIP(qPrintable(rig::Sshd::missing()));
        m_sshd->configure();
        m_sshd->knowTheHost();
    }

    void bytesGoBothWaysUnchanged()
    {
        QByteArray data(8'000'000, '\0');
        for (qsizetype i = 0; i < data.size(); ++i)
            data[i] = static_cast<char>((i * 7919) >> 5);
        QProcess process;
        process.start(PODGLASS_SSH, {"--config", m_sshd->path("ssh_config"), "rig", "--", "cat"});
        process.write(data);
        process.closeWriteChannel();
        QVERIFY(process.waitForFinished(150'000));
        QVERIFY(process.readAllStandardOutput() == data);
        QCOMPARE(process.exitCode(), 0);
    }

    void exitStatusAndStderrComeBack()
    {
        QProcess process;
        process.start(
            PODGLASS_SSH,
            {"--config", m_sshd->path("ssh_config"), "rig", "--", "echo bad >&2; exit 7"});
        QVERIFY(process.waitForFinished(60'000));
        QCOMPARE(process.exitCode(), 7);
        QVERIFY(process.readAllStandardError().contains("bad\n"));
    }

    // Keys change after every 256 KiB while both directions are full: libssh2 stalls here when
    // anything else is called between the two halves of a packet.
    void reKeyingUnderLoad_data()
    {
        QTest::addColumn<bool>("small");
        QTest::newRow("as much as fits into a packet") << false;
        QTest::newRow("1 KiB at a time") << true;
    }

    void reKeyingUnderLoad()
    {
        QFETCH(bool, small);
        rig::Sshd other;
        QVERIFY(other.start("host_ed25519", "RekeyLimit 256K"));
        other.configure();
        other.knowTheHost();
        const QByteArray data(64 << 20, 'r');
        QProcess process;
        const QString command = small ? "dd bs=1024 status=none" : "cat";
        const QStringList words{"--config", other.path("ssh_config"), "rig", "--", command};
        std::jthread writer;
        if (small) {
            // Whatever room there is, a read gives one message.
            std::array<int, 2> ends{-1, -1};
            QCOMPARE(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), 0);
            io::Fd ours(ends[0]);
            const io::Fd theirs(ends[1]);
            process.setChildProcessModifier([fd = theirs.get()] { ::dup2(fd, STDIN_FILENO); });
            process.start(PODGLASS_SSH, words);
            QVERIFY(process.waitForStarted());
            writer = std::jthread([&data, end = std::move(ours)] {
                for (qsizetype at = 0; at < data.size(); at += 1'024)
                    if (::send(end.get(), data.data() + at, 1'024, MSG_NOSIGNAL) != 1'024)
                        return;
            });
        } else {
            process.start(PODGLASS_SSH, words);
            process.write(data);
            process.closeWriteChannel();
        }
        QVERIFY(process.waitForFinished(300'000));
        QVERIFY(process.readAllStandardOutput() == data);
    }

    void errorsAreNamed_data()
    {
        QTest::addColumn<QString>("setup");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* setup, const char* expected) {
            QTest::newRow(setup) << setup << expected;
        };
        row("unknown host", "the host key is unknown and was not accepted: ssh-ed25519 SHA256:");
        row("changed key", "the host key has CHANGED: known: ssh-ed25519 SHA256:");
        row("other type known", "has CHANGED: known: a key of type ecdsa-sha2-nistp256;");
        row("only rsa known", "cannot check this host's key: known is only a key of type ssh-rsa");
        row("revoked key", "the host key is REVOKED: by ");
        row("wrong user key", "the server refused the log-in: the server accepts publickey");
        row("rsa user key", "RSA: this transport cannot sign with SHA-2");
        row("jump host", "bastion.invalid: no address found for the host");
        row("proxy command", "needs a proxy command: nc %h %p");
        row("refused", "cannot connect: Connection refused (nothing listens on that port");
        row("no such name", "no-such-host.invalid: no address found for the host: ");
        row("not ssh", "this is not an SSH server");
        row("exec refused", "the agent was killed: signal SIGTERM");
    }

    void errorsAreNamed()
    {
        QFETCH(QString, setup);
        QFETCH(QString, expected);
        const QByteArray name = m_sshd->hostName() + " ";
        QString where = "rig";
        if (setup == "unknown host")
            m_sshd->know("");
        else if (setup == "changed key")
            m_sshd->know(name + m_sshd->publicKey("user_ed25519"));
        else if (setup == "other type known")
            m_sshd->know(name + m_sshd->publicKey("stranger"));
        else if (setup == "only rsa known")
            m_sshd->know(name + m_sshd->publicKey("host_rsa"));
        else if (setup == "revoked key")
            m_sshd->know("@revoked * " + m_sshd->publicKey("host_ed25519"));
        else if (setup == "wrong user key")
            m_sshd->configure("stranger");
        else if (setup == "rsa user key")
            m_sshd->configure("user_rsa");
        else if (setup == "jump host")
            m_sshd->configure("user_ed25519",
                              "  ProxyJump bastion\nHost bastion\n  HostName bastion.invalid\n");
        else if (setup == "proxy command")
            m_sshd->configure("user_ed25519", "  ProxyCommand nc %h %p\n");
        else if (setup == "refused" || setup == "exec refused" || setup == "not ssh")
            where = setup != "refused" ? where : "127.0.0.1:" + QString::number(rig::freePort());
        else
            where = "no-such-host.invalid";
        QString command = "echo reached";
        QProcess mail; // greets like no SSH server
        if (setup == "not ssh") {
            mail.start("python3",
                       {"-c",
                        "import socket\n"
                        "s = socket.create_server(('127.0.0.1', 0))\n"
                        "print(s.getsockname()[1], flush=True)\n"
                        "c = s.accept()[0]\n"
                        "c.sendall(b'220 mail.example.org ESMTP' + bytes([13, 10]))\n"
                        "c.close()\n"});
            QVERIFY(mail.waitForReadyRead(20'000));
            where = "127.0.0.1:" + QString::fromUtf8(mail.readLine()).trimmed();
        } else if (setup == "exec refused") {
            command = "kill -TERM $$";
        }
        const QString said = m_sshd->helper(command, {}, where);
        mail.waitForFinished();
        QVERIFY2(said.contains(expected), qPrintable(said));
        QVERIFY2(!said.contains("reached"), qPrintable(said));
    }

    void aServerWithRsaOnlyIsNamed()
    {
        rig::Sshd other;
        QVERIFY(other.start("host_rsa"));
        other.configure();
        other.know("");
        const QString said = other.helper("true");
        QVERIFY2(said.contains(
                     "the built-in SSH cannot check this host's keys: the server has rsa-sha2-512"),
                 qPrintable(said));
        QVERIFY2(said.contains("rsa-sha2-512"), qPrintable(said));
    }

    void anUnknownHostIsAskedAboutAndSaved()
    {
        m_sshd->know("# mine");
        const QByteArray cancelled = converse(std::nullopt);
        QVERIFY2(cancelled.contains("SHA256:"), cancelled.constData());
        QCOMPARE(m_sshd->read("known_hosts"), "# mine");
        QVERIFY(converse("once").contains("\"live\":true"));
        QCOMPARE(m_sshd->read("known_hosts"), "# mine");
        QVERIFY(converse("save").contains("\"live\":true"));
        QCOMPARE(m_sshd->read("known_hosts"),
                 "# mine\n" + m_sshd->hostName() + " " + m_sshd->publicKey("host_ed25519") + "\n");
        QVERIFY(!converse(std::nullopt).contains("prompt"));
    }

    void aLockedKeyAsksForItsPassphrase()
    {
        m_sshd->configure("locked");
        QVERIFY(converse("open sesame").contains("\"live\":true"));
        const QByteArray wrong = converse("wrong");
        QVERIFY2(wrong.contains("\"kind\":\"auth\""), wrong.constData());
        QCOMPARE(wrong.count("{\"prompt\""), 3);
        QVERIFY(converse(std::nullopt).contains("no passphrase given"));
        QCOMPARE(converse("open sesame").count("wrong passphrase"), 0);
    }

    // Each file is given to ssh and to podglass-ssh; both must accept or both refuse.
    void verdictsEqualOpenSsh_data()
    {
        QTest::addColumn<QByteArray>("file");
        const auto row = [](const char* name, const QByteArray& file) {
            QTest::newRow(name) << file;
        };
        // {N}: the name, {B}: without port, {G}: the good key, {X}: another, {E}: another type's.
        row("empty", "");
        row("good", "{N} {G}\n");
        row("good, no newline", "{N} {G}");
        row("good, crlf", "{N} {G}\r\n");
        row("good, comment", "{N} {G} me@here\n");
        row("bare name", "{B} {G}\n");
        row("bare name, other key", "{B} {X}\n");
        row("other port", "[127.0.0.1]:1 {G}\n");
        row("other host", "other {G}\n");
        row("changed", "{N} {X}\n");
        row("changed, then good", "{N} {X}\n{N} {G}\n");
        row("good, then changed", "{N} {G}\n{N} {X}\n");
        row("other type", "{N} {E}\n");
        row("other type and good", "{N} {E}\n{N} {G}\n");
        row("list", "a,{N},b {G}\n");
        row("wildcard", "* {G}\n");
        row("wildcard port", "[127.0.0.*]:* {G}\n");
        row("question mark", "[127.0.0.?]:* {G}\n");
        row("negated", "*,!{N} {G}\n");
        row("only negated", "!{N} {G}\n");
        row("negated other", "*,!other {G}\n");
        row("revoked", "@revoked {N} {G}\n");
        row("revoked for all", "{N} {G}\n@revoked * {G}\n");
        row("revoked other", "{N} {G}\n@revoked * {X}\n");
        row("revoked elsewhere", "{N} {G}\n@revoked other {G}\n");
        row("certificate authority", "@cert-authority * {G}\n");
        row("unknown marker", "@marker {N} {G}\n");
        row("comment", "# {N} {G}\n");
        row("indented", "  \t{N} {G}\n");
        row("tabs", "{N}\t{G}\n");
        row("junk before", "what is this\n{N} {G}\n");
        row("half a line", "{N} ssh-ed25519\n{N} {G}\n");
        row("bad base64", "{N} ssh-ed25519 !!!!\n{N} {G}\n");
        row("type that differs", "{N} ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIA==\n");
        row("hashed", "HASHED");
        row("hashed, then changed", "HASHED{N} {X}\n");
        row("long line", QByteArray(1'000'000, 'x') + "\n{N} {G}\n");
        row("long list", QByteArray("a,").repeated(2'000) + "{N} {G}\n");
        row("empty lines", "\n\n\n{N} {G}\n");
        row("doubled",
            "[127.0.0.1]:"
            "P G\n");
    }

    void verdictsEqualOpenSsh()
    {
        QFETCH(QByteArray, file);
        if (file.contains("HASHED")) {
            m_sshd->knowTheHost();
            rig::run("ssh-keygen", {"-q", "-H", "-f", m_sshd->path("known_hosts")});
            file.replace("HASHED", m_sshd->read("known_hosts"));
        }
        file.replace("{N}", m_sshd->hostName());
        file.replace("{B}", "127.0.0.1");
        file.replace("{G}", m_sshd->publicKey("host_ed25519"));
        file.replace("{X}", m_sshd->publicKey("user_ed25519"));
        file.replace("{E}", m_sshd->publicKey("stranger"));
        m_sshd->know(file);
        const QString theirs = rig::run("ssh",
                                        {"-F",
                                         m_sshd->path("ssh_config"),
                                         "-o",
                                         "StrictHostKeyChecking=yes",
                                         "-o",
                                         "BatchMode=yes",
                                         "-o",
                                         "HostKeyAlgorithms=ssh-ed25519",
                                         "rig",
                                         "echo reached"});
        const QString ours = m_sshd->helper("echo reached");
        const auto verdict = [](const QString& said) {
            return said.contains("reached")                            ? "known"
                   : said.contains("HAS CHANGED", Qt::CaseInsensitive) ? "changed"
                   : said.contains("REVOKED", Qt::CaseInsensitive)     ? "revoked"
                   : said.contains("host key is known", Qt::CaseInsensitive)
                           || said.contains("key is unknown")
                       ? "unknown" // ssh: "No ED25519 host key is known for …"
                       : "?";
        };
        const QByteArray both = ("ssh: " + theirs + "\npodglass-ssh: " + ours).toUtf8();
        QVERIFY2(verdict(ours) != QString("?"), both.constData());
        QVERIFY2(verdict(theirs) == QString(verdict(ours)), both.constData());
    }

private:
    std::optional<rig::Sshd> m_sshd;
};

QTEST_GUILESS_MAIN(TestSshHelper)
#include "tst_ssh_helper.moc"
