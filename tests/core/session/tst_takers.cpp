// SPDX-License-Identifier: Apache-2.0
// Stolen requests on their way through the session to a real socket.
#include "core/base/limits.h"
#include "core/io/socket.h"

#include "tests/core/session/playbook.h"

#include <QTemporaryFile>
#include <QTest>

#include <netinet/in.h>
#include <poll.h>

using namespace podglass;
using namespace playbook;

namespace {

constexpr std::uint32_t stream = wire::firstStealChannel;

// Listens on a port of the kernel's choice; serves one connection at a time.
class Server
{
public:
    Server()
    {
        auto address = io::resolve("127.0.0.1", 0, io::Lookup::NumericOnly).value().front();
        m_listener = io::Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        ::bind(m_listener.get(), reinterpret_cast<sockaddr*>(&address.storage), address.length);
        ::listen(m_listener.get(), 8);
        ::getsockname(
            m_listener.get(), reinterpret_cast<sockaddr*>(&address.storage), &address.length);
        const auto text = address.text();
        port = static_cast<std::uint16_t>(std::stoi(text.substr(text.rfind(':') + 1)));
    }

    bool accept(Stage& stage)
    {
        return stage.until([&] {
            pollfd waiting{m_listener.get(), POLLIN, 0};
            if (::poll(&waiting, 1, 0) == 1)
                peer = io::Fd(
                    ::accept4(m_listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
            return bool(peer);
        });
    }

    // Until `count` bytes came; the end of the stream counts as too few.
    std::string read(Stage& stage, std::size_t count)
    {
        std::string text;
        stage.until([&] {
            std::array<char, 65'536> buffer{};
            const ssize_t got = ::read(peer.get(), buffer.data(), buffer.size());
            if (got > 0)
                text.append(buffer.data(), static_cast<std::size_t>(got));
            return got == 0 || text.size() >= count;
        });
        return text;
    }

    void stop() { m_listener.reset(); }

    io::Fd peer;
    std::uint16_t port = 0;

private:
    io::Fd m_listener;
};

session::Taker takerAt(std::uint16_t port)
{
    session::Taker taker;
    taker.port = port;
    return taker;
}

// A live session with target 7 attached as ours and a taker for its port 80.
base::TargetId prepare(Stage& stage, session::Taker taker)
{
    if (!stage.greet())
        return {};
    stage.engine.attach(1, "netns:shop");
    wire::Attached attached;
    attached.request = 1;
    attached.target = {7};
    attached.spec = "netns:shop";
    stage.say(attached);
    const auto target = stage.update<wire::Attached>().value().target;
    stage.engine.setTaker(target, 80, std::move(taker));
    return target;
}

void open(Stage& stage)
{
    wire::StealOpen request;
    request.stream = stream;
    request.target = {7};
    request.exchange = {99};
    request.port = 80;
    stage.say(request);
}

void sayData(Stage& stage, std::string_view text)
{
    stage.say(wire::StealData{stream, {text.begin(), text.end()}});
}

// The client's next bytes of the stream until its end, credit being granted as they come.
std::string answerOf(Stage& stage, std::size_t atLeast)
{
    std::string text;
    while (text.size() < atLeast) {
        const auto data = stage.hear<wire::StealData>();
        if (!data)
            break;
        text.append(data->data.begin(), data->data.end());
        stage.say(wire::Credit{stream, static_cast<std::uint32_t>(data->data.size() + 20)});
    }
    return text;
}

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
