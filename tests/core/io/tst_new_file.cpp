// SPDX-License-Identifier: Apache-2.0
// Files that have their name only when they are whole; a disk that is really full (F10).
#include "core/io/new_file.h"

#include <cerrno>
#include <sched.h>
#include <string>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace podglass;
using io::NewFile;

namespace {

QByteArray contentOf(const std::string& path)
{
    QFile file(QString::fromStdString(path));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("(not there)");
}

} // namespace

class TestNewFile : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    std::string path(const char* name) const { return m_folder.filePath(name).toStdString(); }

private slots:

    void hasItsNameOnlyWhenWhole()
    {
        const std::string name = path("whole");
        auto file = NewFile::create(name);
        QVERIFY(file);
        QVERIFY(file->write(bytes::asBytes("abc")));
        QCOMPARE(contentOf(name), QByteArray("(not there)"));
        QVERIFY(file->finish());
        QCOMPARE(contentOf(name), QByteArray("abc"));
        QCOMPARE(contentOf(name + ".part"), QByteArray("(not there)"));
        QCOMPARE(file->written(), std::uint64_t{3});
        struct stat made = {};
        QCOMPARE(::stat(name.c_str(), &made), 0);
        QCOMPARE(made.st_mode & 0777U, 0600U);
    }

    void anUnfinishedOneLeavesNothing()
    {
        const std::string name = path("half");
        {
            auto file = NewFile::create(name);
            QVERIFY(file);
            QVERIFY(file->write(bytes::asBytes("abc")));
            QCOMPARE(contentOf(name + ".part"), QByteArray("abc"));
        }
        QCOMPARE(contentOf(name), QByteArray("(not there)"));
        QCOMPARE(contentOf(name + ".part"), QByteArray("(not there)"));
    }

    void anotherFileIsRefusedOrReplacedAtOnce()
    {
        const std::string name = path("old");
        {
            auto file = NewFile::create(name);
            QVERIFY(file && file->write(bytes::asBytes("old")) && file->finish());
        }
        const auto refused = NewFile::create(name);
        QVERIFY(!refused);
        QVERIFY(refused.error().text().find("choose another name") != std::string::npos);
        auto file = NewFile::create(name, NewFile::Existing::Replaced);
        QVERIFY(file);
        QVERIFY(file->write(bytes::asBytes("new")));
        QCOMPARE(contentOf(name), QByteArray("old"));
        QVERIFY(file->finish());
        QCOMPARE(contentOf(name), QByteArray("new"));
        const auto folder =
            NewFile::create(m_folder.path().toStdString(), NewFile::Existing::Replaced);
        QVERIFY(!folder);
        QCOMPARE(folder.error().what, std::string("it is no ordinary file"));
    }

    void whatSomebodyLaidThereIsNotFollowed()
    {
        const std::string name = path("linked");
        QVERIFY(QFile::link(QStringLiteral("/dev/null"), QString::fromStdString(name + ".part")));
        const auto refused = NewFile::create(name);
        QVERIFY(!refused);
        QVERIFY(refused.error().text().find("linked.part") != std::string::npos);
        const auto nowhere = NewFile::create(path("no/such/folder"));
        QVERIFY(!nowhere);
        QVERIFY(nowhere.error().text().find("check the folder") != std::string::npos);
    }

    // F10: a file system of 64 KiB, in a mount namespace of our own.
    void aFullDiskIsNamedAndLeavesNothing()
    {
        if (::geteuid() != 0 || ::unshare(CLONE_NEWNS) != 0)
            QSKIP("needs root, for a file system of its own");
        QVERIFY(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0);
        const std::string small = path("small");
        QVERIFY(QDir().mkpath(QString::fromStdString(small)));
        if (::mount("tmpfs", small.c_str(), "tmpfs", 0, "size=64k") != 0)
            QSKIP("no file system can be mounted here");
        const std::string name = small + "/full";
        {
            auto file = NewFile::create(name);
            QVERIFY(file);
            const std::string much(1 << 20, 'x');
            const auto written = file->write(bytes::asBytes(much));
            QVERIFY(!written);
            QCOMPARE(written.error().what, base::systemError(ENOSPC, {}).what);
            QCOMPARE(written.error().where, "write " + name + ".part");
            QVERIFY(written.error().text().find("free some space") != std::string::npos);
            QVERIFY(!file->write(bytes::asBytes("more")));
            QVERIFY(!file->finish());
        }
        QVERIFY(QDir(QString::fromStdString(small)).isEmpty());
        QVERIFY(::umount2(small.c_str(), MNT_DETACH) == 0);
    }
};

QTEST_GUILESS_MAIN(TestNewFile)
#include "tst_new_file.moc"
