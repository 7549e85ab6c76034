// SPDX-License-Identifier: Apache-2.0
// Incident I4 end to end: one client stops taking, the other gets everything, and what the slow one
// is told adds up to the byte. Through a listening agent, so the proof is tried too.
#include "core/io/socket.h"

#include "agent_client.h"
#include "lab.h"

#include <QTest>

#include <unistd.h>

using namespace podglass;
using test::AgentClient;
using test::Lab;

namespace {

const std::string secret = "0123456789abcdef-secret";
constexpr int requests = 80;
constexpr int bodyBytes = 200'000; // below the preview limit, so every byte is an event's

struct Sum
{
    std::uint64_t bytes = 0;
    std::uint64_t lostBytes = 0;
    std::uint64_t lostEvents = 0;
};

Sum sumOf(const AgentClient& client)
{
    Sum sum;
    for (const flow::Event& event : client.events()) {
        sum.bytes += flow::payloadBytes(event);
        if (const auto* lost = std::get_if<flow::Lost>(&event.body)) {
            sum.lostBytes += lost->bytes;
            sum.lostEvents += lost->events;
        }
    }
    return sum;
}

} // namespace

class TestAgentSlowClient : public QObject
{
    Q_OBJECT

private slots:

    void init()
    {
        QString why;
        m_lab = Lab::make(why);
        if (!m_lab)
            QSKIP(qPrintable(why));
        QFile file(m_directory.path() + "/secret");
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(secret.c_str());
        file.close();
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
        m_path = m_directory.path().toStdString() + "/agent.sock";
        m_agent.start(PODGLASS_AGENT,
                      {"--listen", ("unix:" + m_path).c_str(), "--secret-file", file.fileName()});
        QVERIFY(m_agent.waitForReadyRead(10'000) || m_agent.waitForStarted());
        QTRY_VERIFY(QFile::exists(m_path.c_str()));
    }

    void cleanup()
    {
        m_agent.terminate();
        m_agent.waitForFinished();
        m_lab.reset();
    }

    void aWrongSecretClosesTheConnection()
    {
        auto client = connectClient("stranger");
        QVERIFY(client);
        QVERIFY(!client->prove("guess"));
        QVERIFY(client->ended());
        QVERIFY(!client->last<wire::Telemetry>());
    }

    void theSlowOneIsToldWhatItLost()
    {
        m_lab->serve("big", QByteArray(bodyBytes, 'x'));
        auto fast = connectClient("fast");
        auto slow = connectClient("slow");
        QVERIFY(fast && fast->prove(secret) && slow && slow->prove(secret));
        QVERIFY(fast->attach(m_lab->spec()) && slow->attach(m_lab->spec()));
        QCOMPARE(fast->target().value, slow->target().value);
        slow->granting = false;
        QVERIFY(fast->setPort(8080, wire::Mode::Mirror));
        QVERIFY(slow->setPort(8080, wire::Mode::Mirror));
        QProcess curl;
        curl.start("ip",
                   {"netns",
                    "exec",
                    m_lab->name(),
                    "sh",
                    "-c",
                    QString("for i in $(seq %1); do curl -s -o /dev/null "
                            "http://127.0.0.1:8080/big; done")
                        .arg(requests)});
        const auto both = [&](const std::function<bool()>& done) {
            return fast->readUntil(
                [&] {
                    slow->readUntil([] { return false; }, std::chrono::milliseconds(5));
                    return done();
                },
                std::chrono::seconds(40));
        };
        QVERIFY(
            both([&] { return curl.state() == QProcess::NotRunning || curl.waitForFinished(1); }));
        QVERIFY(both([&] { return fast->count<flow::ConnectionClosed>() == requests; }));
        QCOMPARE(sumOf(*fast).lostEvents, 0U);

        slow->granting = true;
        slow->grantEvents(64 << 20);
        QVERIFY(both([&] {
            const auto* now = slow->last<wire::Telemetry>();
            const Sum sum = sumOf(*slow);
            return now != nullptr && now->lostEvents != 0 && now->lag.events == 0
                   && now->deliveredBytes == sum.bytes && now->lostBytes == sum.lostBytes
                   && now->offeredEvents == now->deliveredEvents + now->lostEvents;
        }));
        const Sum sum = sumOf(*slow);
        const auto* telemetry = slow->last<wire::Telemetry>();
        QCOMPARE(telemetry->offeredBytes, sum.bytes + sum.lostBytes);
        QCOMPARE(sum.bytes + sum.lostBytes, sumOf(*fast).bytes);
        QCOMPARE(slow->count<flow::ConnectionClosed>() <= std::size_t(requests), true);
        qInfo("of %llu bytes the slow client got %llu and was told of %llu lost",
              static_cast<unsigned long long>(sumOf(*fast).bytes),
              static_cast<unsigned long long>(sum.bytes),
              static_cast<unsigned long long>(sum.lostBytes));
    }

private:
    std::unique_ptr<AgentClient> connectClient(const std::string& name) const
    {
        const auto address = io::unixAddress(m_path);
        if (!address)
            return nullptr;
        auto socket = io::beginConnect(*address);
        if (!socket)
            return nullptr;
        io::Fd output(::dup(socket->get()));
        return std::make_unique<AgentClient>(std::move(socket).value(), std::move(output), name);
    }

    QTemporaryDir m_directory;
    std::string m_path;
    std::unique_ptr<Lab> m_lab;
    QProcess m_agent;
};

QTEST_GUILESS_MAIN(TestAgentSlowClient)
#include "tst_agent_slow_client.moc"
