// SPDX-License-Identifier: Apache-2.0
// The rules against the kernel and against what nft(8) prints of them.
#include "core/steal/foreign_rules.h"
#include "core/steal/redirect_table.h"

#include "namespaces.h"

#include <algorithm>
#include <array>
#include <optional>

#include <QRegularExpression>
#include <QTest>

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace podglass;
using steal::RedirectTable;
using test::NetworkNamespace;

namespace {

// nft's listing without handles, the owner's process name and differences in blank space.
QString plain(QString text)
{
    text.remove(QRegularExpression(QStringLiteral("#[^\n]*")));
    return text.simplified();
}

base::Result<RedirectTable> installHere(const steal::RedirectRules& rules)
{
    auto socket = steal::NftSocket::open();
    if (!socket)
        return socket.error();
    return RedirectTable::install(std::move(*socket), rules);
}

bool dropNetAdmin()
{
    __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> data = {};
    if (::syscall(SYS_capget, &header, data.data()) != 0)
        return false;
    data[0].effective &= ~(1U << CAP_NET_ADMIN);
    return ::syscall(SYS_capset, &header, data.data()) == 0;
}

} // namespace

class TestRedirectTable : public QObject
{
    Q_OBJECT

private slots:

    void init()
    {
        m_space = NetworkNamespace::make();
        if (!m_space)
            QSKIP("needs the right to make network namespaces (root)");
    }

    void nftSaysTheSame()
    {
        auto table = install({8080, 40000, true});
        const QString listed =
            m_space->shell("nft list table inet " + QString::fromStdString(table->name()));
        QVERIFY2(listed.contains("redirect to :40000"), qPrintable(listed));
        QCOMPARE(plain(listed), plain(QString::fromStdString(table->text())));
        m_space->inside([&] { QVERIFY(table->release()); });
        QCOMPARE(plain(m_space->shell("nft list ruleset")),
                 plain(QString::fromStdString(table->text())));
        const QString bare = m_space->shell("nft list ruleset");
        QVERIFY2(!bare.contains("redirect to"), qPrintable(bare));
    }

    void nobodyElseChangesIt()
    {
        auto table = install({8080, 40000, true});
        m_space->shell("nft flush ruleset");
        QVERIFY(m_space->shell("nft list ruleset").contains("redirect to :40000"));
    }

    void goesWithItsObject()
    {
        auto table = install({8080, 40000, true});
        QVERIFY(!m_space->shell("nft list ruleset").isEmpty());
        table.reset();
        QCOMPARE(m_space->shell("nft list ruleset"), QString());
    }

    void leftoverWithoutOwnerIsRemoved()
    {
        bool ok = false;
        m_space->shell("nft add table inet podglass_8080_0badcafe; nft add table inet other", &ok);
        QVERIFY(ok);
        auto table = install({9090, 40000, true});
        const QString listed = m_space->shell("nft list tables");
        QVERIFY2(!listed.contains("0badcafe"), qPrintable(listed));
        QVERIFY2(listed.contains("other"), qPrintable(listed));
    }

    // Kernels before 5.12.
    void withoutAnOwnerNftSaysTheSame()
    {
        auto table = install({8080, 40000, true, true});
        QString listed = m_space->shell("nft list ruleset");
        QVERIFY2(!listed.contains("owner"), qPrintable(listed));
        QVERIFY2(listed.contains("elements = { 8080"), qPrintable(listed));
        listed.remove(QRegularExpression(QStringLiteral("elements = \\{[^}]*\\}")));
        QCOMPARE(plain(listed), plain(QString::fromStdString(table->text())));
    }

    void withoutAnOwnerItEndsUnlessItIsRenewed()
    {
        auto table = install({8080, 40000, true, true});
        const auto redirects = [&] {
            return m_space->shell("nft list ruleset").contains("elements = { 8080");
        };
        for (int i = 0; i < 5; ++i) { // longer than limits::timedRedirect
            QTest::qWait(1000);
            m_space->inside([&] { QVERIFY(table->check()); });
        }
        QVERIFY(redirects());
        QTRY_VERIFY_WITH_TIMEOUT(!redirects(), 5000);
        m_space->inside([&] { QVERIFY(table->check()); });
        QVERIFY2(redirects(), "a renewal that comes too late begins anew");
        table.reset();
        QCOMPARE(m_space->shell("nft list ruleset"), QString());
    }

    void withoutAnOwnerALivingOneIsRefusedAndADeadOneRemoved()
    {
        auto table = install({8080, 40000, true, true});
        m_space->inside([&] {
            const auto again = installHere({8080, 40001, true});
            QVERIFY(!again);
        });
        // As if its agent had died.
        m_space->shell("nft flush set inet " + QString::fromStdString(table->name()) + " alive");
        m_space->inside([&] { QVERIFY(installHere({8080, 40001, true})); });
        QVERIFY(!m_space->shell("nft list tables").contains(QString::fromStdString(table->name())));
    }

    // Fault F21.
    void whatOthersChangeIsNoticed()
    {
        auto table = install({8080, 40000, true, true});
        m_space->inside([&] { QVERIFY(table->check()); });
        const QString name = QString::fromStdString(table->name());
        m_space->shell("nft flush chain inet " + name + " output");
        m_space->inside([&] {
            const auto checked = table->check();
            QVERIFY(!checked);
            QVERIFY(checked.error().text().find("another program") != std::string::npos);
        });
        m_space->shell("nft delete table inet " + name);
        m_space->inside([&] { QVERIFY(!table->check()); });
    }

    void otherProgramsChainsAreNamed()
    {
        m_space->shell(
            "nft 'add table ip nat; add chain ip nat PREROUTING { type nat hook prerouting "
            "priority -110; }; add chain ip nat ISTIO_INBOUND; "
            "add rule ip nat PREROUTING tcp dport 1 jump ISTIO_INBOUND'");
        auto table = install({8080, 40000, true});
        m_space->inside([&] {
            const auto rules = steal::readForeignRules();
            QVERIFY(rules);
            const auto has = [](const std::vector<std::string>& lines, const char* words) {
                return std::ranges::any_of(
                    lines, [&](const auto& line) { return line.find(words) != line.npos; });
            };
            QVERIFY(has(rules->chains, "ip nat PREROUTING: nat hook prerouting priority -110"));
            QVERIFY(has(rules->chains, "ISTIO_INBOUND"));
            QVERIFY(!has(rules->chains, "podglass"));
            QVERIFY(has(rules->notes, "Istio"));
            QVERIFY(has(rules->notes, "comes before ours"));
            QVERIFY(!has(rules->notes, "legacy"));
        });
    }

    void chainsOfTheOldIptablesAreNamed()
    {
        bool ok = false;
        m_space->shell(
            "iptables-legacy -t nat -N PROXY_INIT_REDIRECT && ip6tables-legacy -t nat -N SIX", &ok);
        if (!ok)
            QSKIP("iptables-legacy is not there, or this kernel lacks it");
        m_space->inside([&] {
            const auto four = steal::legacyChains(AF_INET);
            QVERIFY(std::ranges::find(four, "PROXY_INIT_REDIRECT") != four.end());
            QCOMPARE(std::ranges::count(four, "PREROUTING"), 1);
            const auto six = steal::legacyChains(AF_INET6);
            QVERIFY(std::ranges::find(six, "SIX") != six.end());
            const auto rules = steal::readForeignRules();
            QVERIFY(rules && rules->notes.size() == 2);
        });
        // Whatever an entry says of its length.
        std::vector<std::uint8_t> wild(4096, 0xff);
        QVERIFY(steal::legacyChainsIn(wild, AF_INET).empty());
        wild.assign(4096, 0);
        QVERIFY(steal::legacyChainsIn(wild, AF_INET6).empty());
    }

    void samePortTwiceIsRefusedWithTheOther()
    {
        auto table = install({8080, 40000, true});
        m_space->inside([&] {
            const auto again = installHere({8080, 40001, true});
            QVERIFY(!again);
            const QString text = QString::fromStdString(again.error().text());
            QVERIFY2(text.contains("process " + QString::number(::getpid())), qPrintable(text));
            QVERIFY(installHere({8081, 40001, true}));
            QVERIFY(table->release());
            QVERIFY(installHere({8080, 40001, true}));
        });
    }

    void missingRightIsNamed()
    {
        const pid_t child = ::fork();
        if (child == 0) {
            bool named = false;
            m_space->inside([&] {
                if (!dropNetAdmin())
                    return;
                const auto refused = installHere({8080, 40000, true});
                named =
                    !refused && refused.error().text().find("CAP_NET_ADMIN") != std::string::npos;
                if (!refused)
                    qInfo("%s", refused.error().text().c_str());
            });
            ::_exit(named ? 0 : 1);
        }
        int status = 0;
        QCOMPARE(::waitpid(child, &status, 0), child);
        QVERIFY(WIFEXITED(status));
        QCOMPARE(WEXITSTATUS(status), 0);
        QCOMPARE(m_space->shell("nft list ruleset"), QString());
    }

private:
    std::optional<RedirectTable> install(const steal::RedirectRules& rules)
    {
        std::optional<RedirectTable> made;
        m_space->inside([&] {
            auto table = installHere(rules);
            if (!table)
                qFatal("%s", table.error().text().c_str());
            made.emplace(std::move(*table));
        });
        return made;
    }

    std::unique_ptr<NetworkNamespace> m_space;
};

QTEST_GUILESS_MAIN(TestRedirectTable)

#include "tst_redirect_table.moc"
