// SPDX-License-Identifier: Apache-2.0
// A real agent as a child, a real nginx and curl in a namespace of their own.
#include "agent_client.h"
#include "held_thread.h"
#include "lab.h"

#include <QTest>

using namespace podglass;
using test::AgentClient;
using test::HeldThread;
using test::Lab;

namespace {

std::string bodyOf(const AgentClient& client, flow::Direction direction)
{
    std::string body;
    for (const flow::Event& event : client.events()) {
        const auto* data = std::get_if<flow::BodyData>(&event.body);
        if (data != nullptr && data->direction == direction)
            body += bytes::asText(data->data);
    }
    return body;
}

} // namespace

class TestAgentMirror : public QObject
{
    Q_OBJECT

private slots:

    void init()
    {
        QString why;
        m_lab = Lab::make(why);
        if (!m_lab)
            QSKIP(qPrintable(why));
        m_client = AgentClient::start({"--stdio"});
        QVERIFY(m_client);
        QVERIFY(m_client->readUntil([&] { return m_client->last<wire::Hello>() != nullptr; }));
    }

    void cleanup()
    {
        m_client.reset();
        m_lab.reset();
    }

    void aGetIsSeenFromOpenToClose()
    {
        m_lab->serve("hello", "hello, world");
        QVERIFY2(m_client->attach(m_lab->spec()), reason());
        const auto* attached = m_client->last<wire::Attached>();
        QVERIFY(std::ranges::find(attached->interfaces, "lo") != attached->interfaces.end());
        QVERIFY(!attached->ports.empty());
        QCOMPARE(attached->ports.front().port, 8080);
        QCOMPARE(attached->ports.front().process, "nginx");
        QVERIFY(m_client->setPort(8080, wire::Mode::Mirror));
        QCOMPARE(m_lab->run("curl -s http://127.0.0.1:8080/hello"), "hello, world");
        QVERIFY(
            m_client->readUntil([&] { return m_client->count<flow::ConnectionClosed>() == 1; }));
        QCOMPARE(m_client->count<flow::ConnectionOpened>(), std::size_t(1));
        QCOMPARE(m_client->count<flow::RequestHead>(), std::size_t(1));
        QCOMPARE(m_client->count<flow::ResponseHead>(), std::size_t(1));
        QCOMPARE(m_client->count<flow::MessageEnd>(), std::size_t(2));
        QCOMPARE(bodyOf(*m_client, flow::Direction::ServerToClient), "hello, world");
        QVERIFY(m_client->readUntil([&] {
            const auto* telemetry = m_client->last<wire::Telemetry>();
            return telemetry != nullptr && telemetry->packets > 0
                   && telemetry->deliveredEvents == m_client->events().size();
        }));
        QCOMPARE(m_client->last<wire::Telemetry>()->lostEvents, 0U);
    }

    // The capture thread stands still as on a machine with too much to do: nobody is told that the
    // port is mirrored, though the agent answers.
    void mirroredIsToldWhenTheKernelsFilterIsInForce()
    {
        QVERIFY2(m_client->attach(m_lab->spec()), reason());
        std::optional<HeldThread> capture = HeldThread::niceOneUnder(m_client->pid());
        if (!capture)
            QSKIP("a thread of the agent may not be held here");
        m_client->send(wire::SetPort{m_client->target(), 8080, wire::Mode::Mirror, 1, {}});
        m_client->send(wire::Ping{77});
        QVERIFY(m_client->readUntil([&] {
            const auto* pong = m_client->last<wire::Pong>();
            return pong != nullptr && pong->token == 77;
        }));
        QVERIFY(m_client->last<wire::PortState>() == nullptr);
        capture.reset();
        QVERIFY(m_client->readUntil([&] { return m_client->last<wire::PortState>() != nullptr; }));
        QVERIFY(m_client->last<wire::PortState>()->mode == wire::Mode::Mirror);
        m_lab->run("curl -s -o /dev/null http://127.0.0.1:8080/");
        QVERIFY(m_client->readUntil([&] { return m_client->count<flow::RequestHead>() == 1; }));
    }

    void nothingComesOfPortsThatNobodyWants()
    {
        QVERIFY2(m_client->attach(m_lab->spec()), reason());
        QVERIFY(m_client->setPort(9999, wire::Mode::Mirror));
        m_lab->run("curl -s -o /dev/null http://127.0.0.1:8080/");
        const auto before = m_client->messages.size();
        QVERIFY(m_client->readUntil([&] { return m_client->messages.size() > before + 1; }));
        QVERIFY(m_client->events().empty());
    }

    void aTargetThatIsNotThereIsAFailureWithAdvice()
    {
        QVERIFY(!m_client->attach("netns:pg-agent-none"));
        const auto* failure = m_client->last<wire::Failure>();
        QVERIFY(failure);
        QVERIFY(failure->advice.find("--list-targets") != std::string::npos);
    }

    void theAgentEndsWithItsStream()
    {
        QVERIFY2(m_client->attach(m_lab->spec()), reason());
        m_client->closeInput();
        QVERIFY(!m_client->readUntil([] { return false; }));
        QVERIFY(m_client->ended());
    }

    void targetsAreListed()
    {
        m_client->send(wire::ListTargets{7});
        QVERIFY(m_client->readUntil([&] { return m_client->last<wire::TargetList>() != nullptr; }));
        const auto* list = m_client->last<wire::TargetList>();
        QCOMPARE(list->request, 7U);
        const std::string spec = m_lab->spec();
        const auto own = std::ranges::find(list->targets, spec, &wire::Target::spec);
        QVERIFY(own != list->targets.end());
        QCOMPARE(own->ports.front().process, "nginx");
    }

private:
    const char* reason() const
    {
        const auto* failure = m_client->last<wire::Failure>();
        return failure != nullptr ? failure->what.c_str() : "no answer";
    }

    std::unique_ptr<Lab> m_lab;
    std::unique_ptr<AgentClient> m_client;
};

QTEST_GUILESS_MAIN(TestAgentMirror)
#include "tst_agent_mirror.moc"
