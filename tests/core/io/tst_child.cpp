// SPDX-License-Identifier: Apache-2.0
#include "core/io/child.h"

#include <array>
#include <csignal>

#include <QTemporaryDir>
#include <QTest>

#include <poll.h>
#include <unistd.h>

using namespace podglass;

namespace {

std::string readAll(const io::Fd& fd)
{
    std::string text;
    std::array<char, 4096> buffer{};
    for (;;) {
        pollfd waiting{fd.get(), POLLIN, 0};
        if (::poll(&waiting, 1, 5'000) != 1)
            return text + "(timed out)";
        const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
        if (got <= 0)
            return text;
        text.append(buffer.data(), static_cast<std::size_t>(got));
    }
}

std::string waitForEnd(io::Child& child)
{
    pollfd waiting{child.exitFd(), POLLIN, 0};
    if (::poll(&waiting, 1, 5'000) != 1)
        return "(still runs)";
    return child.exitWords().value_or("(no words)");
}

} // namespace

class TestChild : public QObject
{
    Q_OBJECT

private slots:

    void streamsAreConnected()
    {
        auto child = io::Child::start({.command = {"sh", "-c", "cat; echo bad >&2; exit 3"}});
        QVERIFY(child);
        QCOMPARE(::write(child->input.get(), "hello", 5), 5);
        child->input.reset();
        QCOMPARE(readAll(child->output), "hello");
        QCOMPARE(readAll(child->errors), "bad\n");
        QCOMPARE(waitForEnd(*child), "exit status 3");
        QCOMPARE(child->exitStatus(), 3);
    }

    void whatCannotStartSaysWhatToDo()
    {
        const auto denied = io::Child::start({.command = {"/etc/passwd"}});
        QVERIFY(!denied);
        QVERIFY(denied.error().text().find("noexec") != std::string::npos);
        QTemporaryDir folder;
        QFile file(folder.filePath("other"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("\x7f"
                   "ELF and nothing that this machine could run");
        file.close();
        file.setPermissions(QFile::ReadOwner | QFile::ExeOwner);
        const auto other = io::Child::start({.command = {file.fileName().toStdString()}});
        QVERIFY(!other);
        QVERIFY(other.error().text().find("another processor") != std::string::npos);
    }

    void controlSocketIsDescriptorThree()
    {
        auto child = io::Child::start(
            {.command = {"sh", "-c", "read a <&3; echo got $a >&3"}, .control = true});
        QVERIFY(child);
        QCOMPARE(::write(child->control.get(), "x\n", 2), 2);
        QCOMPARE(readAll(child->control), "got x\n");
        QCOMPARE(waitForEnd(*child), "exit status 0");
    }

    // A descriptor that leaks keeps pipes of other children open, and their end is never seen.
    void nothingElseIsOpenInTheChild()
    {
        const io::Fd leaky(::dup(0)); // without close-on-exec, on purpose
        QVERIFY(leaky);
        auto child = io::Child::start({.command = {"sh", "-c", "ls /proc/$$/fd"}});
        QVERIFY(child);
        QCOMPARE(readAll(child->output), "0\n1\n2\n");
    }

    void aProgramThatIsNotThereIsNamed()
    {
        const auto child = io::Child::start({.command = {"podglass-no-such-program"}});
        QVERIFY(!child);
        QCOMPARE(child.error().where, "start podglass-no-such-program");
        QCOMPARE(child.error().what, "No such file or directory");
    }

    void terminateIsSaidInWords()
    {
        auto child = io::Child::start({.command = {"sleep", "60"}});
        QVERIFY(child);
        QVERIFY(!child->exitWords());
        child->terminate();
        QCOMPARE(waitForEnd(*child), "killed by signal 15 (Terminated)");
    }

    void aDroppedChildLeavesNoZombie()
    {
        pid_t pid = 0;
        {
            auto child = io::Child::start({.command = {"cat"}});
            QVERIFY(child);
            pid = child->pid();
        }
        QTRY_COMPARE(::kill(pid, 0), -1); // reaped: not even a zombie answers
    }
};

QTEST_APPLESS_MAIN(TestChild)
#include "tst_child.moc"
