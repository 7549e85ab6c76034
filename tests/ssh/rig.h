// SPDX-License-Identifier: Apache-2.0
// A real sshd on a loopback port with throw-away keys, in a folder that goes with it. Needs root,
// because sshd starts sessions only as root or as the user it runs as without a login record.
// With a user of its own, or with a home of a special kind, it runs in a mount namespace of its
// own: the machine's own users are not touched.
#pragma once

#include "core/io/child.h"

#include <csignal>
#include <optional>
#include <string>

#include <QDir>
#include <QElapsedTimer>
#include <QProcess>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

namespace rig {

inline QString run(const QString& program, const QStringList& words, const QByteArray& input = {})
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, words);
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(60'000))
        process.kill();
    return QString::fromUtf8(process.readAll());
}

inline quint16 freePort()
{
    QTcpServer server;
    server.listen(QHostAddress::LocalHost);
    return server.serverPort();
}

class Sshd
{
public:
    Sshd()
    {
        QDir(folder.path()).mkdir("home");
        key("host_ed25519", "ed25519");
        key("host_rsa", "rsa");
        key("user_ed25519", "ed25519");
        key("user_rsa", "rsa");
        key("locked", "ed25519", "open sesame");
        key("stranger", "ecdsa");
        write("authorized", read("user_ed25519.pub") + read("locked.pub") + read("user_rsa.pub"));
    }

    ~Sshd() { stop(); }

    static QString missing()
    {
        if (::geteuid() != 0)
            return "sshd needs root to start sessions";
        if (!QFile::exists("/usr/sbin/sshd"))
            return "openssh-server is not installed";
        QDir("/").mkpath("/run/sshd"); // its chroot for the part before the log-in
        return {};
    }

    // A user "pgtest" with a password, who may use sudo with it; only this sshd sees her.
    void addUser(const QByteArray& password)
    {
        const QByteArray hash =
            run("openssl", {"passwd", "-6", "-stdin"}, password + "\n").trimmed().toUtf8();
        const auto copy = [&](const QString& file, const QByteArray& line) {
            QFile original("/etc/" + file);
            original.open(QIODevice::ReadOnly);
            write(file, original.readAll() + line + "\n");
            m_mounts += QString("mount --bind %1 /etc/%2 && ").arg(path(file), file);
        };
        copy("passwd", "pgtest:x:47110:47110::" + path("home").toUtf8() + ":/bin/sh");
        copy("group", "pgtest:x:47110:");
        copy("shadow", "pgtest:" + hash + ":19000:0:99999:7:::");
        QFile(path("passwd")).setPermissions(QFile::Permissions(0x6444));
        QFile(path("group")).setPermissions(QFile::Permissions(0x6444));
        QFile(path("authorized")).setPermissions(QFile::Permissions(0x6644)); // read as pgtest
        QFile(folder.path()).setPermissions(QFile::Permissions(0x7755));
        QFile(path("home")).setPermissions(QFile::Permissions(0x7755));
        run("chown", {"47110:47110", path("home")});
        if (QFile::exists("/etc/sudoers")) {
            write("sudoers", "Defaults env_reset, use_pty\npgtest ALL=(ALL:ALL) ALL\n");
            QFile(path("sudoers")).setPermissions(QFile::Permissions(0x4440));
            m_mounts += QString("mount --bind %1 /etc/sudoers && ").arg(path("sudoers"));
        }
    }

    // The home of this sshd's sessions is a tmpfs with these options: "size=64k", "noexec".
    void mountHome(const QString& options)
    {
        m_mounts += QString("mount -t tmpfs -o mode=777,%1 none %2 && ").arg(options, path("home"));
    }

    bool start(const QString& hostKey = "host_ed25519", const QString& more = {})
    {
        stop();
        if (port == 0)
            port = freePort();
        write("sshd_config",
              QString("Port %1\nListenAddress 127.0.0.1\nHostKey %2\nAuthorizedKeysFile %3\n"
                      "PidFile none\nStrictModes no\nPermitRootLogin yes\n"
                      "SetEnv HOME=%4\n%5\n"
                      "UsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n")
                  .arg(QString::number(port), path(hostKey), path("authorized"), path("home"), more)
                  .toUtf8());
        m_process.setStandardErrorFile(path("sshd.log"), QIODevice::Append);
        const QString sshd = "/usr/sbin/sshd -D -e -f " + path("sshd_config");
        m_process.start("unshare", {"-m", "sh", "-c", m_mounts + "exec " + sshd});
        return m_process.waitForStarted() && answers();
    }

    void stop()
    {
        if (m_process.state() == QProcess::NotRunning)
            return;
        m_process.terminate();
        m_process.waitForFinished();
    }

    // The processes of sessions are children of ours; each of them is one connection.
    void killSessions() const
    {
        const QString parent = QString::number(m_process.processId());
        const QStringList pids =
            run("ps", {"-o", "pid=", "--ppid", parent}).split('\n', Qt::SkipEmptyParts);
        for (const QString& pid : pids)
            ::kill(pid.trimmed().toInt(), SIGKILL);
    }

    [[nodiscard]] QString path(const QString& name) const { return folder.filePath(name); }

    void write(const QString& name, const QByteArray& text) const
    {
        QFile file(path(name));
        file.open(QIODevice::WriteOnly | QIODevice::Truncate);
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
        file.write(text);
    }

    [[nodiscard]] QByteArray read(const QString& name) const
    {
        QFile file(path(name));
        file.open(QIODevice::ReadOnly);
        return file.readAll();
    }

    // "ssh-ed25519 AAAA…" of a public key file.
    [[nodiscard]] QByteArray publicKey(const QString& name) const
    {
        const QByteArrayList words = read(name + ".pub").split(' ');
        return words[0] + ' ' + words[1];
    }

    [[nodiscard]] QByteArray hostName() const { return "[127.0.0.1]:" + QByteArray::number(port); }

    void know(const QByteArray& text) const { write("known_hosts", text); }

    void knowTheHost() const { know(hostName() + " " + publicKey("host_ed25519") + "\n"); }

    // An ssh_config for both transports; the alias is "rig".
    void configure(const QString& identity = "user_ed25519",
                   const QByteArray& more = {},
                   const QString& user = "root") const
    {
        write("ssh_config",
              QString("Host rig\n  HostName 127.0.0.1\n  Port %1\n  User %4\n  IdentityFile %2\n"
                      "  IdentitiesOnly yes\n  UserKnownHostsFile %3\n"
                      "  GlobalKnownHostsFile /dev/null\n")
                      .arg(QString::number(port), path(identity), path("known_hosts"), user)
                      .toUtf8()
                  + more);
    }

    // podglass-ssh with the rig's files; what it says on stdout and stderr.
    [[nodiscard]] QString
    helper(const QString& command, const QByteArray& input = {}, const QString& where = "rig") const
    {
        return run(PODGLASS_SSH,
                   {"--config",
                    path("ssh_config"),
                    "--known-hosts",
                    path("known_hosts"),
                    where,
                    "--",
                    command},
                   input);
    }

    QTemporaryDir folder;
    quint16 port = 0;

private:
    void key(const QString& name, const QString& type, const QString& passphrase = "") const
    {
        run("ssh-keygen", {"-q", "-t", type, "-N", passphrase, "-C", name, "-f", path(name)});
    }

    [[nodiscard]] bool answers() const
    {
        QElapsedTimer clock;
        clock.start();
        while (clock.elapsed() < 10'000) {
            QTcpSocket socket;
            socket.connectToHost(QHostAddress::LocalHost, port);
            if (socket.waitForConnected(200) && socket.waitForReadyRead(2'000))
                return true;
        }
        return false;
    }

    QProcess m_process;
    QString m_mounts; // shell, each ending with &&
};

} // namespace rig
