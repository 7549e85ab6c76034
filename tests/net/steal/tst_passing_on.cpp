// SPDX-License-Identifier: Apache-2.0
// What nobody takes goes to the original service, byte for byte, over exactly one connection.
#include "core/base/limits.h"

#include "rig_test.h"
#include "tests/support/quiet_machine.h"

#include <QTest>

#include <sys/ioctl.h>

using namespace podglass;
using test::Rig;
using test::Service;
using test::Stream;
using namespace std::chrono_literals;

namespace {

// Bytes that differ at every place, so that a byte lost, doubled or moved shows.
std::string manyBytes(std::size_t count, unsigned seed)
{
    std::string bytes(count, '\0');
    unsigned state = seed;
    for (char& byte : bytes) {
        state = state * 1664525U + 1013904223U;
        byte = static_cast<char>(state >> 24);
    }
    return bytes;
}

std::string post(std::size_t bodyBytes, unsigned seed)
{
    return "POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(bodyBytes)
           + "\r\n\r\n" + manyBytes(bodyBytes, seed);
}

} // namespace

class TestPassingOn : public test::RigTest
{
    Q_OBJECT

private slots:

    void bindingByCaller_data()
    {
        QTest::addColumn<QString>("bound");
        QTest::addColumn<QString>("reached");
        QTest::addColumn<bool>("fromOutside");
        QTest::addColumn<bool>("answers");

        struct Where
        {
            const char* bound;
            bool v6;
            bool pod;
            bool lo;
        };

        for (const Where& where : {Where{"127.0.0.1", false, false, true},
                                   Where{"0.0.0.0", false, true, true},
                                   Where{"10.77.0.2", false, true, false},
                                   Where{"::1", true, false, true},
                                   Where{"::", true, true, true},
                                   Where{"fd77::2", true, true, false}}) {
            const QString pod = where.v6 ? QStringLiteral("fd77::2") : QStringLiteral("10.77.0.2");
            const QString lo = where.v6 ? QStringLiteral("::1") : QStringLiteral("127.0.0.1");
            const std::string name = where.bound;
            QTest::newRow((name + " from outside").c_str())
                << QString(where.bound) << pod << true << where.pod;
            QTest::newRow((name + " inside, by its address").c_str())
                << QString(where.bound) << pod << false << where.pod;
            QTest::newRow((name + " over lo").c_str())
                << QString(where.bound) << lo << false << where.lo;
        }
    }

    void bindingByCaller()
    {
        QFETCH(QString, bound);
        QFETCH(QString, reached);
        QFETCH(bool, fromOutside);
        QFETCH(bool, answers);
        Service service(*m_rig->target, bound.toStdString(), Rig::port, test::echoRequests);
        QVERIFY(service.ready());
        for (const char* filter : {"", "path is \"/other\""}) {
            Rig& rig = *m_rig;
            rig.recorder.connections.clear();
            auto port = rig.started();
            if (*filter != '\0')
                port->setTakings(test::takeWhat(filter));
            std::string got;
            bool reset = false;
            rig.during(fromOutside ? *rig.callers : *rig.target, [&] {
                Stream caller = Stream::to(reached.toStdString(), Rig::port);
                caller.write("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
                got = caller.readUntil("\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n");
                reset = caller.wasReset();
            });
            QCOMPARE(rig.recorder.connections.size(), std::size_t{1});
            QCOMPARE(!got.empty(), answers);
            QCOMPARE(reset, !answers);
            QVERIFY(rig.until([&] { return port->proxied() == 0; }));
            QCOMPARE(rig.recorder.owned, 0);
            QVERIFY(rig.recorder.gaveUps.empty());
            QCOMPARE(rig.gate.takers.size(), std::size_t{0});
        }
    }

    void unchanged_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<QByteArray>("response");
        const auto row = [](const char* name, const std::string& up, const std::string& down) {
            QTest::newRow(name) << QByteArray::fromStdString(up) << QByteArray::fromStdString(down);
        };
        const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        row("get", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", ok);
        row("header case, order, blanks",
            "gEt /%7e HTTP/1.1\r\nX-b:  2 \r\nhOST: a\r\nx-B:3\r\nX-Empty:\r\n\r\n",
            "HTTP/1.1 200 \r\nsErVer:x\r\nContent-length:  2\r\n\r\nok");
        row("chunked both ways",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            "5;ext=1\r\nhello\r\n000A\r\n0123456789\r\n0\r\nTrailer: 1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
        row("pipelined",
            "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nHEAD /2 HTTP/1.1\r\nHost: a\r\n\r\n"
            "POST /3 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /4 HTTP/1.1\r\n\r\n",
            ok + "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n" + ok
                + "HTTP/1.1 204 No Content\r\n\r\n");
        row("interim answers",
            "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" + ok);
        row("upgrade",
            "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
                + manyBytes(5000, 9));
        row("until close",
            "GET / HTTP/1.0\r\n\r\n",
            "HTTP/1.0 200 OK\r\n\r\n" + manyBytes(9000, 3));
        row("a mebibyte both ways",
            post(std::size_t{1} << 20, 1),
            "HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\n\r\n"
                + manyBytes(std::size_t{1} << 20, 2));
        row("ambiguous framing",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: "
            "chunked\r\n\r\n0\r\n\r\nGET /steal-me HTTP/1.1\r\nHost: a\r\n\r\n",
            ok);
        row("not HTTP", manyBytes(3000, 4), manyBytes(200'000, 5));
        row("HTTP/0.9", "GET /old\r\n", "<p>hello");
        row("head above the limit",
            "GET / HTTP/1.1\r\nX: " + std::string(limits::headBytes + 1000, 'y') + "\r\n\r\n",
            ok);
        row("empty lines first", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", ok);
    }

    void unchanged()
    {
        QFETCH(QByteArray, request);
        QFETCH(QByteArray, response);
        const std::string up = request.toStdString();
        const std::string down = response.toStdString();
        std::string served;
        Service service(*m_rig->target, "0.0.0.0", Rig::port, [&](Stream& stream) {
            const std::string first = stream.readExactly(1);
            if (first.empty())
                return; // the self-test
            served = first + stream.readExactly(up.size() - 1);
            stream.write(down);
        });
        auto port = m_rig->started();
        port->setTakings(test::takeWhat("path starts with \"/steal-me\""));
        std::string got;
        m_rig->during(*m_rig->callers, [&] {
            Stream caller = Stream::to("10.77.0.2", Rig::port);
            std::thread writer([&] { caller.write(up); });
            got = caller.readAll();
            writer.join();
        });
        QVERIFY(served == up);
        QVERIFY(got == down);
        QVERIFY(m_rig->until([&] { return port->proxied() == 0; }));
        const auto& seen = m_rig->recorder.connections.begin()->second;
        QVERIFY(seen.bytes[0] == up);
        QVERIFY(seen.bytes[1] == down);
        QVERIFY(seen.closed.has_value());
        QCOMPARE(seen.closed->streamBytes[0], up.size());
        QVERIFY(m_rig->gate.takers.empty());
    }

    void serverSpeaksFirst()
    {
        Service service(*m_rig->target, "127.0.0.1", Rig::port, [](Stream& stream) {
            stream.write("220 hello\r\n");
            const std::string line = stream.readUntil("\n");
            stream.write("250 " + line);
        });
        auto port = m_rig->started();
        std::string greeting;
        std::string answer;
        std::chrono::steady_clock::duration took{};
        m_rig->during(*m_rig->target, [&] {
            const auto begin = std::chrono::steady_clock::now();
            Stream caller = Stream::to("127.0.0.1", Rig::port);
            greeting = caller.readUntil("\n");
            took = std::chrono::steady_clock::now() - begin;
            caller.write("EHLO me\n");
            answer = caller.readUntil("\n");
        });
        QCOMPARE(greeting, std::string("220 hello\r\n"));
        QCOMPARE(answer, std::string("250 EHLO me\n"));
        qInfo("greeting after %.2f ms", std::chrono::duration<double, std::milli>(took).count());
        QVERIFY(took < 50ms || !test::quietMachine());
    }

    // H6: behind 101 both speak when they like, in no HTTP.
    void upgradedConnectionsAreTunnels()
    {
        const std::string switching = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
                                      "Upgrade: websocket\r\n\r\n";
        Service service(*m_rig->target, "0.0.0.0", Rig::port, [&](Stream& stream) {
            if (stream.readUntil("\r\n\r\n").empty())
                return; // the self-test
            stream.write(switching + "first");
            for (int round = 0; round < 2; ++round)
                stream.write(stream.readExactly(4) + "!");
        });
        auto port = m_rig->started();
        std::string got;
        m_rig->during(*m_rig->callers, [&] {
            Stream caller = Stream::to("10.77.0.2", Rig::port);
            caller.write(
                "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
            got = caller.readExactly(switching.size() + 5);
            for (const char* word : {"ping", "pong"}) {
                caller.write(word);
                got += caller.readExactly(5);
            }
        });
        QCOMPARE(got, switching + "firstping!pong!");
    }

    void unfinishedLineGoesOnAfterAMoment()
    {
        Service service(*m_rig->target, "0.0.0.0", Rig::port, [](Stream& stream) {
            stream.write("got " + stream.readExactly(4));
        });
        auto port = m_rig->started();
        std::string answer;
        m_rig->during(*m_rig->callers, [&] {
            Stream caller = Stream::to("10.77.0.2", Rig::port);
            caller.write("user"); // no blank, no line end: it could still become HTTP
            answer = caller.readAll();
        });
        QCOMPARE(answer, std::string("got user"));
    }

    void halfCloseAndResetPass()
    {
        std::atomic<bool> serviceWasReset = false;
        Service service(*m_rig->target, "0.0.0.0", Rig::port, [&](Stream& stream) {
            const std::string word = stream.readExactly(4);
            if (word == "half") {
                const std::string rest = stream.readAll(); // until the caller's FIN
                stream.write("after FIN: " + rest);
            } else if (word == "kill") {
                stream.write("last words");
                stream.resetNow();
            } else if (word == "wait") {
                stream.write("here");
                stream.readAll();
                serviceWasReset = stream.wasReset();
            }
        });
        auto port = m_rig->started();
        std::string half;
        std::string killed;
        bool reset = false;
        m_rig->during(*m_rig->callers, [&] {
            Stream first = Stream::to("10.77.0.2", Rig::port);
            first.write("half\n and more");
            first.finishWriting();
            half = first.readAll();
            Stream second = Stream::to("10.77.0.2", Rig::port);
            second.write("kill\n");
            killed = second.readAll();
            reset = second.wasReset();
            Stream third = Stream::to("10.77.0.2", Rig::port);
            third.write("wait\n");
            third.readExactly(4);
            third.resetNow();
        });
        QCOMPARE(half, std::string("after FIN: \n and more"));
        QCOMPARE(killed, std::string("last words"));
        QVERIFY(reset);
        QVERIFY(m_rig->until([&] { return serviceWasReset.load() && port->proxied() == 0; }));
    }

    void listenerItselfIsClosedToOthers()
    {
        Service service(*m_rig->target, "0.0.0.0", Rig::port, test::echoRequests);
        auto port = m_rig->started();
        const std::string rules = port->rulesText();
        const std::size_t at = rules.find("redirect to :") + 13;
        const auto listener = static_cast<std::uint16_t>(std::stoul(rules.substr(at)));
        bool reset = false;
        m_rig->during(*m_rig->callers, [&] {
            Stream caller = Stream::to("10.77.0.2", listener);
            caller.write("GET / HTTP/1.1\r\n\r\n");
            caller.readAll();
            reset = !caller.open() || caller.wasReset();
        });
        QVERIFY(reset);
        QVERIFY(m_rig->recorder.connections.empty());
    }
};

QTEST_GUILESS_MAIN(TestPassingOn)
#include "tst_passing_on.moc"
