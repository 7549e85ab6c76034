// SPDX-License-Identifier: Apache-2.0
// Requests that a client takes: they and no others, in order and unchanged.
#include "taking_test.h"

using namespace podglass;
using test::echoed;
using test::FakeTaker;
using test::mine;
using test::other;
using test::Rig;
using test::Stream;
using test::taken;
using wire::StealFailure;
using namespace std::chrono_literals;

class TestTaking : public test::TakingTest
{
    Q_OBJECT

private slots:

    void onlyWhatMatchesAndInOrder()
    {
        m_rig->gate.onProgress = [](FakeTaker& taker) {
            if (taker.ended)
                taker.answer(taken);
        };
        // All at once: the answers must come in the order of the requests all the same.
        const std::string all = other + mine + other + mine + mine + other;
        const std::string wanted =
            echoed(other) + taken + echoed(other) + taken + taken + echoed(other);
        QCOMPARE(exchange(all, wanted.size()), wanted);
        QCOMPARE(m_rig->gate.takers.size(), std::size_t{3});
        for (const auto& taker : m_rig->gate.takers) {
            QCOMPARE(taker->received, mine);
            QCOMPARE(taker->client.value, std::uint64_t{7});
            QCOMPARE(taker->request.port, Rig::port);
            QVERIFY(taker->request.exchange);
            QCOMPARE(taker->resetBy.value_or(StealFailure::Broken), StealFailure::Released);
            QVERIFY(taker->stream == nullptr);
        }
        QCOMPARE(decisions(), std::string("pspssp"));
        const auto& seen = m_rig->recorder.connections.begin()->second;
        QCOMPARE(seen.bytes[0], all);
        QCOMPARE(seen.bytes[1], wanted);
    }

    void bytesOfATakenRequestAreUnchanged()
    {
        const std::string body(1 << 20, 'b');
        const std::string request =
            "POST /mine HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            "100000;x=y\r\n"
            + body + "\r\n0\r\nT: 1\r\n\r\n";
        const std::string answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n100000\r\n"
                                   + body + "\r\n0\r\n\r\n";
        m_rig->gate.onProgress = [&](FakeTaker& taker) {
            if (taker.ended)
                taker.answer(answer);
        };
        QVERIFY(exchange(request, answer.size()) == answer);
        QVERIFY(m_rig->gate.takers[0]->received == request);
    }

    void headsAndInterimAnswers()
    {
        m_rig->gate.onProgress = [](FakeTaker& taker) {
            const bool head = taker.received.starts_with("HEAD");
            if (head && taker.ended)
                taker.answer("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n");
            // The body comes only after 100: whoever waits for it before deciding stands still.
            if (!head && taker.toDeliver.empty() && taker.received.ends_with("\r\n\r\n"))
                taker.answer("HTTP/1.1 100 Continue\r\n\r\n");
            if (!head && taker.ended)
                taker.answer(taken);
        };
        std::string first;
        std::string rest;
        m_rig->during(*m_rig->callers, [&] {
            Stream caller = Stream::to("10.77.0.2", Rig::port);
            caller.write("HEAD /mine HTTP/1.1\r\nHost: a\r\n\r\n");
            first = caller.readUntil("\r\n\r\n");
            caller.write("POST /mine HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                         "Content-Length: 2\r\n\r\n");
            first += caller.readUntil("\r\n\r\n");
            caller.write("hi" + other);
            rest = caller.readExactly(taken.size() + echoed(other).size());
        });
        QCOMPARE(first,
                 std::string("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"
                             "HTTP/1.1 100 Continue\r\n\r\n"));
        QCOMPARE(rest, taken + echoed(other));
    }

    // Interim answers of the service are no answers: what follows is still decided.
    void interimAnswersOfTheService()
    {
        const std::string hints = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
        m_serve = [hints](Stream& stream) {
            while (!stream.readUntil("\r\n\r\n").empty())
                stream.write(hints + hints + echoed(other));
        };
        m_rig->gate.onProgress = [](FakeTaker& taker) {
            if (taker.ended)
                taker.answer(taken);
        };
        const std::string all = hints + hints + echoed(other) + taken;
        QCOMPARE(exchange(other + mine, all.size()), all);
        QCOMPARE(decisions(), std::string("ps"));
    }

    void answerUntilCloseEndsTheConnection()
    {
        m_rig->gate.onProgress = [](FakeTaker& taker) {
            if (!taker.ended)
                return;
            taker.answer("HTTP/1.1 200 OK\r\n\r\nall of it");
            taker.events.onEnd();
        };
        QCOMPARE(exchange(mine, SIZE_MAX), std::string("HTTP/1.1 200 OK\r\n\r\nall of it"));
        QVERIFY(!m_wasReset);
    }

    void connectionCloseIsKept()
    {
        m_rig->gate.onProgress = [](FakeTaker& taker) {
            if (taker.ended)
                taker.answer(taken);
        };
        const std::string last = "GET /mine HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        QCOMPARE(exchange(last, SIZE_MAX), taken);
        QVERIFY(!m_wasReset);
    }

    void upgradeBecomesATunnel()
    {
        const std::string hello = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
                                  "Upgrade: echo\r\n\r\nfirst";
        m_rig->gate.onProgress = [&](FakeTaker& taker) {
            if (taker.received.ends_with("\r\n\r\n"))
                taker.answer(hello);
            if (taker.ended)
                taker.events.onEnd();
            else if (taker.received.ends_with("ping"))
                taker.answer("pong");
        };
        std::string got;
        m_rig->during(*m_rig->callers, [&] {
            Stream caller = Stream::to("10.77.0.2", Rig::port);
            caller.write(
                "GET /mine HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
            got = caller.readExactly(hello.size());
            caller.write("ping");
            got += caller.readExactly(4);
            caller.finishWriting();
            got += caller.readAll();
        });
        QCOMPARE(got, hello + "pong");
        QVERIFY(m_rig->gate.takers[0]->ended);
    }

    void refusedUpgradeGoesOnAsHttp()
    {
        const std::string refused = "HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n";
        m_rig->gate.onProgress = [&](FakeTaker& taker) {
            if (taker.received.ends_with("\r\n\r\n") && taker.toDeliver.empty() && !taker.ended)
                taker.answer(refused);
        };
        const std::string ask =
            "GET /mine HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";
        const std::string wanted = refused + echoed(other);
        QCOMPARE(exchange(ask + other, wanted.size()), wanted);
    }

    void oldestMatchingTakingWins()
    {
        auto both = test::takeWhat("path is \"/mine\"");
        both.push_back(test::takeWhat("")[0]);
        both[1].client = {8};
        m_port->setTakings(both);
        m_rig->gate.onProgress = [](FakeTaker& taker) {
            if (taker.ended)
                taker.answer(taken);
        };
        exchange(mine + other, 2 * taken.size());
        QCOMPARE(m_rig->gate.takers.size(), std::size_t{2});
        QCOMPARE(m_rig->gate.takers[0]->client.value, std::uint64_t{7});
        QCOMPARE(m_rig->gate.takers[1]->client.value, std::uint64_t{8});
    }
};

QTEST_GUILESS_MAIN(TestTaking)
#include "tst_taking.moc"
