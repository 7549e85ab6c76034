// SPDX-License-Identifier: Apache-2.0
// What several clients want of one port, with redirects that are only written down.
#include "tests/core/agent/port_rig.h"

#include <QTest>

using namespace podglass;
using namespace podglass::test;

namespace {

using Rig = PortRig;
using Clients = std::vector<base::ClientId>;

} // namespace

class TestPortManager : public QObject
{
    Q_OBJECT

private slots:

    // F16: at 90 % of the memory limit. Mirroring costs nothing while it pauses, so it may be
    // asked.
    void nothingNewIsStolenWithoutMemory()
    {
        Rig rig;
        rig.services.scarce = true;
        const wire::PortState refused = rig.set(anna, Mode::Steal, "method is \"GET\"");
        QVERIFY(refused.refused);
        QVERIFY(refused.message.find("no memory is left") != std::string::npos);
        QVERIFY(rig.redirects.empty());
        QVERIFY(!rig.set(bert, Mode::Mirror).refused);
        rig.services.scarce = false;
        QVERIFY(!rig.set(anna, Mode::Steal, "method is \"GET\"").refused);
        rig.services.scarce = true; // what is stolen already is edited all the same
        QVERIFY(!rig.set(anna, Mode::Steal, "method is \"PUT\"", 2).refused);
    }

    void offMirrorStealAndBack()
    {
        Rig rig;
        QVERIFY(rig.ports.quiet());
        QVERIFY(rig.set(anna, Mode::Mirror).mode == Mode::Mirror);
        QCOMPARE(rig.shown(), std::optional(true));
        QVERIFY(rig.redirects.empty());

        const wire::PortState stealing = rig.set(anna, Mode::Steal, "path is /a", 5);
        QVERIFY(stealing.mode == Mode::Steal);
        QVERIFY(!stealing.refused);
        QCOMPARE(stealing.revision, 5U);
        QCOMPARE(stealing.rules, "the rules");
        QCOMPARE(stealing.oldConnections, 3U);
        QCOMPARE(rig.shown(), std::optional(false)); // now the proxy shows it
        QVERIFY(rig.now().started);
        QVERIFY(!rig.ports.quiet());

        const wire::PortState mirrored = rig.set(anna, Mode::Mirror);
        QVERIFY(mirrored.mode == Mode::Mirror);
        QVERIFY(mirrored.rules.empty());
        QVERIFY(rig.now().released);
        QCOMPARE(rig.shown(), std::optional(true));

        QVERIFY(rig.set(anna, Mode::Off).mode == Mode::Off);
        QVERIFY(!rig.shown());
    }

    // What the proxy shows need not come from the kernel as well, but for who was there before.
    void whileStolenOnlyOldConnectionsAreCaptured()
    {
        Rig rig;
        const std::map<std::uint16_t, std::vector<std::uint16_t>> old{{web, {40'000}}};
        rig.set(anna, Mode::Steal);
        QVERIFY(rig.plan.oldPeers == old);
        rig.peers = std::vector<std::uint16_t>{50'000}; // meanwhile; asked only when it begins
        rig.set(bert, Mode::Mirror);
        QVERIFY(rig.plan.oldPeers == old);
        rig.set(anna, Mode::Off);
        QCOMPARE(rig.shown(), std::optional(true));
        QVERIFY(rig.plan.oldPeers.empty());
        // Where nobody may look, or there are too many, all of the port is captured.
        rig.peers = base::Error{.what = "no", .where = "", .advice = ""};
        rig.set(anna, Mode::Steal);
        QCOMPARE(rig.shown(), std::optional(false));
        QVERIFY(rig.plan.oldPeers.empty());
    }

    // Who is told "mirrored" sends the next request; before the kernel's filter is in force, that
    // would not be seen.
    void aStateIsToldWhenTheCaptureHasIt()
    {
        Rig rig;
        rig.slowCapture = true;
        QVERIFY(rig.set(anna, Mode::Mirror).mode == Mode::Mirror);
        QVERIFY(!rig.answered);
        // Nothing overtakes it: neither her next wish, which needs no new plan, nor a refusal, nor
        // what others do.
        rig.set(anna, Mode::Mirror, {}, 2);
        QVERIFY(rig.set(anna, Mode::Steal, "no filter", 3).refused);
        QVERIFY(rig.set(bert, Mode::Steal, "path is /b").mode == Mode::Steal);
        QVERIFY(rig.services.told.empty());

        rig.ports.planInForce();
        std::vector<std::uint64_t> revisions;
        for (const auto& [client, state] : rig.services.told) {
            QCOMPARE(client, anna);
            revisions.push_back(state.revision);
        }
        QCOMPARE(revisions, (std::vector<std::uint64_t>{1, 2, 3}));
        rig.services.told.clear();
        rig.ports.planInForce();
        QVERIFY(rig.toldTo(bert));
        QVERIFY(rig.toldTo(anna));
        QCOMPARE(rig.toldTo(anna)->otherClients.size(), std::size_t(1));

        // Who left is told nothing, and who floods is told early.
        rig.set(bert, Mode::Off);
        rig.set(anna, Mode::Steal, "path is /a");
        rig.ports.clientLeft(anna);
        rig.services.told.clear();
        for (std::size_t i = 0; i < 3; ++i)
            rig.ports.planInForce();
        QVERIFY(!rig.toldTo(anna));
        rig.set(bert, Mode::Mirror);
        for (std::size_t i = 1; i < limits::heldPortStates; ++i)
            rig.set(bert, Mode::Mirror);
        QVERIFY(rig.services.told.empty());
        rig.set(bert, Mode::Mirror);
        QVERIFY(rig.answered);
    }

    void whatIsProxiedIsLeftToEnd()
    {
        Rig rig;
        rig.set(anna, Mode::Steal);
        rig.redirects.back()->drained = false;
        rig.set(anna, Mode::Off);
        rig.ports.tick();
        QVERIFY(rig.now().released);
        QVERIFY(!rig.now().gone);
        QVERIFY(!rig.ports.quiet());
        QCOMPARE(rig.ports.proxied(), std::size_t(1));
        const QString shown = QString::fromStdString(rig.ports.rulesText());
        QVERIFY(shown.startsWith("# given back: redirects nothing new; 1 connection "));
        QVERIFY(shown.endsWith("the rules"));
        // Stealing again meanwhile is a redirect of its own, and none that is seen out.
        rig.set(anna, Mode::Steal);
        QCOMPARE(rig.redirects.size(), std::size_t(2));
        rig.ports.endSilent(std::chrono::seconds(3));
        QCOMPARE(rig.redirects.front()->patience.value_or(base::Duration{}),
                 std::chrono::seconds(3));
        QVERIFY(!rig.redirects.back()->patience);
        rig.set(anna, Mode::Off);
        rig.redirects.front()->drained = true;
        rig.ports.tick();
        QVERIFY(rig.redirects.front()->gone);
        QVERIFY(rig.ports.quiet());
    }

    void takersAreOrderedByAge()
    {
        Rig rig;
        rig.set(bert, Mode::Steal, "path is /b");
        const wire::PortState second = rig.set(anna, Mode::Steal, "path is /a");
        QCOMPARE(rig.redirects.size(), std::size_t(1)); // one redirect for both
        QVERIFY((rig.now().takers == Clients{bert, anna}));
        QVERIFY((second.otherClients
                 == std::vector<std::string>{"bert (steals before you: path is /b)"}));
        QVERIFY(rig.toldTo(bert));
        QVERIFY((rig.toldTo(bert)->otherClients
                 == std::vector<std::string>{"anna (steals after you: path is /a)"}));
        QVERIFY(!rig.toldTo(anna)); // she has her answer

        // An edited filter keeps its age.
        rig.set(bert, Mode::Steal, "path is /c", 2);
        QVERIFY((rig.now().takers == Clients{bert, anna}));
        QVERIFY((rig.now().revisions == std::vector<std::uint64_t>{2, 1}));

        // Who stops and begins again is the youngest.
        rig.set(bert, Mode::Mirror);
        QVERIFY((rig.now().takers == Clients{anna}));
        rig.set(bert, Mode::Steal, "path is /c", 3);
        QVERIFY((rig.now().takers == Clients{anna, bert}));
        QVERIFY(!rig.now().released);
    }

    void oneOfTwoLeaves()
    {
        Rig rig;
        rig.set(anna, Mode::Steal, "path is /a");
        rig.set(bert, Mode::Steal, "path is /b");
        rig.set(cleo, Mode::Mirror);
        rig.services.told.clear();
        rig.ports.clientLeft(anna);
        QVERIFY((rig.now().takers == Clients{bert}));
        QVERIFY(!rig.now().released);
        QVERIFY(rig.toldTo(bert));
        QVERIFY((rig.toldTo(bert)->otherClients == std::vector<std::string>{"cleo (mirrors)"}));

        // The last taker leaves: the port is given back, and still mirrored.
        rig.ports.clientLeft(bert);
        QVERIFY(rig.now().released);
        QCOMPARE(rig.shown(), std::optional(true));
        QVERIFY(rig.toldTo(cleo));
        rig.ports.clientLeft(cleo);
        QVERIFY(!rig.shown());
        rig.ports.tick();
        QVERIFY(rig.ports.quiet());
    }

    void onlyOneTakesEverything()
    {
        Rig rig;
        QVERIFY(!rig.set(anna, Mode::Steal).refused);
        const wire::PortState refused = rig.set(bert, Mode::Steal, {}, 9);
        QVERIFY(refused.refused);
        QVERIFY(refused.mode == Mode::Off);
        QCOMPARE(refused.revision, 9U);
        QVERIFY2(refused.message.find("anna") != std::string::npos, refused.message.c_str());
        QVERIFY((rig.now().takers == Clients{anna}));
        QVERIFY(!rig.set(bert, Mode::Steal, "path is /b").refused);
        // Her own, again, is no rival of itself.
        QVERIFY(!rig.set(anna, Mode::Steal, {}, 2).refused);
        QVERIFY((rig.now().takers == Clients{anna, bert}));
    }

    void whatIsRefusedLeavesWhatWasThere_data()
    {
        QTest::addColumn<std::string>("filter");
        QTest::newRow("not a filter") << std::string("header is is");
        QTest::newRow("only for viewing") << std::string("status is 500");
    }

    void whatIsRefusedLeavesWhatWasThere()
    {
        QFETCH(std::string, filter);
        Rig rig;
        rig.set(anna, Mode::Steal, "path is /a", 4);
        const wire::PortState state = rig.set(anna, Mode::Steal, filter, 5);
        QVERIFY(state.refused);
        QVERIFY(!state.message.empty());
        QVERIFY(state.mode == Mode::Steal);
        QCOMPARE(state.revision, 5U); // of what was refused
        QVERIFY((rig.now().revisions == std::vector<std::uint64_t>{4}));
        QVERIFY(!rig.now().released);
        QVERIFY(rig.services.told.empty());
    }

    void aRedirectThatFailsLeavesTheMirror()
    {
        Rig rig;
        rig.set(anna, Mode::Mirror);
        rig.refuses = true;
        const wire::PortState state = rig.set(anna, Mode::Steal);
        QVERIFY(state.refused);
        QVERIFY(state.mode == Mode::Mirror);
        QVERIFY2(state.message.find("no nftables") != std::string::npos, state.message.c_str());
        QVERIFY(rig.now().gone);
        QCOMPARE(rig.shown(), std::optional(true));
        QVERIFY(rig.ports.quiet());
    }

    void withoutTheRightsItIsSaidWhatLacks()
    {
        Rig rig;
        rig.services.lacks = "CAP_NET_ADMIN";
        const wire::PortState state = rig.set(anna, Mode::Steal);
        QVERIFY(state.refused);
        QVERIFY2(state.message.find("CAP_NET_ADMIN") != std::string::npos, state.message.c_str());
        QVERIFY(rig.redirects.empty());
    }

    // The redirect removes itself (a loop, a limit, somebody else's nft): everybody is told.
    void aRedirectThatGivesUpIsAMirror()
    {
        Rig rig;
        rig.set(anna, Mode::Steal, "path is /a");
        rig.set(bert, Mode::Steal, "path is /b");
        rig.set(cleo, Mode::Mirror);
        rig.services.told.clear();
        const agent::TakenPort::Reports reports = rig.now().reports;
        reports.gaveUp(web, "its rules are gone");
        QVERIFY(!rig.now().gone); // the call came from inside it
        for (const base::ClientId client : {anna, bert, cleo}) {
            const wire::PortState* state = rig.toldTo(client);
            QVERIFY(state);
            QVERIFY(state->mode == Mode::Mirror);
            QVERIFY(state->rules.empty());
            QCOMPARE(state->message, client == cleo ? "" : "its rules are gone");
            QCOMPARE(state->otherClients.size(), std::size_t(2));
        }
        QCOMPARE(rig.shown(), std::optional(true));
        rig.ports.tick();
        QVERIFY(rig.now().gone);
        reports.gaveUp(web, "again"); // late, about a port that is not stolen
        QVERIFY(rig.ports.quiet());
        // And it can be stolen anew.
        QVERIFY(!rig.set(anna, Mode::Steal).refused);
        QCOMPARE(rig.redirects.size(), std::size_t(2));
    }

    void theLargestBodyLimitCounts()
    {
        Rig rig;
        wire::SetPort wanted;
        wanted.port = web;
        wanted.mode = Mode::Mirror;
        wanted.bodyLimit = 2 * limits::bodyPreviewBytes;
        rig.ports.set(anna, wanted);
        wanted.bodyLimit = 0;
        rig.ports.set(bert, wanted);
        QCOMPARE(rig.plan.bodyLimit, 2 * limits::bodyPreviewBytes);
        rig.ports.clientLeft(anna);
        QCOMPARE(rig.plan.bodyLimit, limits::bodyPreviewBytes);
    }

    void portZero()
    {
        Rig rig;
        wire::SetPort wanted;
        wanted.mode = Mode::Mirror;
        QVERIFY(rig.ports.set(anna, wanted).refused);
        QVERIFY(rig.plan.ports.empty());
    }
};

QTEST_APPLESS_MAIN(TestPortManager)
#include "tst_port_manager.moc"
