// SPDX-License-Identifier: Apache-2.0
#include "core/base/digest.h"
#include "core/base/limits.h"

#include "tests/core/session/playbook.h"

#include <QTemporaryDir>
#include <QTest>

using namespace podglass;
using namespace playbook;
using session::State;

namespace {

flow::Event eventOf(std::uint64_t connection, flow::Body body)
{
    return {.target = {7}, .connection = {connection}, .at = {1}, .body = std::move(body)};
}

wire::Attached attachedAs(std::uint32_t request, std::uint64_t target)
{
    wire::Attached attached;
    attached.request = request;
    attached.target = {target};
    attached.spec = "netns:shop";
    return attached;
}

wire::SetPort stealing(base::TargetId target)
{
    wire::SetPort port;
    port.target = target;
    port.port = 80;
    port.mode = wire::Mode::Steal;
    port.filter = "path starts with \"/cart\"";
    return port;
}

} // namespace

class TestEngine : public QObject
{
    Q_OBJECT

private slots:

    void greetsGrantsAndPings()
    {
        session::Options options;
        options.clientName = "ana@laptop";
        Stage stage(options);
        stage.engine.connect();
        QCOMPARE(stage.hear<wire::Hello>().value().host, "ana@laptop");
        wire::Hello hello;
        hello.build = "0.1.0";
        hello.host = "build-3";
        hello.lacking = "no CAP_NET_ADMIN: nothing can be stolen";
        stage.say(hello);
        QCOMPARE(stage.update<session::StateChanged>().value().state, State::Connecting);
        QCOMPARE(stage.state(State::Live).value().detail, "agent 0.1.0 on build-3");
        QCOMPARE(stage.update<wire::Hello>().value().lacking, hello.lacking);
        QCOMPARE(stage.hear<wire::Credit>().value().bytes, limits::eventCreditBytes);
        const auto ping = stage.hear<wire::Ping>();
        stage.say(wire::Pong{ping.value().token});
        QVERIFY(stage.update<session::Traffic>());
        QVERIFY(stage.update<session::Traffic>().value().roundTripMicroseconds > 0);
    }

    void anotherVersionIsRefusedNamingBoth()
    {
        Stage stage;
        stage.engine.connect();
        wire::Hello hello;
        hello.major = 9;
        hello.minor = 4;
        stage.say(hello);
        const auto failed = stage.state(State::Failed);
        QCOMPARE(failed.value().error.what,
                 "the agent speaks version 9.4, we speak 1." + std::to_string(wire::protocolMinor));
    }

    void whatWasNeverLiveIsNotTriedAgain()
    {
        Stage stage;
        stage.engine.connect();
        QVERIFY(stage.hear<wire::Hello>());
        stage.agent.reset();
        QCOMPARE(stage.state(State::Failed).value().error.what, "cut");
        QCOMPARE(stage.connections, 1);
    }

    void agentsOwnWordsOfRefusalAreShown()
    {
        Stage stage;
        stage.engine.connect();
        stage.say(wire::Failure{0, {}, "too many clients", "agent", "close one", true});
        QCOMPARE(stage.state(State::Failed).value().error.what, "too many clients");
    }

    void eventsBeforeTheGreetingEndIt()
    {
        Stage stage;
        stage.engine.connect();
        stage.say(eventOf(1, flow::ConnectionOpened{}));
        QVERIFY(stage.state(State::Failed));
    }

    void aHugeFrameEndsIt()
    {
        Stage stage;
        QVERIFY(stage.greet());
        const std::array<std::uint8_t, 12> header{0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0, 0, 0, 0, 0};
        stage.raw(header);
        QVERIFY(stage.state(State::Reconnecting));
    }

    // The wish survives; stealing does not; ids of the new agent do not collide with the old one's.
    void comesBackWithItsWishes()
    {
        Stage stage;
        QVERIFY(stage.greet());
        stage.engine.attach(5, "netns:shop");
        QCOMPARE(stage.hear<wire::Attach>().value().spec, "netns:shop");
        stage.say(attachedAs(5, 7));
        const auto target = stage.update<wire::Attached>().value().target;
        stage.engine.setPort(stealing(target));
        const auto first = stage.hear<wire::SetPort>().value();
        QCOMPARE(first.target.value, 7U);
        QCOMPARE(first.mode, wire::Mode::Steal);
        stage.say(eventOf(1, flow::ConnectionOpened{}));
        const auto before = stage.update<flow::EventBatch>().value();
        QVERIFY(before.events.front().target == target);

        stage.agent.reset();
        const auto waiting = stage.state(State::Reconnecting);
        QVERIFY2(waiting.value().detail.starts_with("in 0."), waiting->detail.c_str());
        QCOMPARE(waiting->error.what, "cut");
        QVERIFY(stage.hear<wire::Hello>());
        stage.say(wire::Hello{});
        QVERIFY(stage.state(State::Live));
        const auto gap = stage.update<session::Break>();
        QVERIFY(gap.value().from.nanoseconds > 0 && gap->until > gap->from);
        QCOMPARE(stage.hear<wire::Attach>().value().request, 5U);
        stage.say(attachedAs(5, 3)); // the new agent counts anew
        QVERIFY(stage.update<wire::Attached>().value().target == target);
        const auto again = stage.hear<wire::SetPort>().value();
        QCOMPARE(again.target.value, 3U);
        QCOMPARE(again.mode, wire::Mode::Mirror);
        QCOMPARE(again.filter, first.filter);
        wire::PortState state;
        state.target = {3};
        state.port = 80;
        state.mode = wire::Mode::Mirror;
        stage.say(state);
        const auto told = stage.update<wire::PortState>().value();
        QVERIFY(told.target == target);
        QVERIFY(told.message.find("only mirrored now") != std::string::npos);
        auto later = eventOf(1, flow::ConnectionOpened{});
        later.target = {3};
        stage.say(later);
        const auto after = stage.update<flow::EventBatch>().value();
        QVERIFY(after.events.front().target == target);
        QVERIFY(after.events.front().connection != before.events.front().connection);
    }

    void neverGoesBackToAChangedHostKey()
    {
        Stage stage;
        QVERIFY(stage.greet());
        FakeCarrier::loss.fault = session::Fault::HostKey;
        stage.agent.reset();
        QVERIFY(stage.state(State::Failed));
        QCOMPARE(stage.connections, 1);
    }

    void disconnectSaysGoodbye()
    {
        Stage stage;
        QVERIFY(stage.greet());
        stage.engine.disconnect();
        QVERIFY(stage.hear<wire::Goodbye>());
        QVERIFY(stage.state(State::Disconnected));
    }

    // A consumer that does not take stops the reading of the stream, and nothing is lost by it.
    void aFullChannelStopsTheReading()
    {
        Stage stage({}, 64 * 1024);
        QVERIFY(stage.greet());
        stage.holdUpdates = true;
        const std::vector<std::uint8_t> data(16'000, 'x');
        std::vector<std::uint8_t> frame;
        wire::encode(eventOf(1, flow::StreamData{.data = data}), frame);
        std::size_t sent = 0; // frames; a part counts when its rest is out
        bytes::ByteView rest = frame;
        int refused = 0;
        while (refused < 200) {
            const ssize_t took = ::send(stage.agent.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
            refused = took > 0 ? 0 : refused + 1;
            rest = rest.subspan(took > 0 ? static_cast<std::size_t>(took) : 0);
            if (rest.empty()) {
                rest = frame;
                ++sent;
                QVERIFY2(sent < 1'000, "16 MB were taken without anybody reading them");
            }
            stage.loop.runOnce({});
        }
        QVERIFY(stage.updates.cost() >= 48 * 1024);
        stage.holdUpdates = false;
        if (rest.size() != frame.size()) {
            stage.raw(rest);
            ++sent;
        }
        std::size_t events = 0;
        QVERIFY(stage.until([&] {
            for (auto& each : stage.told) {
                if (const auto* batch = std::get_if<flow::EventBatch>(&each))
                    events += batch->events.size();
            }
            stage.told.clear();
            return events == sent;
        }));
        QVERIFY(stage.hear<wire::Credit>());
    }

    void provesAndDemandsTheSecret_data()
    {
        QTest::addColumn<QString>("agents");
        QTest::newRow("same") << "correct horse battery";
        QTest::newRow("other") << "incorrect horse battery";
    }

    void provesAndDemandsTheSecret()
    {
        QFETCH(QString, agents);
        const QTemporaryDir folder;
        QFile file(folder.filePath("secret"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("correct horse battery\n");
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
        file.close();
        session::Options options;
        options.road.kind = session::RoadKind::Unix;
        options.road.secretFile = file.fileName().toStdString();
        Stage stage(options);
        stage.engine.connect();
        const auto client = stage.hear<wire::Hello>().value();
        wire::Hello agent;
        agent.nonce.fill(9);
        stage.say(agent);
        const auto macOf = [&](std::string_view role, const std::string& secret) {
            std::vector<std::uint8_t> text(role.begin(), role.end());
            text.insert(text.end(), client.nonce.begin(), client.nonce.end());
            text.insert(text.end(), agent.nonce.begin(), agent.nonce.end());
            return base::hmac(bytes::asBytes(secret), text);
        };
        QVERIFY(stage.hear<wire::Proof>().value().mac == macOf("client", "correct horse battery"));
        stage.say(wire::Proof{macOf("agent", agents.toStdString())});
        const bool same = QByteArray(QTest::currentDataTag()) == "same";
        QVERIFY(stage.state(same ? State::Live : State::Failed));
    }

    void aSecretThatOthersCanReadIsRefused()
    {
        const QTemporaryDir folder;
        QFile file(folder.filePath("secret"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("correct horse battery\n");
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup);
        file.close();
        session::Options options;
        options.road.secretFile = file.fileName().toStdString();
        Stage stage(options);
        stage.engine.connect();
        QCOMPARE(stage.state(State::Failed).value().error.what, "others may read it");
        QCOMPARE(stage.connections, 0);
    }
};

QTEST_APPLESS_MAIN(TestEngine)
#include "tst_engine.moc"
