// SPDX-License-Identifier: GPL-3.0-or-later
// podglass [ADDRESS|FILE]: composes the window over a session and runs it. No logic here.
#include "core/targets/known_hosts.h"
#include "core/targets/small_file.h"

#include "ui/bridge/session_link.h"
#include "ui/shell/main_window.h"
#include "ui/theme/icon.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QFileInfo>
#include <QSettings>
#include <QSysInfo>
#include <QTimer>

using namespace podglass;

namespace {

constexpr std::size_t knownHostsOffered = 500;

// Beside the executable, in the tree of a build, or where the package puts it.
QString findProgram(const QString& given, const QString& name, const QString& buildFolder)
{
    if (!given.isEmpty())
        return given;
    const QDir here(QCoreApplication::applicationDirPath());
    const QString packaged = QStringLiteral("/usr/lib/podglass/") + name;
    for (const QString& path : {here.filePath(name),
                                here.filePath(QStringLiteral("../%1/%2").arg(buildFolder, name)),
                                here.filePath(QStringLiteral("../lib/podglass/") + name),
                                packaged})
        if (QFileInfo(path).isExecutable())
            return QDir::cleanPath(path);
    return packaged; // the session says that it is missing
}

} // namespace

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("podglass"));
    QApplication::setApplicationName(QStringLiteral("podglass"));
    QApplication::setApplicationVersion(QStringLiteral("0.1.0"));
    QApplication::setDesktopFileName(QStringLiteral("org.podglass.Podglass"));

    QCommandLineParser options;
    options.setApplicationDescription(QCoreApplication::translate(
        "main", "See, filter and answer the HTTP traffic of services on other machines."));
    options.addHelpOption();
    options.addVersionOption();
    const QCommandLineOption agent(
        QStringLiteral("agent"),
        QCoreApplication::translate("main", "The podglass-agent to run here or to upload."),
        QStringLiteral("path"));
    const QCommandLineOption sshHelper(
        QStringLiteral("ssh-helper"),
        QCoreApplication::translate("main", "The podglass-ssh to connect with."),
        QStringLiteral("path"));
    options.addOptions({agent, sshHelper});
    options.addPositionalArgument(
        QStringLiteral("address"),
        QCoreApplication::translate(
            "main",
            "Target to open, e.g. ssh://host/container/NAME, the name it is kept under, or "
            "a capture file."),
        QStringLiteral("[address|file]"));
    options.process(application);

    theme::Theme theme(application);
    theme.setChoice(
        static_cast<theme::Choice>(QSettings().value(QStringLiteral("theme"), 0).toInt()));
    bridge::Programs programs;
    programs.agent =
        findProgram(options.value(agent), QStringLiteral("podglass-agent"), QStringLiteral("agent"))
            .toStdString();
    programs.sshHelper =
        findProgram(options.value(sshHelper), QStringLiteral("podglass-ssh"), QStringLiteral("ssh"))
            .toStdString();
    programs.clientName =
        QStringLiteral("%1@%2")
            .arg(qEnvironmentVariable("USER", QStringLiteral("user")), QSysInfo::machineHostName())
            .toStdString();
    bridge::SessionLink link(programs);
    shell::Workspace work(link.updates(), link);
    link.onNewQueue([&](session::Updates& updates) { work.feed.follow(updates); });
    shell::MainWindow window(work, theme);
    window.show();
    // After the first paint: reading files and connecting must not delay it.
    const QStringList addresses = options.positionalArguments();
    QTimer::singleShot(0, &window, [&] {
        const auto known = targets::readSmallFile(targets::expandHome("~/.ssh/known_hosts"));
        const auto names = targets::knownHostNames(known ? known.value() : "", knownHostsOffered);
        auto config = targets::loadSshConfig({});
        window.setSshConfig(config ? std::move(*config) : targets::SshConfig(), names);
        if (addresses.isEmpty())
            return;
        // A path that leads nowhere is a file that cannot be opened, no address.
        const QString& given = addresses.first();
        const bool isPath =
            given.startsWith(QLatin1Char('/')) || given.startsWith(QLatin1Char('.'));
        if (isPath || QFileInfo::exists(given))
            window.openFile(given);
        else
            window.openAddress(given);
    });
    return QApplication::exec();
}
