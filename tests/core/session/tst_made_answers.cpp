// SPDX-License-Identifier: Apache-2.0
// Stolen requests that the desktop answers itself: with a fixed answer, or by hand.
#include "taker_play.h"

#include <QTemporaryFile>
#include <QTest>

using namespace podglass;
using namespace playbook;

class TestMadeAnswers : public QObject
{
    Q_OBJECT

private slots:

    void fixedAnswersByItself()
    {
        session::Taker taker;
        taker.kind = session::Taker::Kind::Fixed;
        taker.status = 418;
        taker.body = std::string(100'000, 't');
        Stage stage;
        QVERIFY(prepare(stage, taker));
        open(stage);
        sayData(stage, "POST / HTTP/1.1\r\n\r\n");
        stage.say(wire::Credit{stream, 30'000}); // less than the answer
        const std::string head = "HTTP/1.1 418 Podglass\r\n";
        const std::string answer = answerOf(stage, 100'000);
        QVERIFY(answer.starts_with(head));
        QVERIFY(answer.ends_with("\r\nContent-Length: 100000\r\n\r\n" + taker.body));
        QVERIFY(stage.hear<wire::StealEnd>());
        QVERIFY(stage.update<session::Taken>().value().answered);
    }

    void fixedSaysTheHeadersAndTheFileOfNow()
    {
        QTemporaryFile file;
        QVERIFY(file.open());
        file.write("first");
        file.flush();
        session::Taker taker;
        taker.kind = session::Taker::Kind::Fixed;
        taker.status = 200;
        taker.headers = {{"content-type", "application/json"}, {"Content-Length", "7"}};
        taker.bodyFile = file.fileName().toStdString();
        Stage stage;
        QVERIFY(prepare(stage, taker));
        const std::string start = "HTTP/1.1 200 Podglass\r\ncontent-type: application/json\r\n"
                                  "Content-Length: ";
        for (const std::string body : {"first", "second one"}) {
            QVERIFY(file.resize(0) && file.seek(0));
            file.write(body.c_str());
            file.flush();
            open(stage);
            stage.say(wire::Credit{stream, 30'000});
            sayData(stage, "GET / HTTP/1.1\r\n\r\n");
            const std::string wanted = start + std::to_string(body.size()) + "\r\n\r\n" + body;
            QCOMPARE(answerOf(stage, wanted.size()), wanted);
            QVERIFY(stage.hear<wire::StealEnd>());
        }
        // HEAD is told the length and nothing else (RFC 9110 9.3.2).
        open(stage);
        stage.say(wire::Credit{stream, 30'000});
        sayData(stage, "HEAD / HTTP/1.1\r\n\r\n");
        QCOMPARE(answerOf(stage, start.size() + 6), start + "10\r\n\r\n");
        QVERIFY(stage.hear<wire::StealEnd>());
        file.remove();
        open(stage);
        sayData(stage, "GET / HTTP/1.1\r\n\r\n");
        const auto reset = stage.hear<wire::StealReset>().value();
        QCOMPARE(reset.failure, wire::StealFailure::Refused);
        QVERIFY2(reset.message.find("No such file") != std::string::npos, reset.message.c_str());
    }

    void heldIsShownAndGoesWhereItIsSent()
    {
        Server server;
        Stage stage;
        session::Taker taker;
        taker.kind = session::Taker::Kind::Held;
        QVERIFY(prepare(stage, taker));
        open(stage);
        stage.say(wire::Credit{stream, 100'000});
        sayData(stage, "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab");
        sayData(stage, "\r\n1\r\nc\r\n0\r\n\r\n");
        const auto held = stage.update<session::Held>().value();
        QCOMPARE(held.head, "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n");
        QCOMPARE(held.body, "abc");
        QCOMPARE(held.exchange.value, 99U);
        // The agent is told at once that somebody looks at it.
        QVERIFY(stage.until([&] {
            const auto credit = stage.hear<wire::Credit>();
            return credit && credit->channel == stream && credit->bytes == 0;
        }));
        session::Release wrong;
        wrong.to = session::Release::To::Address;
        wrong.answer.port = server.port;
        wrong.head = "POST /b HTTP/1.1\nthis is no field\n";
        stage.engine.release(held.id, wrong);
        const auto refused = stage.update<session::HeldRefused>().value();
        QVERIFY2(refused.why.find("this is no field") != std::string::npos, refused.why.c_str());
        session::Release release = wrong;
        release.head = "PUT /b HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\nX-New: 1";
        release.body = "other";
        stage.engine.release(held.id, release);
        QCOMPARE(stage.update<session::HeldOver>().value().id, held.id);
        QVERIFY(server.accept(stage));
        const std::string wanted =
            "PUT /b HTTP/1.1\r\nHost: x\r\nX-New: 1\r\nContent-Length: 5\r\n\r\nother";
        QCOMPARE(server.read(stage, wanted.size()), wanted);
        const std::string answer = "HTTP/1.1 204 No Content\r\n\r\n";
        QCOMPARE(::write(server.peer.get(), answer.data(), answer.size()),
                 static_cast<ssize_t>(answer.size()));
        QCOMPARE(answerOf(stage, answer.size()), answer);
    }

    void heldIsAnsweredOrLetGo()
    {
        Stage stage;
        session::Taker taker;
        taker.kind = session::Taker::Kind::Held;
        QVERIFY(prepare(stage, taker));
        open(stage);
        stage.say(wire::Credit{stream, 100'000});
        sayData(stage, "GET /a HTTP/1.1\r\n\r\n");
        session::Release release;
        release.to = session::Release::To::Answer;
        release.answer.status = 404;
        release.answer.body = "no";
        stage.engine.release(stage.update<session::Held>().value().id, release);
        QVERIFY(answerOf(stage, 30).starts_with("HTTP/1.1 404 "));
        QVERIFY(stage.hear<wire::StealEnd>());
        open(stage);
        sayData(stage, "GET /a HTTP/1.1\r\n\r\n");
        const auto again = stage.update<session::Held>().value();
        stage.engine.release(again.id, {});
        QCOMPARE(stage.hear<wire::StealReset>().value().failure, wire::StealFailure::Released);
        // A caller that goes away takes its request with it.
        open(stage);
        sayData(stage, "GET /a HTTP/1.1\r\n\r\n");
        const auto third = stage.update<session::Held>().value();
        stage.say(wire::StealReset{stream, wire::StealFailure::CallerGone, "the caller went away"});
        QVERIFY(stage.until([&] {
            const auto over = stage.update<session::HeldOver>();
            return over && over->id == third.id && over->why == "the caller went away";
        }));
    }
};

QTEST_APPLESS_MAIN(TestMadeAnswers)
#include "tst_made_answers.moc"
