// SPDX-License-Identifier: Apache-2.0
#ifndef Q_MOC_RUN // moc 6.4 cannot read <concepts> as this order of headers brings it in
#include "core/agent/client_connection.h"
#include "core/base/digest.h"
#endif

#include <QTest>

#include <sys/socket.h>
#include <unistd.h>

using namespace podglass;
using namespace std::chrono_literals;

namespace {

const agent::Secret secret{'a', ' ', 's', 'e', 'c', 'r', 'e', 't', ' ', 'o', 'f', ' ', '1', '6'};

wire::Hello agentHello()
{
    wire::Hello hello;
    hello.build = "1.2.3";
    hello.host = "build-3";
    return hello;
}

wire::Hello clientHello()
{
    wire::Hello hello;
    hello.host = "anna@laptop";
    hello.build = "9.8.7";
    hello.nonce.fill(7);
    return hello;
}

wire::Proof proof(const agent::Secret& key,
                  std::string_view role,
                  const wire::Hello& client,
                  const wire::Hello& own)
{
    std::vector<std::uint8_t> message(role.begin(), role.end());
    message.insert(message.end(), client.nonce.begin(), client.nonce.end());
    message.insert(message.end(), own.nonce.begin(), own.nonce.end());
    return {base::hmac(key, message)};
}

struct Requests : agent::ClientRequests
{
    void listTargets(agent::ClientConnection&, const wire::ListTargets&) override { ++asked; }

    void listRules(agent::ClientConnection&, const wire::ListRules&) override { ++asked; }

    void attach(agent::ClientConnection&, const wire::Attach&) override { ++asked; }

    void detach(agent::ClientConnection&, const wire::Detach&) override { ++asked; }

    void setPort(agent::ClientConnection&, const wire::SetPort&) override { ++asked; }

    void setTls(agent::ClientConnection&, const wire::SetTls&) override { ++asked; }

    void endOld(agent::ClientConnection&, const wire::EndOld&) override { ++asked; }

    void setDelivery(agent::ClientConnection&, const wire::SetDelivery&) override { ++asked; }

    void ended(agent::ClientConnection&, const std::string& why) override
    {
        ++ends;
        reason = why;
    }

    int asked = 0;
    int ends = 0;
    std::string reason;
};

// A connection and the far end of its stream.
struct Rig
{
    explicit Rig(std::optional<agent::Secret> key)
    {
        std::array<int, 2> pair{-1, -1};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair.data()) != 0)
            return;
        peer.reset(pair[0]);
        io::Fd input(pair[1]);
        io::Fd output(::dup(pair[1]));
        connection.emplace(loop,
                           agent::ClientSetup{.id = {1},
                                              .input = std::move(input),
                                              .output = std::move(output),
                                              .hello = agentHello(),
                                              .secret = std::move(key)},
                           requests);
        started = static_cast<bool>(connection->start());
    }

    void say(const wire::Message& message)
    {
        std::vector<std::uint8_t> bytes;
        wire::encode(message, bytes);
        const auto sent = ::send(peer.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        saidAll = saidAll && sent == static_cast<ssize_t>(bytes.size());
        hear();
    }

    // Lets the connection work and keeps what it says.
    void hear()
    {
        for (int round = 0; round < 5; ++round)
            loop.runOnce(0ms);
        if (requests.ends > 0)
            connection.reset(); // as the agent does
        for (;;) {
            const auto room = received.prepare(4096);
            const ssize_t got = ::recv(peer.get(), room.data(), room.size(), 0);
            closed = got == 0;
            if (got <= 0)
                break;
            received.commit(static_cast<std::size_t>(got));
        }
        const auto frames = received.takeComplete();
        if (!frames)
            return;
        wire::FrameWalk walk(frames->view());
        while (const auto frame = walk.next()) {
            if (wire::kindOf(*frame) == wire::FrameKind::Flow)
                ++events;
            else if (auto message = wire::decodeMessage(*frame))
                heard.push_back(std::move(message).value());
        }
    }

    template <typename T>
    [[nodiscard]] const T* find() const
    {
        for (const wire::Message& message : heard) {
            if (const T* found = std::get_if<T>(&message))
                return found;
        }
        return nullptr;
    }

    io::Loop loop;
    Requests requests;
    io::Fd peer;
    std::optional<agent::ClientConnection> connection;
    bool started = false;
    bool saidAll = true;
    bool closed = false;
    wire::FrameBuffer received;
    std::vector<wire::Message> heard;
    int events = 0;
};

} // namespace

class TestHandshake : public QObject
{
    Q_OBJECT

private slots:

    void anotherMajorVersionIsRefusedNamingBoth()
    {
        agent::Handshake handshake(agentHello(), {});
        wire::Hello newer = clientHello();
        newer.major = wire::protocolMajor + 41;
        const auto status = handshake.onHello(newer);
        QVERIFY(!status);
        const std::string text = status.error().text();
        QVERIFY2(text.find(std::to_string(newer.major)) != std::string::npos, text.c_str());
        QVERIFY2(text.find("speaks " + std::to_string(wire::protocolMajor)) != std::string::npos,
                 text.c_str());
        QVERIFY2(text.find("9.8.7") != std::string::npos, text.c_str());
        QVERIFY(!handshake.done());
    }

    void anotherMinorVersionIsWelcome()
    {
        agent::Handshake handshake(agentHello(), {});
        wire::Hello newer = clientHello();
        newer.minor = 99;
        QVERIFY(handshake.onHello(newer));
        QVERIFY(handshake.done());
        QCOMPARE(handshake.clientName(), "anna@laptop");
        QVERIFY(!handshake.onHello(newer)); // once
    }

    void theSecretIsProvedByBothSides()
    {
        agent::Handshake handshake(agentHello(), secret);
        QVERIFY(handshake.onHello(clientHello()));
        QVERIFY(!handshake.done());
        const auto answer =
            handshake.onProof(proof(secret, "client", clientHello(), handshake.own()));
        QVERIFY(answer);
        QVERIFY(answer->mac == proof(secret, "agent", clientHello(), handshake.own()).mac);
        QVERIFY(handshake.done());
        // One proof is one try.
        QVERIFY(!handshake.onProof(proof(secret, "client", clientHello(), handshake.own())));
    }

    void everyNonceIsNew()
    {
        QVERIFY(agent::Handshake(agentHello(), secret).own().nonce
                != agent::Handshake(agentHello(), secret).own().nonce);
        QVERIFY(agent::Handshake(agentHello(), secret).own().nonce != agentHello().nonce);
    }

    void wrongProofs_data()
    {
        QTest::addColumn<int>("kind");
        QTest::newRow("another secret") << 0;
        QTest::newRow("the agent's own proof sent back") << 1;
        QTest::newRow("of another conversation") << 2;
        QTest::newRow("one bit is wrong") << 3;
        QTest::newRow("before the greeting") << 4;
        QTest::newRow("nothing was to be proved") << 5;
    }

    void wrongProofs()
    {
        QFETCH(int, kind);
        std::optional<agent::Secret> key;
        if (kind != 5)
            key = secret;
        agent::Handshake handshake(agentHello(), key);
        if (kind != 4)
            QVERIFY(handshake.onHello(clientHello()));
        agent::Secret other = secret;
        other.back() = '7';
        wire::Proof wrong =
            proof(kind == 0 ? other : secret,
                  kind == 1 ? "agent" : "client",
                  clientHello(),
                  kind == 2 ? agent::Handshake(agentHello(), secret).own() : handshake.own());
        if (kind == 3)
            wrong.mac.back() ^= 1;
        QVERIFY(!handshake.onProof(wrong));
        QCOMPARE(handshake.done(), kind == 5);
    }

    // Before the proof a client hears the Hello and nothing else: no answer, no event, no
    // telemetry, and no word about why it is cut off.
    void nothingLeaksBeforeTheProof_data()
    {
        QTest::addColumn<int>("kind");
        QTest::newRow("asks for targets") << 0;
        QTest::newRow("attaches") << 1;
        QTest::newRow("sets a port") << 2;
        QTest::newRow("pings") << 3;
        QTest::newRow("a wrong proof") << 4;
        QTest::newRow("a proof without a greeting") << 5;
        QTest::newRow("grants credit for events") << 6;
    }

    void nothingLeaksBeforeTheProof()
    {
        QFETCH(int, kind);
        const std::array<wire::Message, 7> asked{wire::ListTargets{1},
                                                 wire::Attach{1, "self"},
                                                 wire::SetPort{},
                                                 wire::Ping{5},
                                                 wire::Proof{},
                                                 wire::Proof{},
                                                 wire::Credit{wire::eventChannel, 1 << 20}};
        Rig rig(secret);
        QVERIFY(rig.started);
        channel::Ring ring;
        rig.connection->feed().follow(ring, {1});
        rig.connection->feed().subscribe({1}, 80);
        channel::RecordInfo info;
        info.target = {1};
        info.port = 80;
        std::vector<std::uint8_t> record;
        wire::encode(flow::Event{{1}, {1}, {}, flow::ConnectionOpened{}}, record);
        QVERIFY(ring.append(info, record));
        if (kind != 5)
            rig.say(clientHello());
        rig.connection->wake();
        rig.hear();
        rig.say(asked.at(static_cast<std::size_t>(kind)));
        QVERIFY(rig.closed);
        QCOMPARE(rig.heard.size(), std::size_t(1));
        QVERIFY(rig.find<wire::Hello>());
        QCOMPARE(rig.events, 0);
        QCOMPARE(rig.requests.asked, 0);
        QCOMPARE(rig.requests.ends, 1);
    }

    void afterTheProofItIsServed()
    {
        Rig rig(secret);
        rig.hear();
        QVERIFY(rig.find<wire::Hello>());
        rig.say(clientHello());
        rig.say(proof(secret, "client", clientHello(), *rig.find<wire::Hello>()));
        QVERIFY(rig.find<wire::Proof>());
        QVERIFY(rig.connection->ready());
        rig.say(wire::ListTargets{1});
        rig.say(wire::Ping{5});
        QVERIFY(rig.saidAll);
        QCOMPARE(rig.requests.asked, 1);
        QVERIFY(rig.find<wire::Pong>());
        QCOMPARE(rig.find<wire::Pong>()->token, 5U);
    }

    void aWrongVersionIsToldInWordsAndCutOff()
    {
        Rig rig({});
        wire::Hello newer = clientHello();
        newer.major = 2;
        rig.say(newer);
        QVERIFY(rig.find<wire::Failure>());
        QVERIFY(rig.find<wire::Failure>()->what.find("protocol 2") != std::string::npos);
        QVERIFY(rig.closed);
        QCOMPARE(rig.requests.ends, 1);
    }

    void aSilentClientIsAskedAndThenGone()
    {
        Rig rig({});
        rig.say(clientHello());
        QVERIFY(rig.connection->ready());
        const base::Instant heard = io::Loop::now();
        rig.connection->tick(heard + limits::keepAliveInterval + 1s);
        rig.hear();
        QVERIFY(rig.find<wire::Ping>());
        QCOMPARE(rig.requests.ends, 0);
        rig.connection->tick(heard + limits::silentPeer + 1s);
        rig.connection->tick(heard + 2 * limits::silentPeer); // it ends once
        rig.hear();
        QCOMPARE(rig.requests.ends, 1);
        QVERIFY2(rig.requests.reason.find("15 s") != std::string::npos,
                 rig.requests.reason.c_str());
        QVERIFY(rig.find<wire::Goodbye>());
        QVERIFY(rig.closed);
    }

    void anyWordKeepsAClient()
    {
        Rig rig({});
        rig.say(clientHello());
        const base::Instant before = io::Loop::now();
        rig.say(wire::Pong{});
        rig.connection->tick(before + limits::silentPeer);
        QCOMPARE(rig.requests.ends, 0);
    }
};

QTEST_APPLESS_MAIN(TestHandshake)
#include "tst_handshake.moc"
