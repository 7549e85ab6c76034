// SPDX-License-Identifier: Apache-2.0
// Incident I3: page cache must never look like a leak. Made-up trees for every kind of host, and
// this machine's own kernel where it lets us.
#include "core/telemetry/cgroup.h"
#include "core/telemetry/process_usage.h"
#include "core/telemetry/sample.h"
#include "core/telemetry/text_file.h"

#include "tests/support/made_up_tree.h"

#include <cstring>

#include <QTest>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

using namespace podglass;
using support::MadeUpTree;

namespace {

constexpr std::uint64_t mebibyte = 1024 * 1024;

// A version 1 memory cgroup of our own that this process is in while the object lives.
class OwnCgroup
{
public:
    OwnCgroup()
        : m_home("/sys/fs/cgroup/memory" + pathNow())
        , m_directory("/sys/fs/cgroup/memory/pg-agent-" + std::to_string(::getpid()))
    {
        std::error_code error;
        m_made = std::filesystem::create_directory(m_directory, error) && enter(m_directory);
    }

    OwnCgroup(const OwnCgroup&) = delete;
    OwnCgroup& operator=(const OwnCgroup&) = delete;

    ~OwnCgroup()
    {
        enter(m_home);
        ::rmdir(m_directory.c_str());
    }

    explicit operator bool() const { return m_made; }

private:
    static std::string pathNow()
    {
        const auto text = telemetry::readTextFile("/proc/self/cgroup").value_or("");
        return telemetry::cgroupPath(text, telemetry::CgroupVersion::V1).value_or("/");
    }

    static bool enter(const std::filesystem::path& directory)
    {
        std::ofstream processes(directory / "cgroup.procs");
        processes << ::getpid() << std::flush;
        return processes.good();
    }

    std::filesystem::path m_home;
    std::filesystem::path m_directory;
    bool m_made = false;
};

} // namespace

class TestMemory : public QObject
{
    Q_OBJECT

private slots:

    void withoutCgroupTheProcessAlone()
    {
        const MadeUpTree tree;
        tree.file("proc/self/smaps_rollup",
                  "00400000-7fff ---p 00000000 00:00 0    [rollup]\nRss:    900 kB\n"
                  "Anonymous:    100 kB\nSwap:   4 kB\n");
        const wire::MemorySample sample = telemetry::ownMemory(tree.root());
        QVERIFY(!sample.ofCgroup);
        QCOMPARE(sample.anonymous, 104U * 1024);
        QCOMPARE(sample.pageCache, 800U * 1024);
        QCOMPARE(sample.limit, 0U);
    }

    void withoutTheRightToTraceStatusIsRead()
    {
        const MadeUpTree tree;
        tree.file("proc/9/status",
                  "Name:\tx\nRssAnon:\t  12 kB\nRssFile:\t  30 kB\nVmSwap:\t1 kB\n");
        const wire::MemorySample sample = telemetry::targetMemory(tree.root(), 9);
        QCOMPARE(sample.anonymous, 13U * 1024);
        QCOMPARE(sample.pageCache, 30U * 1024);
    }

    // F16: everybody in the cgroup counts, and without a limit there is nothing to run into.
    void theLimitIsTheWholeCgroups()
    {
        const MadeUpTree tree;
        tree.file("proc/self/mountinfo", "35 31 0:32 / /cg rw - cgroup cgroup rw,memory\n");
        tree.file("proc/self/cgroup", "4:memory:/pod\n");
        tree.file("cg/pod/memory.usage_in_bytes", "1\n");
        tree.file("cg/pod/memory.stat", "total_rss 700\ntotal_cache 900\n");
        QVERIFY(!telemetry::limitedMemory(tree.root()));
        tree.file("cg/pod/memory.stat",
                  "total_rss 700\ntotal_cache 900\nhierarchical_memory_limit 2000\n");
        tree.file("cg/pod/memory.kmem.usage_in_bytes", "50\n");
        const auto memory = telemetry::limitedMemory(tree.root());
        QVERIFY(memory.has_value());
        QCOMPARE(memory->anonymous + memory->kernel, 750U);
        QCOMPARE(memory->limit, 2000U);
    }

    void theRootCgroupIsNotTheTarget()
    {
        const MadeUpTree tree;
        tree.file("proc/self/mountinfo", "35 31 0:32 / /cg rw - cgroup cgroup rw,memory\n");
        tree.file("proc/9/cgroup", "4:memory:/\n");
        tree.file("cg/memory.usage_in_bytes", "1\n");
        tree.file("cg/memory.stat", "total_rss 999999\n");
        QVERIFY(!telemetry::targetMemory(tree.root(), 9).ofCgroup);
        QCOMPARE(telemetry::targetMemory(tree.root(), 9).anonymous, 0U);
        QCOMPARE(telemetry::targetMemory(tree.root(), 0).anonymous, 0U);
    }

    void agentsHeapIsItsOwnEvenInASharedCgroup()
    {
        const MadeUpTree tree;
        tree.file("proc/self/mountinfo", "35 31 0:32 / /cg rw - cgroup cgroup rw,memory\n");
        tree.file("proc/self/cgroup", "4:memory:/pod\n");
        tree.file("proc/self/smaps_rollup", "Rss: 50 kB\nAnonymous: 10 kB\n");
        tree.file("cg/pod/memory.usage_in_bytes", "1\n");
        tree.file("cg/pod/memory.stat", "total_rss 5000000\ntotal_cache 7\n");
        const wire::MemorySample sample = telemetry::ownMemory(tree.root());
        QVERIFY(sample.ofCgroup);
        QCOMPARE(sample.anonymous, 10U * 1024);
        QCOMPARE(sample.pageCache, 7U);
    }

    // A login session's page cache is not the agent's; a shared limit is, since it kills both.
    void aSharedGroupCountsOnlyWhenItHasALimit()
    {
        const MadeUpTree tree;
        tree.file("proc/self/mountinfo", "35 31 0:32 / /cg rw - cgroup cgroup rw,memory\n");
        tree.file("proc/self/cgroup", "4:memory:/session\n");
        tree.file("proc/self/smaps_rollup", "Rss: 50 kB\nAnonymous: 10 kB\n");
        tree.file("cg/session/memory.usage_in_bytes", "1\n");
        tree.file("cg/session/memory.stat", "total_rss 5000000\ntotal_cache 7\n");
        tree.file("cg/session/cgroup.procs", "1\n2\n");
        const wire::MemorySample shared = telemetry::ownMemory(tree.root());
        QVERIFY(!shared.ofCgroup);
        QCOMPARE(shared.pageCache, 40U * 1024);
        tree.file("cg/session/memory.stat",
                  "total_rss 5000000\ntotal_cache 7\nhierarchical_memory_limit 67108864\n");
        QCOMPARE(telemetry::ownMemory(tree.root()).limit, 64U * 1024 * 1024);
    }

    void heapGrowsByWhatIsAllocated()
    {
        const std::uint64_t before = telemetry::ownMemory("/").anonymous;
        QVERIFY(before != 0);
        const std::size_t length = 20 * mebibyte;
        void* memory =
            ::mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        QVERIFY(memory != MAP_FAILED);
        std::memset(memory, 1, length);
        const std::uint64_t after = telemetry::ownMemory("/").anonymous;
        ::munmap(memory, length);
        QVERIFY2(after - before >= length && after - before < length + mebibyte,
                 std::to_string(after - before).c_str());
    }

    void readingAFileIsNotALeak()
    {
        const OwnCgroup cgroup;
        if (!cgroup)
            QSKIP("needs root and the memory controller of cgroups version 1");
        // The build folder, since /tmp may be memory (tmpfs), which is no page cache to give back.
        const QTemporaryDir directory("./memory-XXXXXX");
        const std::string path = directory.path().toStdString() + "/big";
        const wire::MemorySample before = telemetry::ownMemory("/");
        QVERIFY(before.ofCgroup);
        const int file = ::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
        const std::vector<char> block(mebibyte, 'x');
        for (int written = 0; written < 64; ++written)
            QCOMPARE(::write(file, block.data(), block.size()), ssize_t(block.size()));
        ::close(file);
        const wire::MemorySample after = telemetry::ownMemory("/");
        const wire::MemorySample asTarget =
            telemetry::targetMemory("/", static_cast<std::uint32_t>(::getpid()));
        QVERIFY2(after.anonymous < before.anonymous + 2 * mebibyte,
                 std::to_string(after.anonymous - before.anonymous).c_str());
        QVERIFY2(after.pageCache > before.pageCache + 60 * mebibyte,
                 "the build folder must be on a file system with a page cache");
        QVERIFY(asTarget.ofCgroup);
        QVERIFY(asTarget.pageCache > 60 * mebibyte);
        QVERIFY(asTarget.anonymous < 32 * mebibyte);
    }

    void cpuTimeAdvances()
    {
        const auto before = telemetry::ownCpuTime();
        volatile std::uint64_t sum = 0;
        while (telemetry::ownCpuTime() - before < std::chrono::milliseconds(5))
            sum = sum + 1;
        QVERIFY(sum > 0);
    }
};

QTEST_APPLESS_MAIN(TestMemory)
#include "tst_memory.moc"
