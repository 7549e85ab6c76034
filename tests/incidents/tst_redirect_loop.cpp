// SPDX-License-Identifier: Apache-2.0
// Incident I1: mirrord 3.138.0 sent its own passed-on connections back to itself until the target's
// memory was gone. Ours must not begin, must end within a second if the packet rules fail, and must
// leave nothing behind when the process dies.
#include "core/base/sanitized.h"

#include "tests/net/steal/rig_test.h"
#include "tests/support/quiet_machine.h"

#include <algorithm>
#include <fstream>

#include <QTest>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>

using namespace podglass;
using test::Rig;
using test::Service;
using test::Stream;
using namespace std::chrono_literals;

namespace {

const std::string request = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";

std::size_t residentBytes()
{
    std::ifstream file("/proc/self/statm");
    std::size_t total = 0;
    std::size_t resident = 0;
    file >> total >> resident;
    return resident * 4096;
}

// True if a fresh connection is answered by the original service.
bool answered(const std::string& address, std::string& got)
{
    Stream caller = Stream::to(address, Rig::port);
    caller.write(request);
    got = caller.readUntil(request);
    return got.find("Server: original") != std::string::npos;
}

} // namespace

class TestRedirectLoop : public test::RigTest
{
    Q_OBJECT

private slots:

    void oneConnectionEach_data()
    {
        QTest::addColumn<QString>("bound");
        QTest::addColumn<QString>("filter");
        for (const char* bound : {"127.0.0.1", "0.0.0.0", "10.77.0.2", "::1", "::", "fd77::2"}) {
            for (const char* filter : {"none",
                                       "header \"x-user\" is \"me\"",
                                       "not (header \"user-agent\" contains \"caller\")"})
                QTest::newRow((std::string(bound) + ", " + filter).c_str())
                    << QString(bound) << QString(filter);
        }
    }

    // Each binding, by the way that reaches it, with filters that do not match.
    void oneConnectionEach()
    {
        QFETCH(QString, bound);
        QFETCH(QString, filter);
        std::atomic<int> arrived = 0;
        Service service(*m_rig->target, bound.toStdString(), Rig::port, [&](Stream& stream) {
            const std::string first = stream.readExactly(request.size());
            arrived += first.empty() ? 0 : 1;
            stream.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
        });
        auto port = m_rig->started();
        if (filter != "none")
            port->setTakings(test::takeWhat(filter.toStdString()));
        const bool v6 = bound.contains(':');
        const bool any = bound == "0.0.0.0" || bound == "::";
        const std::string pod = v6 ? "fd77::2" : "10.77.0.2";
        const std::string lo = v6 ? "::1" : "127.0.0.1";
        constexpr int calls = 50;
        int wanted = 0;
        int good = 0;
        const auto call = [&](const test::NetworkNamespace& from, const std::string& to) {
            wanted += calls;
            m_rig->during(from, [&] {
                for (int i = 0; i < calls; ++i) {
                    Stream caller = Stream::to(to, Rig::port);
                    caller.write("GET /x HTTP/1.1\r\nUser-Agent: caller\r\n\r\n");
                    good += caller.readAll().ends_with("ok") ? 1 : 0;
                }
            });
        };
        if (any || bound.toStdString() == pod) {
            call(*m_rig->callers, pod);
            call(*m_rig->target, pod);
        }
        if (any || bound.toStdString() == lo)
            call(*m_rig->target, lo);
        QCOMPARE(good, wanted);
        QCOMPARE(arrived.load(), wanted);
        QCOMPARE(m_rig->recorder.connections.size(), static_cast<std::size_t>(wanted));
        QVERIFY(m_rig->recorder.gaveUps.empty());
    }

    void tenThousandCallsDoNotGrow()
    {
        Service service(*m_rig->target, "0.0.0.0", Rig::port, test::echoRequests);
        auto port = m_rig->started();
        const auto call = [&](int times) {
            bool all = true;
            m_rig->during(*m_rig->callers, [&] {
                Stream caller = Stream::to("10.77.0.2", Rig::port);
                for (int i = 0; i < times; ++i) {
                    caller.write(request);
                    all = all && !caller.readUntil(request).empty();
                }
            });
            // Who is still shown bytes writes into its connection.
            all = all && m_rig->until([&] {
                return std::ranges::all_of(m_rig->recorder.connections, [](const auto& each) {
                    return each.second.closed.has_value();
                });
            });
            m_rig->recorder.connections.clear();
            m_rig->recorder.decisions = {};
            return all;
        };
        QVERIFY(call(1000));
        const std::size_t before = residentBytes();
        for (int i = 0; i < 10; ++i)
            QVERIFY(call(1000));
        const auto grown =
            static_cast<std::int64_t>(residentBytes()) - static_cast<std::int64_t>(before);
        qInfo("grown by %lld KiB over 10,000 requests", static_cast<long long>(grown / 1024));
        if (!base::sanitized) // whose own memory grows
            QVERIFY(grown <= 1 << 20);
    }

    void selfTestRefusesToBegin()
    {
        Service service(*m_rig->target, "0.0.0.0", Rig::port, test::echoRequests);
        steal::StealSetup setup = m_rig->setup();
        setup.withoutMarkRule = true;
        auto port = m_rig->portWith(setup);
        const base::Status started = port->start();
        QVERIFY(!started);
        qInfo("%s", started.error().text().c_str());
        QCOMPARE(m_rig->target->shell("nft list ruleset"), QString());
        bool good = false;
        std::string got;
        m_rig->during(*m_rig->callers, [&] { good = answered("10.77.0.2", got); });
        QVERIFY2(good, got.c_str());
    }

    void withoutTheMarkRuleItStopsItself_data()
    {
        QTest::addColumn<QString>("reached");
        QTest::addColumn<bool>("fromOutside");
        QTest::newRow("from outside") << "10.77.0.2" << true;
        QTest::newRow("inside, by its address") << "10.77.0.2" << false;
        QTest::newRow("over lo") << "127.0.0.1" << false;
        QTest::newRow("from outside, IPv6") << "fd77::2" << true;
    }

    void withoutTheMarkRuleItStopsItself()
    {
        QFETCH(QString, reached);
        QFETCH(bool, fromOutside);
        Service v4(*m_rig->target, "0.0.0.0", Rig::port, test::echoRequests);
        Service v6(*m_rig->target, "::", Rig::port, test::echoRequests);
        steal::StealSetup setup = m_rig->setup();
        setup.withoutMarkRule = true;
        setup.withoutSelfTest = true;
        auto port = m_rig->portWith(setup);
        QVERIFY(port->start());
        const auto begin = std::chrono::steady_clock::now();
        m_rig->during(fromOutside ? *m_rig->callers : *m_rig->target, [&] {
            for (int i = 0; i < 20; ++i) {
                Stream caller = Stream::to(reached.toStdString(), Rig::port);
                caller.write(request);
                caller.readUntil(request);
            }
        });
        QVERIFY(m_rig->until([&] { return !m_rig->recorder.gaveUps.empty(); }, 1s));
        const auto took = std::chrono::steady_clock::now() - begin;
        qInfo("%s: after %.1f ms and %zu connections",
              m_rig->recorder.gaveUps[0].c_str(),
              std::chrono::duration<double, std::milli>(took).count(),
              m_rig->recorder.connections.size());
        QVERIFY(took < 1s);
        QVERIFY(m_rig->recorder.connections.size() <= 100);
        QCOMPARE(m_rig->recorder.gaveUps.size(), std::size_t{1});
        QVERIFY(!m_rig->target->shell("nft list ruleset").contains("redirect to"));
        bool good = false;
        std::string got;
        m_rig->during(*m_rig->callers, [&] { good = answered("10.77.0.2", got); });
        QVERIFY2(good, got.c_str());
    }

    // The agent dies by SIGKILL while connections are under way.
    void killedAgentLeavesNothing()
    {
        Service service(*m_rig->target, "0.0.0.0", Rig::port, [](Stream& stream) {
            const std::string head = stream.readUntil("\r\n\r\n");
            if (head.find("/wait") != std::string::npos)
                stream.readAll();
            else
                stream.write("HTTP/1.1 200 OK\r\nServer: original\r\n\r\n" + head);
        });
        std::chrono::nanoseconds slowest{0};
        for (int round = 0; round < 20; ++round) {
            const io::Fd ready = io::makeEventFd();
            const pid_t agent = startAgent(ready);
            std::uint64_t count = 0;
            QVERIFY(::fcntl(ready.get(), F_SETFL, 0) == 0);
            QCOMPARE(::read(ready.get(), &count, sizeof count), ssize_t{sizeof count});
            bool good = false;
            bool waitingEnded = false;
            std::string got;
            std::chrono::nanoseconds took{0};
            m_rig->during(*m_rig->callers, [&] {
                Stream waiting = Stream::to("10.77.0.2", Rig::port);
                waiting.write("GET /wait HTTP/1.1\r\n\r\n");
                if (!answered("10.77.0.2", got)) // through the agent
                    return;
                const auto killed = std::chrono::steady_clock::now();
                ::kill(agent, SIGKILL);
                while (!good && std::chrono::steady_clock::now() - killed < 5s)
                    good = answered("10.77.0.2", got);
                took = std::chrono::steady_clock::now() - killed;
                waiting.readSome();
                waitingEnded = !waiting.timedOut();
            });
            int status = 0;
            ::waitpid(agent, &status, 0);
            QVERIFY(WIFSIGNALED(status));
            QVERIFY2(good, got.c_str());
            QVERIFY2(waitingEnded, "a caller of the dead agent was left without an end");
            slowest = std::max(slowest, took);
            QCOMPARE(m_rig->target->shell("nft list ruleset"), QString());
        }
        qInfo("service answered after at most %.1f ms",
              std::chrono::duration<double, std::milli>(slowest).count());
        QVERIFY(slowest <= 50ms || !test::quietMachine());
    }

private:
    // A process of its own that steals the port and rings `ready`.
    pid_t startAgent(const io::Fd& ready) const
    {
        const pid_t child = ::fork();
        if (child != 0)
            return child;
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        io::Loop loop;
        test::FakeGate gate;
        test::Recorder recorder;
        steal::StealPort port(loop, m_rig->setup(), recorder, gate, recorder);
        if (!port.start())
            ::_exit(1);
        io::ring(ready);
        loop.run();
        ::_exit(2);
    }
};

QTEST_GUILESS_MAIN(TestRedirectLoop)

#include "tst_redirect_loop.moc"
