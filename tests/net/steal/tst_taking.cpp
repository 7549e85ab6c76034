// SPDX-License-Identifier: Apache-2.0
// Requests that a client takes: they and no others, in order, and what happens when it fails.
#include "rig.h"

#include <QTest>

using namespace podglass;
using test::FakeTaker;
using test::Rig;
using test::Service;
using test::Stream;
using wire::OnTakerFailure;
using wire::StealFailure;
using namespace std::chrono_literals;

namespace {

const std::string mine = "GET /mine HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string other = "GET /other HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string taken = "HTTP/1.1 200 OK\r\nServer: taker\r\nContent-Length: 5\r\n\r\nmine!";

std::string echoed(const std::string& request)
{
    return "HTTP/1.1 200 OK\r\nServer: original\r\nContent-Length: "
           + std::to_string(request.size()) + "\r\n\r\n" + request;
}

std::string post(const std::string& path, const std::string& body)
{
    return "POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size())
           + "\r\n\r\n" + body;
}

} // namespace

class TestTaking : public QObject
{
    Q_OBJECT

private slots:

    void init()
    {
        m_rig = Rig::make();
        if (!m_rig)
            QSKIP("needs the right to make network namespaces (root)");
        m_service = std::make_unique<Service>(
            *m_rig->target, "0.0.0.0", Rig::port, [this](Stream& stream) { m_serve(stream); });
        m_serve = test::echoRequests;
        m_port = m_rig->started();
        take(OnTakerFailure::BadGateway);
    }

    void cleanup()
    {
        if (m_port)
            QVERIFY(m_rig->until([this] { return m_port->proxied() == 0; }));
        m_port.reset();
        m_service.reset();
        m_rig.reset();
    }

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

private:
    void take(OnTakerFailure onFailure)
    {
        m_port->setTakings(test::takeWhat("path starts with \"/mine\"", onFailure));
    }

    // One caller that sends `up` and reads `count` bytes, or until the end.
    std::string exchange(const std::string& up, std::size_t count)
    {
        std::string got;
        m_rig->during(*m_rig->callers, [&] {
            Stream caller = Stream::to("10.77.0.2", Rig::port);
            caller.write(up);
            got = count == SIZE_MAX ? caller.readAll() : caller.readExactly(count);
            m_wasReset = caller.wasReset();
        });
        return got;
    }

    // p: passed on, s: stolen, f: fallback
    std::string decisions() const
    {
        std::string all;
        for (const flow::StealDecision& decision : m_rig->recorder.decisions)
            all += "psf"[static_cast<std::size_t>(decision.decision)];
        return all;
    }

    std::unique_ptr<Rig> m_rig;
    std::function<void(Stream&)> m_serve;
    std::unique_ptr<Service> m_service;
    std::unique_ptr<steal::StealPort> m_port;
    bool m_wasReset = false;
};

QTEST_GUILESS_MAIN(TestTaking)

#include "tst_taking.moc"
