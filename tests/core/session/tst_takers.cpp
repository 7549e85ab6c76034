// SPDX-License-Identifier: Apache-2.0
// Stolen requests on their way through the session to a real socket.
#include "core/base/limits.h"

#include "taker_play.h"

#include <QTest>

using namespace podglass;
using namespace playbook;

namespace {

// Frames of a stream cost their header, its number and a length besides the data.
std::uint64_t costOf(std::size_t data)
{
    return wire::frameHeaderBytes + 8 + data;
}

} // namespace

class TestTakers : public QObject
{
    Q_OBJECT

private slots:

    void requestGoesThereAndTheAnswerBack()
    {
        Server server;
        Stage stage;
        QVERIFY(prepare(stage, takerAt(server.port)));
        open(stage);
        stage.say(wire::Credit{stream, 100'000});
        sayData(stage, "GET / HTTP/1.1\r\n\r\n");
        stage.say(wire::StealEnd{stream});
        QVERIFY(server.accept(stage));
        QCOMPARE(server.read(stage, 18), "GET / HTTP/1.1\r\n\r\n");
        // The end of the request is not an end of the socket: read() would have given 0.
        char none = 0;
        QCOMPARE(::read(server.peer.get(), &none, 1), ssize_t{-1});
        const std::string answer = "HTTP/1.1 204 No Content\r\n\r\n";
        QCOMPARE(::write(server.peer.get(), answer.data(), answer.size()),
                 static_cast<ssize_t>(answer.size()));
        QCOMPARE(answerOf(stage, answer.size()), answer);
        stage.say(wire::StealReset{stream, wire::StealFailure::Released, "answered"});
        const auto taken = stage.update<session::Taken>().value();
        QVERIFY(taken.answered);
        QCOMPARE(taken.problem, "");
        QCOMPARE(taken.exchange.value, 99U);
    }

    void withoutCreditNothingIsSent()
    {
        Server server;
        Stage stage;
        QVERIFY(prepare(stage, takerAt(server.port)));
        open(stage);
        QVERIFY(server.accept(stage));
        stage.say(wire::Credit{stream, static_cast<std::uint32_t>(costOf(100))});
        const std::string answer(300, 'x');
        QCOMPARE(::write(server.peer.get(), answer.data(), answer.size()), ssize_t{300});
        QCOMPARE(stage.hear<wire::StealData>().value().data.size(), std::size_t{100});
        // A whole round trip later there is still nothing more.
        stage.say(wire::Ping{5});
        QVERIFY(stage.hear<wire::Pong>());
        for (const auto& message : stage.heard)
            QVERIFY(!std::holds_alternative<wire::StealData>(message));
        stage.say(wire::Credit{stream, static_cast<std::uint32_t>(costOf(200))});
        QCOMPARE(stage.hear<wire::StealData>().value().data.size(), std::size_t{200});
    }

    // More than the credit of the stream, both ways, through a server that echoes.
    void muchGoesBothWays()
    {
        constexpr std::size_t total = 1'500'000;
        Server server;
        Stage stage;
        QVERIFY(prepare(stage, takerAt(server.port)));
        open(stage);
        QVERIFY(server.accept(stage));
        std::uint64_t credit = 0;
        std::size_t sent = 0;
        std::size_t back = 0;
        std::string waiting;
        stage.say(wire::Credit{stream, static_cast<std::uint32_t>(limits::channelCreditBytes)});
        QVERIFY(stage.until([&] {
            while (!stage.heard.empty()) {
                const auto message = stage.heard.front();
                stage.heard.pop_front();
                if (const auto* grant = std::get_if<wire::Credit>(&message))
                    credit += grant->channel == stream ? grant->bytes : 0;
                if (const auto* data = std::get_if<wire::StealData>(&message)) {
                    back += data->data.size();
                    stage.say(wire::Credit{stream,
                                           static_cast<std::uint32_t>(costOf(data->data.size()))});
                }
            }
            while (sent < total && credit > costOf(10'000)) {
                sayData(stage, std::string(10'000, 'x'));
                sent += 10'000;
                credit -= costOf(10'000);
            }
            std::array<char, 65'536> buffer{};
            const ssize_t got =
                waiting.empty() ? ::read(server.peer.get(), buffer.data(), buffer.size()) : 0;
            if (got > 0)
                waiting.assign(buffer.data(), static_cast<std::size_t>(got));
            const ssize_t put = ::write(server.peer.get(), waiting.data(), waiting.size());
            waiting.erase(0, put > 0 ? static_cast<std::size_t>(put) : 0);
            return back == total;
        }));
    }

    void refusedIsSaidInWords()
    {
        Server server;
        server.stop();
        Stage stage;
        QVERIFY(prepare(stage, takerAt(server.port)));
        open(stage);
        const auto reset = stage.hear<wire::StealReset>().value();
        QCOMPARE(reset.failure, wire::StealFailure::Refused);
        QVERIFY2(reset.message.ends_with("Connection refused"), reset.message.c_str());
        const auto taken = stage.update<session::Taken>().value();
        QVERIFY(!taken.answered);
        QCOMPARE(taken.problem, reset.message);
    }

    void withoutATakerItIsRefused()
    {
        Stage stage;
        QVERIFY(prepare(stage, takerAt(1)));
        wire::StealOpen request;
        request.stream = stream;
        request.target = {7};
        request.port = 81;
        stage.say(request);
        QCOMPARE(stage.hear<wire::StealReset>().value().message, "nobody is set to answer port 81");
    }

    void aTakerThatClosesWithoutAnAnswerIsSaid()
    {
        Server server;
        Stage stage;
        QVERIFY(prepare(stage, takerAt(server.port)));
        open(stage);
        stage.say(wire::Credit{stream, 100'000});
        QVERIFY(server.accept(stage));
        server.peer.reset();
        QVERIFY(stage.hear<wire::StealEnd>());
        const auto taken = stage.update<session::Taken>().value();
        QVERIFY(!taken.answered);
        QVERIFY(taken.problem.ends_with("closed without an answer"));
    }

    void upgradedConnectionsPassTheHalfCloseOn()
    {
        Server server;
        Stage stage;
        QVERIFY(prepare(stage, takerAt(server.port)));
        open(stage);
        stage.say(wire::Credit{stream, 100'000});
        QVERIFY(server.accept(stage));
        const std::string answer = "HTTP/1.1 101 Switching Protocols\r\n\r\n";
        QCOMPARE(::write(server.peer.get(), answer.data(), answer.size()),
                 static_cast<ssize_t>(answer.size()));
        QCOMPARE(answerOf(stage, answer.size()), answer);
        sayData(stage, "bye");
        stage.say(wire::StealEnd{stream});
        QCOMPARE(server.read(stage, 100), "bye"); // and then its end
    }

    void aLostAgentEndsThem()
    {
        Server server;
        Stage stage;
        QVERIFY(prepare(stage, takerAt(server.port)));
        open(stage);
        QVERIFY(server.accept(stage));
        stage.agent.reset();
        QVERIFY(!stage.update<session::Taken>().value().answered);
        QCOMPARE(server.read(stage, 1), "");
    }
};

QTEST_APPLESS_MAIN(TestTakers)
#include "tst_takers.moc"
