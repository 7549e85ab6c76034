// SPDX-License-Identifier: Apache-2.0
#include "core/session/address.h"

#include <QTest>

using namespace podglass::session;

Q_DECLARE_METATYPE(podglass::session::Address)

namespace {

Road road(RoadKind kind, std::string host, std::uint16_t port = 0, std::string user = {})
{
    Road made;
    made.kind = kind;
    made.host = std::move(host);
    made.port = port;
    made.user = std::move(user);
    return made;
}

Road withOptions(Road made, bool sudo, std::string config, std::string secret)
{
    made.sudo = sudo;
    made.configFile = std::move(config);
    made.secretFile = std::move(secret);
    return made;
}

} // namespace

class TestAddress : public QObject
{
    Q_OBJECT

private slots:

    void good_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<Address>("expected");
        const auto row = [](const char* text, Road expected, const char* target) {
            QTest::newRow(text) << QString(text) << Address{std::move(expected), target};
        };
        using enum RoadKind;
        row("local", {}, "");
        row("local/self", {}, "self");
        row("local/netns/shop?sudo", withOptions({}, true, "", ""), "netns:shop");
        row("local/netns/a%20b", {}, "netns:a b");
        row("local/pid/77", {}, "pid:77");
        row("ssh://build-3", road(Ssh, "build-3"), "");
        row("ssh://ana@b-3:2222/container/3f2a", road(Ssh, "b-3", 2222, "ana"), "container:3f2a");
        row("ssh://[fe80::1%25eth0]:22/self", road(Ssh, "fe80::1%eth0", 22), "self");
        row("ssh+system://bastion/netns/x?sudo&config=/etc/my%20config",
            withOptions(road(SystemSsh, "bastion"), true, "/etc/my config", ""),
            "netns:x");
        row("agent+unix:/run/x.sock//pid/7", road(Unix, "/run/x.sock"), "pid:7");
        row("agent+unix:/run/x.sock?secret=/run/s",
            withOptions(road(Unix, "/run/x.sock"), false, "", "/run/s"),
            "");
        row("agent+tcp://127.0.0.1:7777/self", road(Tcp, "127.0.0.1", 7777), "self");
        row("agent+tcp://[::1]:7777", road(Tcp, "::1", 7777), "");
    }

    void good()
    {
        QFETCH(QString, text);
        QFETCH(Address, expected);
        const auto parsed = parseAddress(text.toStdString());
        QVERIFY2(parsed, parsed ? "" : parsed.error().text().c_str());
        QVERIFY(parsed.value() == expected);
        QCOMPARE(QString::fromStdString(print(parsed.value())), text);
    }

    void canonical()
    {
        QCOMPARE(print(parseAddress("local/").value()), "local");
        QCOMPARE(print(parseAddress("ssh://a/netns/%73hop").value()), "ssh://a/netns/shop");
    }

    void bad_data()
    {
        QTest::addColumn<QString>("text");
        for (const char* text : {"",
                                 "shop",
                                 "localhost/self",
                                 "local/netns",
                                 "local/netns/",
                                 "local/netns/..",
                                 "local/netns/a%2fb",
                                 "local/netns/a%0ab",
                                 "local/netns/a%4",
                                 "local/netns/a%zz",
                                 "local/pid/0",
                                 "local/pid/-1",
                                 "local/pid/7x",
                                 "local/pid/99999999999",
                                 "local/planet/mars",
                                 "local/self?config=/x",
                                 "local/self?secret=/x",
                                 "local/self?wings",
                                 "local/self?sudo=1",
                                 "ssh://",
                                 "ssh:///self",
                                 "ssh://-oProxyCommand=x/self",
                                 "ssh://-l@host/self",
                                 "ssh://a b/self",
                                 "ssh://a%20b/self",
                                 "ssh://$(id)/self",
                                 "ssh://host:0/self",
                                 "ssh://host:/self",
                                 "ssh://host:70000/self",
                                 "ssh://host:22x/self",
                                 "ssh://[::1/self",
                                 "ssh://[::1]x/self",
                                 "ssh://@host/self",
                                 "ssh://host/self?agent=7777",
                                 "ssh://host/self?agent=a b:1",
                                 "agent+tcp://127.0.0.1/self",
                                 "agent+tcp://ana@127.0.0.1:7/self",
                                 "agent+tcp://127.0.0.1:7/self?sudo",
                                 "agent+unix:relative//self",
                                 "agent+unix://self",
                                 "agent+unix:"})
            QTest::newRow(text) << QString(text);
    }

    void bad()
    {
        QFETCH(QString, text);
        const auto parsed = parseAddress(text.toStdString());
        QVERIFY(!parsed);
        QVERIFY(!parsed.error().what.empty());
        QVERIFY(!parsed.error().advice.empty());
    }

    void unixPathsHaveALimit()
    {
        QVERIFY(parseAddress("agent+unix:/" + std::string(106, 'a')));
        QVERIFY(!parseAddress("agent+unix:/" + std::string(107, 'a')));
        QVERIFY(!parseAddress(std::string(5'000, 'a')));
    }
};

QTEST_APPLESS_MAIN(TestAddress)
#include "tst_address.moc"
