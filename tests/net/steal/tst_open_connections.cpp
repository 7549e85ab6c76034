// SPDX-License-Identifier: Apache-2.0
// Connections that are open when stealing begins or ends: nobody's is cut.
#include "rig_test.h"

#include <QTest>

using namespace podglass;
using test::Rig;
using test::Service;
using test::Stream;
using namespace std::chrono_literals;

class TestOpenConnections : public test::RigTest
{
    Q_OBJECT

private slots:

    void olderConnectionsAndOthersServicesAreLeftAlone()
    {
        Service service(*m_rig->target, "0.0.0.0", Rig::port, test::echoRequests);
        Service elsewhere(*m_rig->callers, "0.0.0.0", Rig::port, test::echoRequests);
        const std::string request = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
        std::optional<Stream> old;
        m_rig->during(*m_rig->callers, [&] {
            old.emplace(Stream::to("10.77.0.2", Rig::port));
            old->write(request);
            old->readUntil(request);
        });
        auto port = m_rig->started();
        port->setTakings(test::takeWhat(""));
        std::string fromOld;
        std::string fromOther;
        m_rig->during(*m_rig->target, [&] {
            old->write(request);
            fromOld = old->readUntil(request);
            Stream outward = Stream::to("10.77.0.1", Rig::port);
            outward.write(request);
            fromOther = outward.readUntil(request);
        });
        QVERIFY(fromOld.find("Server: original") != std::string::npos);
        QVERIFY(fromOther.find("Server: original") != std::string::npos);
        QVERIFY(m_rig->recorder.connections.empty());
    }

    void releaseLetsOpenConnectionsGoOn()
    {
        Service service(*m_rig->target, "0.0.0.0", Rig::port, test::echoRequests);
        auto port = m_rig->started();
        const std::string request = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
        std::optional<Stream> open;
        std::string before;
        std::string after;
        std::string direct;
        m_rig->during(*m_rig->callers, [&] {
            open.emplace(Stream::to("10.77.0.2", Rig::port));
            open->write(request);
            before = open->readUntil(request);
        });
        port->release();
        QVERIFY(!port->drained());
        m_rig->during(*m_rig->callers, [&] {
            // The kernel takes removed rules apart some time later; whatever they held goes then.
            const auto end = std::chrono::steady_clock::now() + 1s;
            do {
                open->write(request);
                after = open->readUntil(request);
            } while (after == before && std::chrono::steady_clock::now() < end);
            Stream fresh = Stream::to("10.77.0.2", Rig::port);
            fresh.write(request);
            direct = fresh.readUntil(request);
            open.reset();
        });
        QVERIFY(!before.empty());
        QVERIFY2(after == before, (after + " / " + before).c_str());
        QCOMPARE(direct, before);
        QCOMPARE(m_rig->recorder.connections.size(), std::size_t{1});
        QVERIFY(m_rig->until([&] { return port->drained(); }));
    }

    void whatIsSeenOutIsClosedWhenSilentAndResetWhenTold()
    {
        Service service(*m_rig->target, "0.0.0.0", Rig::port, test::echoRequests);
        auto port = m_rig->started();
        const std::string request = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
        std::vector<Stream> open;
        const auto asked = [&](std::size_t which) {
            bool answered = false;
            m_rig->during(*m_rig->callers, [&] {
                if (which == open.size())
                    open.push_back(Stream::to("10.77.0.2", Rig::port));
                open[which].write(request);
                answered = open[which].readUntil(request).ends_with(request);
            });
            return answered;
        };
        const auto rest = [&](std::size_t which) {
            std::string read = "?";
            m_rig->during(*m_rig->callers, [&] { read = open[which].readAll(); });
            return read;
        };
        QVERIFY(asked(0) && asked(1));
        port->release();
        port->endSilent(50ms); // both are looked at
        QVERIFY(asked(1));
        QVERIFY(!m_rig->until([] { return false; }, 60ms)); // a stretch of silence
        port->endSilent(50ms);
        QCOMPARE(port->proxied(), std::size_t{1});
        QCOMPARE(rest(0), std::string());
        QVERIFY(!open[0].wasReset());
        QVERIFY(asked(1));
        port->endSilent(0s);
        QCOMPARE(rest(1), std::string());
        QVERIFY(open[1].wasReset());
        QVERIFY(port->drained());
    }
};

QTEST_GUILESS_MAIN(TestOpenConnections)
#include "tst_open_connections.moc"
