// SPDX-License-Identifier: Apache-2.0
// HTTP/1 that is odd, broken or cannot be judged, through a stolen port: the service gets the bytes
// that the caller sent, the caller those of the service, and what stands behind something that two
// readers could understand differently is never taken.
#include "core/base/limits.h"

#include "taking_test.h"

#include <QTest>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

using namespace podglass;
using test::FakeTaker;
using test::mine;
using test::Rig;
using test::Service;
using test::Stream;
using test::taken;
using namespace std::chrono_literals;

namespace {

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const std::string chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string get(const std::string& fields)
{
    return "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

std::string manyFields(std::size_t count)
{
    std::string fields;
    for (std::size_t i = 0; i < count; ++i)
        fields += "X-" + std::to_string(i) + ": 1\r\n";
    return fields;
}

// Bytes that no coding would leave as they are.
std::string noise(std::size_t count)
{
    std::string bytes(count, '\0');
    unsigned state = 7;
    for (char& byte : bytes) {
        state = state * 1664525U + 1013904223U;
        byte = static_cast<char>(state >> 24);
    }
    return bytes;
}

} // namespace

class TestOddMessages : public test::RigTest
{
    Q_OBJECT

private slots:

    void relayed_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<QByteArray>("response");
        const auto row = [](const char* name, const std::string& up, const std::string& down = ok) {
            QTest::newRow(name) << QByteArray::fromStdString(up) << QByteArray::fromStdString(down);
        };
        // Behind these nothing is certain: `mine` stays with the service.
        row("H2 chunk size that is none", chunked + "5\r\nhello\r\nZZ\r\n" + mine);
        row("H2 chunk beyond 2^63", chunked + "FFFFFFFFFFFFFFFFF\r\n" + mine);
        row("H2 chunk without its line end", chunked + "5\r\nhelloX0\r\n\r\n" + mine);
        row("H8 lengths that differ",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 3\r\n\r\n" + mine);
        row("H8 a length and chunked",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
            "0\r\n\r\n"
                + mine);
        row("H8 chunked is not last",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, x\r\n\r\n0\r\n\r\n" + mine);
        row("H8 blank before the colon",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + mine);
        row("H8 chunked in HTTP/1.0",
            "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + mine);
        row("H9 folded field", get("X: 1\r\n 2\r\n") + mine);
        row("H9 CR alone", get("X: 1\r2\r\n") + mine);
        row("H9 NUL", get(std::string("X: 1\0002\r\n", 9)) + mine);
        row("H9 no name", get(": 1\r\n") + mine);
        row("H10 too many fields", get(manyFields(limits::headFields + 1)) + mine);
        row("H12 bytes behind the end", get("Connection: close\r\n") + mine);
        row("H11 0.9", "GET /mine\r\n", "<p>hello");
        // These are odd and clear.
        row("H9 bytes from 0x80", get("X: caf\xc3\xa9 \xff\r\n"));
        row("H9 LF alone", "GET / HTTP/1.1\nHost: a\n\n");
        row("H10 line of 20 KiB",
            "GET /" + std::string(20'000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n");
        row("H11 1.0 without host",
            "GET / HTTP/1.0\r\n\r\n",
            "HTTP/1.0 200 OK\r\n\r\nuntil the end");
        row("H11 absolute", "GET http://b/x?y HTTP/1.1\r\nHost: a\r\n\r\n");
        row("H11 asterisk", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
        row("H11 authority",
            "CONNECT b:1 HTTP/1.1\r\nHost: b:1\r\n\r\n",
            "HTTP/1.1 200 OK\r\n\r\n" + noise(3000));
        row("H11 odd method", "PR.O-P_!F / HTTP/1.1\r\nHost: a\r\n\r\n");
        row("H11 version in small letters", "GET / http/1.1\r\nHost: a\r\n\r\n");
        row("H15 codings that lie",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip, br\r\nContent-Length: "
            "900\r\n\r\n"
                + noise(900),
            "HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\nContent-Length: 700\r\n\r\n"
                + noise(700));
    }

    void relayed()
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
        port->setTakings(test::takeWhat("path is \"/mine\""));
        std::string got;
        m_rig->during(*m_rig->callers, [&] {
            Stream caller = Stream::to("10.77.0.2", Rig::port);
            caller.write(up);
            got = caller.readAll();
        });
        QCOMPARE(m_rig->gate.takers.size(), std::size_t{0});
        QVERIFY(served == up);
        QVERIFY(got == down);
        QVERIFY(m_rig->until([&] { return port->proxied() == 0; }));
    }

    // H1: an answer that ends with its head, whatever its fields say. If the proxy waited for a
    // body, what is taken behind it would never be answered.
    void answersWithoutBodies()
    {
        const std::string heads = "HEAD /1 HTTP/1.1\r\nHost: a\r\n\r\n"
                                  "GET /204 HTTP/1.1\r\nHost: a\r\n\r\n"
                                  "GET /304 HTTP/1.1\r\nHost: a\r\n\r\n";
        const std::string answers =
            "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"
            "HTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\n\r\n"
            "HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n"
            "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n";
        Service service(*m_rig->target, "0.0.0.0", Rig::port, [&](Stream& stream) {
            if (!stream.readExactly(heads.size()).empty())
                stream.write(answers);
            stream.readAll();
        });
        auto port = m_rig->started();
        port->setTakings(test::takeWhat("path is \"/mine\""));
        answerTakers();
        std::string got;
        m_rig->during(*m_rig->callers, [&] {
            Stream caller = Stream::to("10.77.0.2", Rig::port);
            caller.write(heads + mine);
            got = caller.readExactly(answers.size() + taken.size());
        });
        QCOMPARE(got, answers + taken);
    }

    // H14: a head that comes byte by byte is decided like any other.
    void trickledHeads()
    {
        Service service(*m_rig->target, "0.0.0.0", Rig::port, test::echoRequests);
        auto port = m_rig->started();
        port->setTakings(test::takeWhat("path is \"/mine\""));
        answerTakers();
        const std::string other = "GET /other HTTP/1.1\r\nHost: a\r\n\r\n";
        std::string got;
        m_rig->during(*m_rig->callers, [&] {
            Stream caller = Stream::to("10.77.0.2", Rig::port);
            const int yes = 1;
            ::setsockopt(caller.fd(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
            for (const char byte : mine + other)
                caller.write({&byte, 1});
            got = caller.readExactly(taken.size()) + caller.readUntil("\r\n\r\n" + other);
        });
        QVERIFY(got.starts_with(taken));
        QVERIFY(got.find("Server: original") != std::string::npos);
        QCOMPARE(m_rig->gate.takers.size(), std::size_t{1});
        QCOMPARE(m_rig->gate.takers[0]->received, mine);
    }

    // H2: the taker is told, nothing of it reaches the service, and the caller is answered.
    void brokenChunksOfATakenRequest()
    {
        int served = 0;
        Service service(*m_rig->target, "0.0.0.0", Rig::port, [&](Stream& stream) {
            served += stream.readSome().empty() ? 0 : 1;
        });
        auto port = m_rig->started();
        port->setTakings(test::takeWhat("path is \"/mine\""));
        std::string got;
        m_rig->during(*m_rig->callers, [&] {
            Stream caller = Stream::to("10.77.0.2", Rig::port);
            caller.write("POST /mine HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                         "5\r\nhello\r\nZZ\r\n");
            got = caller.readAll();
        });
        QVERIFY2(got.starts_with("HTTP/1.1 502 "), got.c_str());
        QVERIFY(got.find("framing") != std::string::npos);
        QVERIFY(m_rig->until([&] { return port->proxied() == 0; }));
        QCOMPARE(served, 0);
    }

private:
    void answerTakers()
    {
        m_rig->gate.onProgress = [](FakeTaker& taker) {
            if (taker.ended)
                taker.answer(taken);
        };
    }
};

QTEST_GUILESS_MAIN(TestOddMessages)

#include "tst_odd_messages.moc"
