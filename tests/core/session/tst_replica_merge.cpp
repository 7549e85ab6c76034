// SPDX-License-Identifier: Apache-2.0
// Many agents, one for each replica, speak as one.
#include "core/session/replica_merge.h"

#include <QTest>

using namespace podglass;

namespace {

wire::PortState port(wire::Mode mode, std::uint64_t revision, bool refused, std::string message)
{
    wire::PortState state;
    state.mode = mode;
    state.revision = revision;
    state.refused = refused;
    state.message = std::move(message);
    return state;
}

} // namespace

class TestReplicaMerge : public QObject
{
    Q_OBJECT

private slots:

    void manyAgentsSpeakAsOne()
    {
        using wire::Mode;
        const auto steals = port(Mode::Steal, 3, false, "");
        const auto mirrors = port(Mode::Mirror, 2, false, "came later");
        const auto refuses = port(Mode::Off, 2, true, "no right");
        const std::array<session::PortVoice, 2> two{{{"a", &steals}, {"b", &mirrors}}};
        const auto merged = session::mergedPort(two);
        QVERIFY(merged.mode == Mode::Steal); // nothing is stolen unseen
        QCOMPARE(merged.revision, std::uint64_t{2});
        QCOMPARE(merged.message, std::string("b: came later"));
        const std::array<session::PortVoice, 2> mixed{{{"a", &steals}, {"b", &refuses}}};
        QVERIFY(!session::mergedPort(mixed).refused);
        const std::array<session::PortVoice, 2> all{{{"a", &refuses}, {"b", &refuses}}};
        QVERIFY(session::mergedPort(all).refused);
        QCOMPARE(session::mergedPort(all).message, std::string("no right"));

        wire::Telemetry first;
        first.lostBytes = 5;
        first.agent.limit = 100;
        first.agent.anonymous = 90;
        first.lag.microseconds = 7;
        wire::Telemetry second = first;
        second.agent.anonymous = 10;
        second.lag.microseconds = 70;
        wire::Telemetry ended;
        ended.lostBytes = 100;
        const std::array<const wire::Telemetry*, 2> samples{&first, &second};
        const auto sum = session::mergedTelemetry(samples, ended);
        QCOMPARE(sum.lostBytes, std::uint64_t{110});
        QCOMPARE(sum.agent.anonymous, std::uint64_t{90});
        QCOMPARE(sum.lag.microseconds, std::uint64_t{70});
    }

    void idsOfDifferentAgentsStayApart()
    {
        session::ReplicaIds ids;
        const base::ExchangeId one{1};
        const base::ExchangeId again{1 | (std::uint64_t{1} << 48)};
        const auto a = ids.ours(one, 1);
        const auto b = ids.ours(one, 2);
        const auto c = ids.ours(again, 1);
        QVERIFY(a.value != b.value && a.value != c.value && b.value != c.value);
        QCOMPARE(ids.ours(one, 1).value, a.value);
        QCOMPARE(ids.ours({0}, 1).value, std::uint64_t{0});
    }
};

QTEST_APPLESS_MAIN(TestReplicaMerge)
#include "tst_replica_merge.moc"
