// SPDX-License-Identifier: Apache-2.0
// podglass-ssh against a real sshd: bytes, errors in words, and host key verdicts beside OpenSSH's.
#include "tests/ssh/rig.h"

#include <QCryptographicHash>
#include <QJsonDocument>
#include <QJsonObject>

#include <poll.h>

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
        QVERIFY(process.waitForFinished(60'000));
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
    void reKeyingUnderLoad()
    {
        rig::Sshd other;
        QVERIFY(other.start("host_ed25519", "RekeyLimit 256K"));
        other.configure();
        other.knowTheHost();
        const QByteArray data(16'000'000, 'r');
        QProcess process;
        process.start(PODGLASS_SSH, {"--config", other.path("ssh_config"), "rig", "--", "cat"});
        process.write(data);
        process.closeWriteChannel();
        QVERIFY(process.waitForFinished(60'000));
        QVERIFY(process.readAllStandardOutput() == data);
    }

    void errorsAreNamed_data()
    {
        QTest::addColumn<QString>("setup");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* setup, const char* expected) {
            QTest::newRow(setup) << setup << expected;
        };
        row("unknown host", "unknown, not accepted: ssh-ed25519 SHA256:");
        row("changed key", "CHANGED: ");
        row("other type known", "CHANGED: a ecdsa-sha2-nistp256 key is known");
        row("only rsa known", "only a ssh-rsa key is known");
        row("revoked key", "REVOKED by ");
        row("wrong user key", "refused");
        row("rsa user key", "RSA: this transport cannot sign with SHA-2");
        row("jump host", "needs a jump host");
        row("refused", "Connection refused");
        row("no such name", "look up no-such-host.invalid");
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
            m_sshd->configure("user_ed25519", "  ProxyJump bastion\n");
        else if (setup == "refused")
            where = "127.0.0.1:" + QString::number(rig::freePort());
        else
            where = "no-such-host.invalid";
        const QString said = m_sshd->helper("echo reached", {}, where);
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
        QVERIFY2(said.contains("the server has only keys that the built-in transport cannot check"),
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
        QVERIFY2(theirs.contains("reached") == ours.contains("reached"),
                 qPrintable("ssh: " + theirs + "\npodglass-ssh: " + ours));
    }

private:
    std::optional<rig::Sshd> m_sshd;
};

QTEST_GUILESS_MAIN(TestSshHelper)
#include "tst_ssh_helper.moc"
