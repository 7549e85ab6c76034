// SPDX-License-Identifier: Apache-2.0
#include "core/telemetry/cgroup.h"
#include "core/telemetry/cgroup_memory.h"

#include "tests/support/made_up_tree.h"

#include <QTest>

using namespace podglass;
using support::MadeUpTree;

namespace {

constexpr auto v1Mount = "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n";
constexpr auto v2Mount =
    "30 24 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";

} // namespace

class TestCgroup : public QObject
{
    Q_OBJECT

private slots:

    void version1()
    {
        const MadeUpTree tree;
        tree.file("proc/self/mountinfo",
                  std::string("32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n")
                      + v1Mount);
        tree.file("proc/77/cgroup", "5:cpu:/other\n4:memory:/docker/abc\n0::/\n");
        tree.file("sys/fs/cgroup/memory/docker/abc/memory.usage_in_bytes", "1\n");
        tree.file("sys/fs/cgroup/memory/docker/abc/memory.kmem.usage_in_bytes", "300\n");
        tree.file("sys/fs/cgroup/memory/docker/abc/memory.stat",
                  "cache 1\nrss 1\ntotal_cache 1700\ntotal_rss 90\ntotal_shmem 10\n"
                  "hierarchical_memory_limit 64000\n");
        const auto cgroup = telemetry::memoryCgroupOf(tree.root(), "77");
        QVERIFY(cgroup);
        QCOMPARE(cgroup->path, "/docker/abc");
        const auto memory = telemetry::readCgroupMemory(*cgroup);
        QVERIFY(memory);
        QCOMPARE(memory->anonymous, 100U);
        QCOMPARE(memory->pageCache, 1690U);
        QCOMPARE(memory->kernel, 300U);
        QCOMPARE(memory->limit, 64000U);
    }

    void version1WithoutLimit()
    {
        const MadeUpTree tree;
        tree.file("memory.stat", "total_rss 5\nhierarchical_memory_limit 9223372036854771712\n");
        const telemetry::MemoryCgroup cgroup{
            telemetry::CgroupVersion::V1, "/a", tree.root(), tree.root()};
        QCOMPARE(telemetry::readCgroupMemory(cgroup)->limit, 0U);
    }

    void version2TakesTheTightestLimitOfItsAncestors()
    {
        const MadeUpTree tree;
        tree.file("proc/self/mountinfo", v2Mount);
        tree.file("proc/self/cgroup", "0::/kubepods/pod1/c1\n");
        const std::string group = "sys/fs/cgroup/kubepods/pod1/c1/";
        tree.file(group + "memory.current", "1\n");
        tree.file(group + "memory.max", "max\n");
        tree.file("sys/fs/cgroup/kubepods/pod1/memory.max", "5000\n");
        tree.file("sys/fs/cgroup/kubepods/memory.max", "9000\n");
        tree.file(group + "memory.stat",
                  "anon 100\nfile 700\nkernel 60\nsock 5\nshmem 20\nslab_reclaimable 40\n");
        const auto cgroup = telemetry::memoryCgroupOf(tree.root(), "self");
        QVERIFY(cgroup);
        const auto memory = telemetry::readCgroupMemory(*cgroup);
        QCOMPARE(memory->anonymous, 120U);
        QCOMPARE(memory->pageCache, 720U);
        QCOMPARE(memory->kernel, 25U);
        QCOMPARE(memory->limit, 5000U);
    }

    void version2BeforeLinux518()
    {
        const MadeUpTree tree;
        tree.file("memory.stat", "kernel_stack 1\npagetables 2\npercpu 4\nslab 8\nsock 16\n");
        const telemetry::MemoryCgroup cgroup{
            telemetry::CgroupVersion::V2, "/a", tree.root(), tree.root()};
        QCOMPARE(telemetry::readCgroupMemory(cgroup)->kernel, 31U);
    }

    // A hybrid host mounts v2 for systemd only; the figures are in v1.
    void hybridUsesTheOneWithMemoryFiles()
    {
        const MadeUpTree tree;
        tree.file("proc/self/mountinfo",
                  std::string("38 31 0:35 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n")
                      + v1Mount);
        tree.file("proc/self/cgroup", "4:memory:/a\n0::/a\n");
        tree.file("sys/fs/cgroup/unified/a/cgroup.procs", "");
        tree.file("sys/fs/cgroup/memory/a/memory.usage_in_bytes", "1\n");
        const auto cgroup = telemetry::memoryCgroupOf(tree.root(), "self");
        QVERIFY(cgroup);
        QVERIFY(cgroup->version == telemetry::CgroupVersion::V1);
    }

    // Docker with v1: /proc names the host's path, the mount shows the container's group as root.
    void containerSeesItsOwnGroupAsTheMount()
    {
        const MadeUpTree tree;
        tree.file("proc/self/mountinfo",
                  "35 31 0:32 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n");
        tree.file("proc/self/cgroup", "4:memory:/docker/abc\n");
        tree.file("proc/8/cgroup", "4:memory:/docker/abcdef\n");
        tree.file("sys/fs/cgroup/memory/memory.usage_in_bytes", "1\n");
        const auto own = telemetry::memoryCgroupOf(tree.root(), "self");
        QVERIFY(own);
        QCOMPARE(own->directory, tree.root() / "sys/fs/cgroup/memory");
        QVERIFY(!telemetry::memoryCgroupOf(tree.root(), "8"));
    }

    void nothingMountedOrHostileText()
    {
        const MadeUpTree tree;
        QVERIFY(!telemetry::memoryCgroupOf(tree.root(), "self"));
        tree.file("proc/self/mountinfo", "\n1\n - \n1 2 3 4 5 - cgroup2 x y\n");
        tree.file("proc/self/cgroup", ":\n::\n0::/../../elsewhere\n");
        QVERIFY(!telemetry::memoryCgroupOf(tree.root(), "self"));
    }
};

QTEST_APPLESS_MAIN(TestCgroup)
#include "tst_cgroup.moc"
