// SPDX-License-Identifier: Apache-2.0
#include "namespaces.h"

#include <sched.h>
#include <thread>

#include <QProcess>

#include <fcntl.h>
#include <unistd.h>

namespace podglass::test {

NetworkNamespace::NetworkNamespace(io::Fd fd)
    : m_fd(std::move(fd))
    , m_door(std::move(steal::NamespaceDoor::open(m_fd.get()).value()))
{}

std::unique_ptr<NetworkNamespace> NetworkNamespace::make()
{
    io::Fd fd;
    std::thread([&fd] {
        if (::unshare(CLONE_NEWNET) == 0)
            fd = io::Fd(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
    }).join();
    if (!fd)
        return nullptr;
    std::unique_ptr<NetworkNamespace> made(new NetworkNamespace(std::move(fd)));
    bool up = false;
    made->shell(QStringLiteral("ip link set lo up"), &up);
    return up ? std::move(made) : nullptr;
}

void NetworkNamespace::inside(const std::function<void()>& work) const
{
    if (!m_door.inNamespace(work))
        qFatal("the test's own namespace cannot be entered");
}

void NetworkNamespace::enterForGood() const
{
    if (::setns(m_fd.get(), CLONE_NEWNET) != 0)
        qFatal("the test's own namespace cannot be entered");
}

QString NetworkNamespace::path() const
{
    return QStringLiteral("/proc/%1/fd/%2").arg(::getpid()).arg(m_fd.get());
}

QString NetworkNamespace::shell(const QString& command, bool* ok) const
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(
        QStringLiteral("nsenter"),
        {QStringLiteral("--net=") + path(), QStringLiteral("sh"), QStringLiteral("-c"), command});
    const bool ended = process.waitForFinished(30'000);
    if (ok != nullptr)
        *ok = ended && process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0;
    return QString::fromUtf8(process.readAll());
}

bool connectNamespaces(const NetworkNamespace& a, const NetworkNamespace& b)
{
    bool made = false;
    bool first = false;
    bool second = false;
    const QString setUp = QStringLiteral("ip addr add 10.77.0.%1/24 dev eth0 && "
                                         "ip addr add fd77::%1/64 dev eth0 nodad && "
                                         "ip link set eth0 up");
    a.shell(QStringLiteral("ip link add eth0 type veth peer name eth0 netns %1").arg(b.path()),
            &made);
    if (!made) // older iproute2 takes only a process id there
        return false;
    a.shell(setUp.arg(1), &first);
    b.shell(setUp.arg(2), &second);
    return first && second;
}

} // namespace podglass::test
