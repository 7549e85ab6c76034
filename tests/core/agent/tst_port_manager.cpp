// SPDX-License-Identifier: Apache-2.0
// What several clients want of one port, with redirects that are only written down.
#ifndef Q_MOC_RUN // moc 6.4 cannot read <concepts> as this order of headers brings it in
#include "core/agent/port_manager.h"
#endif

#include <optional>

#include <QTest>

using namespace podglass;
using wire::Mode;

namespace {

constexpr base::ClientId anna{1};
constexpr base::ClientId bert{2};
constexpr base::ClientId cleo{3};
constexpr std::uint16_t web = 8080;

// What happened to the redirects of a port.
struct Redirect
{
    std::vector<base::ClientId> takers; // the last setTakings
    std::vector<std::uint64_t> revisions;
    agent::TakenPort::Reports reports;
    bool started = false;
    bool released = false;
    bool gone = false;
    bool drained = true;
    std::optional<base::Duration> patience; // of the last endSilent()
};

class FakeTakenPort : public agent::TakenPort
{
public:
    FakeTakenPort(Redirect& redirect, bool refuses)
        : m_redirect(redirect)
        , m_refuses(refuses)
    {}

    ~FakeTakenPort() override { m_redirect.gone = true; }

    base::Status start() override
    {
        if (m_refuses)
            return base::Error{.what = "no nftables here", .where = "steal", .advice = ""};
        m_redirect.started = true;
        return base::Done{};
    }

    void setTakings(std::vector<steal::Taking> takings) override
    {
        m_redirect.takers.clear();
        m_redirect.revisions.clear();
        for (const steal::Taking& taking : takings) {
            m_redirect.takers.push_back(taking.client);
            m_redirect.revisions.push_back(taking.revision);
        }
    }

    void release() override { m_redirect.released = true; }

    void endSilent(base::Duration patience) override { m_redirect.patience = patience; }

    [[nodiscard]] bool drained() const override { return m_redirect.drained; }

    [[nodiscard]] std::size_t proxied() const override { return m_redirect.drained ? 0 : 1; }

    [[nodiscard]] std::string rulesText() const override { return "the rules"; }

private:
    Redirect& m_redirect;
    bool m_refuses;
};

struct NoGate : steal::TakerGate
{
    std::unique_ptr<steal::TakerStream>
    open(base::ClientId, wire::StealOpen, steal::TakerStream::Events) override
    {
        return nullptr;
    }
};

struct Services : agent::PortServices
{
    io::Loop& loop() override { return m_loop; }

    filter::Cache& filters() override { return m_filters; }

    steal::TakerGate& gate() override { return m_gate; }

    agent::ProxyEvents& proxyEvents() override { return m_proxyEvents; }

    [[nodiscard]] std::shared_ptr<channel::RingBudget> ringBudget() override { return {}; }

    [[nodiscard]] std::string nameOf(base::ClientId client) const override
    {
        return client == anna ? "anna" : client == bert ? "bert" : "cleo";
    }

    void tell(base::ClientId client, const wire::PortState& state) override
    {
        told.emplace_back(client, state);
    }

    [[nodiscard]] const agent::Means& means() const override { return m_means; }

    [[nodiscard]] std::string stealLacks() const override { return lacks; }

    std::string lacks;
    std::vector<std::pair<base::ClientId, wire::PortState>> told;

private:
    io::Loop m_loop;
    filter::Cache m_filters;
    NoGate m_gate;
    agent::Means m_means;
    agent::ProxyEvents m_proxyEvents{m_loop, {}, [] {}};
};

struct Rig
{
    wire::PortState set(base::ClientId client,
                        Mode mode,
                        const std::string& filter = {},
                        std::uint64_t revision = 1)
    {
        wire::SetPort wanted;
        wanted.port = web;
        wanted.mode = mode;
        wanted.filter = filter;
        wanted.revision = revision;
        services.told.clear();
        return ports.set(client, wanted);
    }

    [[nodiscard]] const Redirect& now() const { return *redirects.back(); }

    // Whether the capture shows new connections of the port; none: it is not captured.
    [[nodiscard]] std::optional<bool> shown() const
    {
        const auto found = plan.ports.find(web);
        return found == plan.ports.end() ? std::nullopt : std::optional(found->second);
    }

    [[nodiscard]] const wire::PortState* toldTo(base::ClientId client) const
    {
        for (const auto& [id, state] : services.told) {
            if (id == client)
                return &state;
        }
        return nullptr;
    }

    Services services;
    agent::CapturePlan plan;
    bool refuses = false;
    std::vector<std::unique_ptr<Redirect>> redirects;
    agent::PortManager ports{
        services,
        {.id = {7},
         .networkNamespace = -1,
         .capture =
             [this](agent::CaptureCommand command) {
                 plan = std::get<agent::CapturePlan>(command);
             },
         .openConnections = [](std::uint16_t) { return 3U; },
         .take = [this](steal::StealSetup,
                        agent::TakenPort::Reports reports) -> std::unique_ptr<agent::TakenPort> {
             redirects.push_back(std::make_unique<Redirect>());
             redirects.back()->reports = std::move(reports);
             return std::make_unique<FakeTakenPort>(*redirects.back(), refuses);
         }}};
};

using Clients = std::vector<base::ClientId>;

} // namespace

class TestPortManager : public QObject
{
    Q_OBJECT

private slots:

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
