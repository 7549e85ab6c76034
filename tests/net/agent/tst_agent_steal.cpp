// SPDX-License-Identifier: Apache-2.0
// Stealing through a real agent: a client answers, the agent is killed, a client goes away.
#include "agent_client.h"
#include "lab.h"

#include <QTest>

#include <signal.h>

using namespace podglass;
using test::AgentClient;
using test::Lab;

namespace {

constexpr auto get = "curl -s --max-time 10 http://127.0.0.1:8080/hello";

// Answers each stolen request as soon as its head is there.
void answerAll(AgentClient& client)
{
    client.onMessage = [&client](const wire::Message& message) {
        const auto* data = std::get_if<wire::StealData>(&message);
        if (data == nullptr || !client.stolen[data->stream].ends_with("\r\n\r\n"))
            return;
        const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nstolen";
        client.send(wire::StealData{data->stream, {answer.begin(), answer.end()}});
        client.send(wire::StealEnd{data->stream});
    };
    // Credit for whatever stream comes.
    const auto answer = client.onMessage;
    client.onMessage = [&client, answer](const wire::Message& message) {
        if (const auto* open = std::get_if<wire::StealOpen>(&message))
            client.send(wire::Credit{open->stream, 256 * 1024});
        answer(message);
    };
}

} // namespace

class TestAgentSteal : public QObject
{
    Q_OBJECT

private slots:

    void init()
    {
        QString why;
        m_lab = Lab::make(why);
        if (!m_lab)
            QSKIP(qPrintable(why));
        m_lab->serve("hello", "from nginx");
        m_client = AgentClient::start({"--stdio"});
        QVERIFY(m_client);
        QVERIFY(m_client->attach(m_lab->spec()));
        const auto* attached = m_client->last<wire::Attached>();
        if ((attached->capabilities & static_cast<std::uint64_t>(wire::Capability::Steal)) == 0)
            QSKIP(attached->lacking.c_str());
        answerAll(*m_client);
    }

    void cleanup()
    {
        m_client.reset();
        m_lab.reset();
    }

    void theClientAnswersWhatTheFilterMatches()
    {
        QVERIFY2(m_client->setPort(8080, wire::Mode::Steal, "header \"x-pg\" is \"me\""),
                 refusal());
        QVERIFY(!m_client->last<wire::PortState>()->rules.empty());
        QCOMPARE(fetch(std::string(get) + " -H 'x-pg: me'"), "stolen");
        QCOMPARE(fetch(get), "from nginx");
        QVERIFY(m_client->readUntil([&] { return m_client->count<flow::StealDecision>() >= 2; }));
        // Each request is shown once, by the proxy.
        QVERIFY(m_client->readUntil([&] { return m_client->count<flow::MessageEnd>() >= 4; }));
        QCOMPARE(m_client->count<flow::RequestHead>(), std::size_t(2));
        QVERIFY(m_client->setPort(8080, wire::Mode::Mirror));
        QCOMPARE(fetch(std::string(get) + " -H 'x-pg: me'"), "from nginx");
        QVERIFY(!m_lab->run("nft list ruleset").contains("redirect"));
    }

    void killedWhileStealingLeavesNoRule()
    {
        QVERIFY2(m_client->setPort(8080, wire::Mode::Steal), refusal());
        QVERIFY(!m_lab->run("nft list ruleset").isEmpty());
        ::kill(m_client->pid(), SIGKILL);
        QVERIFY(!m_client->readUntil([] { return false; }));
        QTRY_COMPARE(m_lab->run("nft list ruleset"), "");
        QCOMPARE(m_lab->run(get), "from nginx");
    }

    void aClientThatGoesAwayStealsNoMore()
    {
        QVERIFY2(m_client->setPort(8080, wire::Mode::Steal), refusal());
        m_client->closeInput();
        QVERIFY(!m_client->readUntil([] { return false; }));
        QVERIFY(m_client->ended());
        QTRY_COMPARE(m_lab->run("nft list ruleset"), "");
        QCOMPARE(m_lab->run(get), "from nginx");
    }

    void aFilterThatIsWrongIsRefusedAndChangesNothing()
    {
        QVERIFY(m_client->setPort(8080, wire::Mode::Mirror));
        QVERIFY(!m_client->setPort(8080, wire::Mode::Steal, "path matches /(/"));
        const auto* state = m_client->last<wire::PortState>();
        QVERIFY(state->refused);
        QVERIFY(state->mode == wire::Mode::Mirror);
        QVERIFY(!state->message.empty());
    }

private:
    const char* refusal() const
    {
        const auto* state = m_client->last<wire::PortState>();
        return state != nullptr ? state->message.c_str() : "no answer";
    }

    // The client must answer while curl waits.
    QString fetch(const std::string& command)
    {
        QProcess curl;
        curl.start("ip", {"netns", "exec", m_lab->name(), "sh", "-c", command.c_str()});
        m_client->readUntil([&] { return curl.waitForFinished(10); });
        return QString::fromUtf8(curl.readAllStandardOutput());
    }

    std::unique_ptr<Lab> m_lab;
    std::unique_ptr<AgentClient> m_client;
};

QTEST_GUILESS_MAIN(TestAgentSteal)
#include "tst_agent_steal.moc"
