// SPDX-License-Identifier: Apache-2.0
// TakingTest: a RigTest with a service, a stolen port and one client that takes what begins with
// /mine. What the caller sent and was answered, and what was decided, as text.
#pragma once

#include "tests/net/steal/rig_test.h"

#include <QTest>

namespace podglass::test {

inline const std::string mine = "GET /mine HTTP/1.1\r\nHost: a\r\n\r\n";
inline const std::string other = "GET /other HTTP/1.1\r\nHost: a\r\n\r\n";
inline const std::string taken =
    "HTTP/1.1 200 OK\r\nServer: taker\r\nContent-Length: 5\r\n\r\nmine!";

inline std::string echoed(const std::string& request)
{
    return "HTTP/1.1 200 OK\r\nServer: original\r\nContent-Length: "
           + std::to_string(request.size()) + "\r\n\r\n" + request;
}

inline std::string post(const std::string& path, const std::string& body)
{
    return "POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size())
           + "\r\n\r\n" + body;
}

class TakingTest : public RigTest
{
protected:
    void begin() override
    {
        m_serve = echoRequests;
        m_service = std::make_unique<Service>(
            *m_rig->target, "0.0.0.0", Rig::port, [this](Stream& stream) { m_serve(stream); });
        m_port = m_rig->started();
        take(wire::OnTakerFailure::BadGateway);
    }

    void end() override
    {
        if (m_port)
            QVERIFY(m_rig->until([this] { return m_port->proxied() == 0; }));
        m_port.reset();
        m_service.reset();
    }

    void take(wire::OnTakerFailure onFailure)
    {
        m_port->setTakings(takeWhat("path starts with \"/mine\"", onFailure));
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
    [[nodiscard]] std::string decisions() const
    {
        std::string all;
        for (const flow::StealDecision& decision : m_rig->recorder.decisions)
            all += "psf"[static_cast<std::size_t>(decision.decision)];
        return all;
    }

    std::function<void(Stream&)> m_serve;
    std::unique_ptr<Service> m_service;
    std::unique_ptr<steal::StealPort> m_port;
    bool m_wasReset = false; // the caller of the last exchange()
};

} // namespace podglass::test
