// SPDX-License-Identifier: Apache-2.0
// Threats S3, S4: what a confined worker tries and does not get. Each try is a process of its own.
#include "core/agent/guard/confine.h"
#include "core/agent/guard/line.h"
#include "core/agent/guard/low_slots.h"
#include "core/base/sanitized.h"

#include <cerrno>
#include <csignal>
#include <functional>
#include <thread>

#include <QTest>

#include <fcntl.h>
#include <linux/netlink.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace podglass;
using namespace podglass::agent::guard;

namespace {

enum Outcome : int
{
    Refused,
    Allowed,
    Unconfined, // the sandbox itself could not be set up
    Killed,
};

// How `attempt`, which is true if it succeeded, ends in a confined process.
int outcomeOf(const std::function<bool()>& attempt, bool confined = true)
{
    const pid_t child = ::fork();
    if (child == 0) {
        if (confined && !confineWorker().empty())
            ::_exit(Unconfined);
        ::_exit(attempt() ? Allowed : Refused);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS ? Killed : WEXITSTATUS(status);
}

bool starts()
{
    char name[] = "/bin/true";
    char* arguments[] = {name, nullptr};
    return ::execve(name, arguments, nullptr) == 0;
}

bool opensNetlink()
{
    return ::socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER) >= 0;
}

bool opensSocket()
{
    return ::socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

bool writesFile()
{
    return ::open("/tmp/podglass-tst-confine", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) >= 0;
}

bool traces()
{
    return ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0;
}

bool changesNamespace()
{
    const int own = ::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    return ::syscall(SYS_setns, own, 0) == 0;
}

bool forks()
{
    const pid_t child = ::fork();
    if (child == 0)
        ::_exit(0);
    return child > 0;
}

bool mapsCode()
{
    return ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
           != MAP_FAILED;
}

bool removesFile()
{
    return ::unlink("/tmp/podglass-tst-confine") == 0;
}

bool becomesRoot()
{
    return ::setuid(0) == 0 && ::geteuid() == 0;
}

// Itself, but named as anybody would be.
bool slowsAProcess()
{
    return ::setpriority(PRIO_PROCESS, static_cast<id_t>(::getpid()), 19) == 0;
}

bool stepsBack()
{
    return ::setpriority(PRIO_PROCESS, 0, 19) == 0;
}

bool readsFile()
{
    return ::open("/proc/self/status", O_RDONLY | O_CLOEXEC) >= 0;
}

bool startsThread()
{
    bool ran = false;
    std::thread([&] { ran = true; }).join();
    return ran;
}

} // namespace

using Attempt = bool (*)();
Q_DECLARE_METATYPE(Attempt)

class TestConfine : public QObject
{
    Q_OBJECT

private slots:

    void aWorkerMayNot_data()
    {
        QTest::addColumn<Attempt>("attempt");
        QTest::addColumn<bool>("deadly");
        QTest::newRow("start a program") << Attempt(&starts) << true;
        QTest::newRow("trace") << Attempt(&traces) << true;
        QTest::newRow("enter a namespace") << Attempt(&changesNamespace) << true;
        QTest::newRow("remove a file") << Attempt(&removesFile) << true;
        QTest::newRow("speak to nf_tables") << Attempt(&opensNetlink) << false;
        QTest::newRow("make a socket") << Attempt(&opensSocket) << false;
        QTest::newRow("write a file") << Attempt(&writesFile) << false;
        QTest::newRow("start a process") << Attempt(&forks) << false;
        QTest::newRow("map code") << Attempt(&mapsCode) << false;
        QTest::newRow("slow a process") << Attempt(&slowsAProcess) << false;
        QTest::newRow("become root") << Attempt(&becomesRoot) << false;
    }

    void aWorkerMayNot()
    {
        if (base::sanitized)
            QSKIP("sanitized programs are not confined by system calls");
        QFETCH(Attempt, attempt);
        QFETCH(bool, deadly);
        const int outcome = outcomeOf(attempt);
        if (outcome == Unconfined)
            QSKIP("this kernel refuses seccomp filters");
        QCOMPARE(outcome, static_cast<int>(deadly ? Killed : Refused));
    }

    // So that the refusals above mean something.
    void aProcessThatIsNotConfinedMay()
    {
        for (const Attempt attempt :
             {&opensNetlink, &opensSocket, &forks, &mapsCode, &writesFile, &slowsAProcess})
            QCOMPARE(outcomeOf(attempt, false), static_cast<int>(Allowed));
        QCOMPARE(outcomeOf(&removesFile, false), static_cast<int>(Allowed));
    }

    void aWorkerMayReadAndStartThreads()
    {
        QCOMPARE(outcomeOf(&readsFile), static_cast<int>(Allowed));
        QCOMPARE(outcomeOf(&stepsBack), static_cast<int>(Allowed)); // threat S24
#if defined(__SANITIZE_THREAD__)
        QSKIP("the thread sanitizer starts none after a fork");
#endif
        QCOMPARE(outcomeOf(&startsThread), static_cast<int>(Allowed));
    }

    void aLineCarriesWholeMessagesAndDescriptors()
    {
        auto ends = Line::makePair();
        QVERIFY(ends);
        Request request{.ask = Ask::Redirect};
        request.port = 8080;
        put(request.text, std::string(mostText * 2, 'x')); // cut, and ended
        const int beside = STDERR_FILENO;
        QVERIFY(ends->first.send(asMessage(request), std::span(&beside, 1)));
        Request got;
        std::vector<io::Fd> descriptors;
        QVERIFY(ends->second.receive(asMessage(got), descriptors));
        QVERIFY(got.ask == Ask::Redirect && got.port == 8080);
        QCOMPARE(textOf(got.text).size(), mostText - 1);
        QCOMPARE(descriptors.size(), std::size_t(1));
        QVERIFY(descriptors[0].get() > STDERR_FILENO);
    }

    void aLineRefusesMessagesOfAnotherSize()
    {
        auto ends = Line::makePair();
        QVERIFY(ends);
        Request request;
        std::vector<io::Fd> descriptors;
        for (const std::size_t size : {std::size_t(1), sizeof(Request) + 1}) {
            const std::vector<std::byte> bytes(size);
            QVERIFY(ends->first.send(bytes, {}));
            QVERIFY(!ends->second.receive(asMessage(request), descriptors));
        }
        {
            const Line closed = std::move(ends->first);
        }
        QVERIFY(!ends->second.receive(asMessage(request), descriptors));
    }

    void lowSlotsAreBelowWhatIsOpenedLater()
    {
        LowSlots low(2);
        const io::Fd later = io::makeEventFd();
        io::Fd first = low.lowered(io::makeEventFd());
        const io::Fd second = low.lowered(io::makeEventFd());
        const io::Fd third = low.lowered(io::makeEventFd()); // none is left: it stays as it is
        QVERIFY(first.get() < later.get() && second.get() < later.get());
        QVERIFY(third.get() > later.get());
        const int number = first.get();
        low.giveBack(std::move(first));
        const io::Fd other = io::makeEventFd();
        QVERIFY(other.get() > number);
        QCOMPARE(low.lowered(io::makeEventFd()).get(), number);
    }
};

QTEST_APPLESS_MAIN(TestConfine)

#include "tst_confine.moc"
