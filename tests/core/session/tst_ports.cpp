// SPDX-License-Identifier: Apache-2.0
// Which ports of a target are followed, and which of those named nobody has.
#ifndef Q_MOC_RUN // moc 6.4 cannot read <concepts> of GCC 12
#include "core/session/ports.h"
#endif

#include <QTest>

using namespace podglass;

namespace {

wire::Attached shop(std::vector<wire::ListeningPort> ports)
{
    wire::Attached target;
    target.name = "shop";
    target.ports = std::move(ports);
    return target;
}

std::string nobodyHas(const wire::Attached& target, const std::vector<std::uint16_t>& named)
{
    return session::portsNobodyHas(target, named);
}

} // namespace

class TestPorts : public QObject
{
    Q_OBJECT

private slots:

    void allThatListenButSshd()
    {
        const auto target = shop({{443, "::", "nginx"},
                                  {22, "0.0.0.0", "sshd"},
                                  {80, "0.0.0.0", "nginx"},
                                  {80, "::", "nginx"}});
        QCOMPARE(session::portsWorthFollowing(target), (std::vector<std::uint16_t>{80, 443}));
    }

    void aPortThatNobodyHasIsSaid()
    {
        const auto target = shop({{443, "::", "nginx"}, {22, "::", "sshd"}, {80, "::", "nginx"}});
        QCOMPARE(nobodyHas(target, {}), std::string());
        QCOMPARE(nobodyHas(target, {80, 22}), std::string());
        QCOMPARE(nobodyHas(target, {80, 8080}),
                 std::string("nothing listened on port 8080 of shop, only on 80, 443"));
        QCOMPARE(nobodyHas(shop({}), {1, 2}), std::string("nothing listened on port 1, 2 of shop"));
    }
};

QTEST_APPLESS_MAIN(TestPorts)
#include "tst_ports.moc"
