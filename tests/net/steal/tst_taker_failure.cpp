// SPDX-License-Identifier: Apache-2.0
// Takers that fail, stand still or answer early, and callers that leave.
#include "taking_test.h"

using namespace podglass;
using test::echoed;
using test::FakeTaker;
using test::mine;
using test::other;
using test::post;
using test::Rig;
using test::Stream;
using test::taken;
using wire::OnTakerFailure;
using wire::StealFailure;
using namespace std::chrono_literals;

class TestTakerFailure : public test::TakingTest
{
    Q_OBJECT

private slots:

    void failures_data()
    {
        QTest::addColumn<int>("how");
        QTest::addColumn<bool>("passOn");
        int how = 0;
        for (const char* name : {"refused",
                                 "reset at once",
                                 "reset after part of the body",
                                 "closed",
                                 "nonsense",
                                 "two lengths"}) {
            QTest::newRow(name) << how << false;
            QTest::newRow((std::string(name) + ", pass on").c_str()) << how << true;
            ++how;
        }
    }

    void failures()
    {
        QFETCH(int, how);
        QFETCH(bool, passOn);
        take(passOn ? OnTakerFailure::PassOn : OnTakerFailure::BadGateway);
        m_rig->gate.refuses = how == 0;
        m_rig->gate.onProgress = [how](FakeTaker& taker) {
            if (how == 1 || (how == 2 && taker.received.size() > 60'000))
                taker.events.onReset(StealFailure::Refused, "connection refused");
            if (how == 3)
                taker.events.onEnd();
            if (how == 4 && taker.ended)
                taker.answer("SSH-2.0-OpenSSH\r\n");
            if (how == 5 && taker.ended)
                taker.answer("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab");
        };
        const std::string request = post("/mine", std::string(100'000, 'y'));
        if (passOn) {
            const std::string wanted = echoed(request) + echoed(other);
            QCOMPARE(exchange(request + other, wanted.size()), wanted);
            QCOMPARE(decisions(), std::string("sfp"));
            return;
        }
        const std::string got = exchange(request, SIZE_MAX);
        QVERIFY2(got.starts_with("HTTP/1.1 502 Bad Gateway\r\n"), got.c_str());
        QVERIFY2(got.find("Podglass") != std::string::npos, got.c_str());
        QVERIFY(!m_wasReset);
        QCOMPARE(decisions(), std::string("sf"));
        QCOMPARE(m_rig->recorder.connections.begin()->second.bytes[1], got);
    }

    void tooMuchBodyToPassOn()
    {
        take(OnTakerFailure::PassOn);
        m_rig->gate.onProgress = [](FakeTaker& taker) {
            if (taker.received.size() > 800'000)
                taker.events.onReset(StealFailure::Broken, "gone");
        };
        std::string got;
        m_rig->during(*m_rig->callers, [&] {
            Stream caller = Stream::to("10.77.0.2", Rig::port);
            const std::string request = post("/mine", std::string(1'000'000, 'y'));
            std::thread writer([&] { caller.write(request); });
            got = caller.readAll();
            writer.join();
        });
        QVERIFY2(got.starts_with("HTTP/1.1 502 "), got.c_str());
    }

    void resetInMidAnswerResetsTheCaller()
    {
        const std::string half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";
        m_rig->gate.onProgress = [&](FakeTaker& taker) {
            if (!taker.ended)
                return;
            taker.answer(half);
            m_rig->loop.after(20ms,
                              [&taker] { taker.events.onReset(StealFailure::Broken, "crashed"); });
        };
        QCOMPARE(exchange(mine, SIZE_MAX), half);
        QVERIFY(m_wasReset);
    }

    void slowTakerHoldsOnlyItsOwnConnection()
    {
        const std::string body(4 << 20, 'x');
        m_rig->gate.onProgress = [](FakeTaker& taker) { taker.takesAtMost = 0; };
        std::optional<Stream> stuck;
        m_rig->during(*m_rig->callers, [&] {
            stuck.emplace(Stream::to("10.77.0.2", Rig::port));
            const std::string head =
                "POST /mine HTTP/1.1\r\nHost: a\r\nContent-Length: 4194304\r\n\r\n";
            stuck->write(head);
        });
        const auto begin = std::chrono::steady_clock::now();
        QCOMPARE(exchange(other, echoed(other).size()), echoed(other));
        QVERIFY(std::chrono::steady_clock::now() - begin < 1s);
        m_rig->gate.onProgress = [](FakeTaker& taker) {
            if (taker.ended)
                taker.answer(taken);
        };
        for (const auto& taker : m_rig->gate.takers)
            taker->takesAtMost = SIZE_MAX;
        std::string got;
        m_rig->during(*m_rig->callers, [&] {
            stuck->write(body);
            got = stuck->readExactly(taken.size());
            stuck.reset();
        });
        QCOMPARE(got, taken);
        QVERIFY(m_rig->gate.takers[0]->received.ends_with(body));
    }

    // Takes as long as steal::takerPatience says.
    void silentTaker()
    {
        std::string got;
        const auto begin = std::chrono::steady_clock::now();
        m_rig->during(*m_rig->callers, [&] {
            Stream caller = Stream::to("10.77.0.2", Rig::port);
            caller.write(mine);
            for (int i = 0; i < 5 && got.empty(); ++i)
                got = caller.readAll();
        });
        const auto took = std::chrono::steady_clock::now() - begin;
        QVERIFY2(got.find("did not answer in time") != std::string::npos, got.c_str());
        QVERIFY(took > 34s && took < 40s);
        QCOMPARE(decisions(), std::string("sf"));
    }

    void earlyAnswerDrainsTheRest()
    {
        const std::string early = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n";
        m_rig->gate.onProgress = [&](FakeTaker& taker) {
            if (taker.received.ends_with("\r\n\r\n"))
                taker.answer(early);
        };
        std::string got;
        const std::string body = "GET /mine HTTP/1.1\r\n\r\n" + std::string(30'000, 'z');
        m_rig->during(*m_rig->callers, [&] {
            Stream caller = Stream::to("10.77.0.2", Rig::port);
            const std::string request = post("/mine", body);
            caller.write(request.substr(0, request.size() - body.size()));
            got = caller.readExactly(early.size());
            caller.write(body + other); // the old body is nobody's request
            got += caller.readExactly(echoed(other).size());
        });
        QCOMPARE(got, early + echoed(other));
        QCOMPARE(m_rig->gate.takers.size(), std::size_t{1});
        QCOMPARE(decisions(), std::string("sp"));
    }

    void earlyAnswerToAnEndlessBodyCloses()
    {
        const std::string early = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n";
        m_rig->gate.onProgress = [&](FakeTaker& taker) {
            if (taker.received.ends_with("\r\n\r\n"))
                taker.answer(early);
        };
        std::string got;
        const auto begin = std::chrono::steady_clock::now();
        m_rig->during(*m_rig->callers, [&] {
            Stream caller = Stream::to("10.77.0.2", Rig::port);
            caller.write("POST /mine HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
            got = caller.readAll();
        });
        QCOMPARE(got, early);
        QVERIFY(std::chrono::steady_clock::now() - begin < 6s);
    }

    void callerThatLeavesIsTold()
    {
        std::atomic<bool> open = false;
        m_rig->gate.onProgress = [&](FakeTaker&) { open = true; };
        m_rig->during(*m_rig->callers, [&] {
            Stream caller = Stream::to("10.77.0.2", Rig::port);
            caller.write(mine);
            while (!open)
                std::this_thread::yield();
            caller.resetNow();
        });
        QVERIFY(m_rig->until([&] { return m_rig->gate.takers[0]->resetBy.has_value(); }));
        QCOMPARE(*m_rig->gate.takers[0]->resetBy, StealFailure::CallerGone);
    }
};

QTEST_GUILESS_MAIN(TestTakerFailure)
#include "tst_taker_failure.moc"
