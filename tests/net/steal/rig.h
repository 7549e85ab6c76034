// SPDX-License-Identifier: Apache-2.0
// Real sockets around a StealPort: a service and callers on threads of their own inside network
// namespaces, a gate whose takers answer as told, a recorder of what observers are shown.
#pragma once

#include "core/io/loop.h"
#include "core/steal/steal_port.h"

#include "tests/net/steal/namespaces.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace podglass::test {

using namespace std::chrono_literals;

// A blocking stream socket; every call ends within `patience`.
class Stream
{
public:
    explicit Stream(io::Fd fd)
        : m_fd(std::move(fd))
    {}

    // From this thread's namespace; not open if refused.
    static Stream to(const std::string& address, std::uint16_t port);

    [[nodiscard]] bool open() const { return static_cast<bool>(m_fd); }

    bool write(std::string_view text);
    std::string readExactly(std::size_t count);
    std::string readUntil(std::string_view mark); // the mark included
    std::string readAll();                        // until FIN or reset
    std::string readSome();                       // "" at FIN, reset or timeout
    void finishWriting() const;
    void resetNow();

    [[nodiscard]] bool wasReset() const { return m_reset; }

    [[nodiscard]] bool timedOut() const { return m_timedOut; }

    [[nodiscard]] int fd() const { return m_fd.get(); }

    static constexpr std::chrono::seconds patience{10};

private:
    io::Fd m_fd;
    std::string m_ahead;
    bool m_reset = false;
    bool m_timedOut = false;
};

// Accepts in a namespace until destroyed; each connection has a thread.
class Service
{
public:
    using Handler = std::function<void(Stream&)>;

    Service(const NetworkNamespace& where,
            const std::string& address,
            std::uint16_t port,
            Handler handler);
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;
    ~Service();

    // Connections that sent at least one byte or stayed; probes that only connect are not counted.
    [[nodiscard]] int served() const { return m_served; }

    void countOne() { ++m_served; }

    [[nodiscard]] bool ready() const { return static_cast<bool>(m_listener); }

private:
    void run();

    Handler m_handler;
    io::Fd m_listener;
    io::Fd m_bell;
    std::atomic<int> m_served = 0;
    std::thread m_thread;
    std::mutex m_mutex;
    std::list<std::thread> m_connections;
};

// One stolen request as its taker sees it. Lives on the loop's thread.
class FakeTaker
{
public:
    wire::StealOpen request;
    base::ClientId client;
    std::string received;
    bool ended = false;
    std::optional<wire::StealFailure> resetBy;
    std::string resetMessage;
    steal::TakerStream::Events events;
    steal::TakerStream* stream = nullptr; // null once the proxy destroyed it
    std::size_t takesAtMost = SIZE_MAX;   // of one write

    // Gives bytes to the proxy, the rest later when it asks.
    void answer(std::string_view bytes);
    void deliver();
    std::string toDeliver;
};

class FakeGate : public steal::TakerGate
{
public:
    // Called whenever a taker has new bytes or an end.
    std::function<void(FakeTaker&)> onProgress = [](FakeTaker&) {};
    bool refuses = false;
    std::vector<std::shared_ptr<FakeTaker>> takers;

    std::unique_ptr<steal::TakerStream> open(base::ClientId client,
                                             wire::StealOpen request,
                                             steal::TakerStream::Events events) override;
};

// Remembers both directions of every proxied connection, and the calls of ProxyObserver.
class Recorder : public reassembly::StreamFactory, public steal::ProxyObserver
{
public:
    struct Connection
    {
        flow::ConnectionOpened opened;
        std::array<std::string, 2> bytes;
        std::optional<flow::ConnectionClosed> closed;
    };

    std::map<std::uint64_t, Connection> connections;
    std::vector<flow::StealDecision> decisions;
    std::vector<std::string> gaveUps;
    int owned = 0;

    std::unique_ptr<reassembly::StreamSink> open(flow::ConnectionId connection,
                                                 const flow::ConnectionOpened& opened,
                                                 base::Timestamp at) override;

    void ownsConnection(const flow::Endpoint&, const flow::Endpoint&, bool owns) override
    {
        owned += owns ? 1 : -1;
    }

    void decided(flow::Event decision) override
    {
        decisions.push_back(std::get<flow::StealDecision>(decision.body));
    }

    void gaveUp(std::uint16_t, std::string_view why) override { gaveUps.emplace_back(why); }
};

// Two connected namespaces: callers (10.77.0.1, fd77::1) and target (10.77.0.2, fd77::2).
class Rig
{
public:
    static constexpr std::uint16_t port = 8080;

    // Null: not permitted here.
    static std::unique_ptr<Rig> make();

    // Runs `work` on a thread inside `where` and the loop meanwhile; true if it ended in time.
    bool during(const NetworkNamespace& where, const std::function<void()>& work);
    // Runs the loop until `done` or the time is over.
    bool until(const std::function<bool()>& done, std::chrono::milliseconds most = 5s);

    std::unique_ptr<steal::StealPort> portWith(steal::StealSetup setup);
    // Started, without takers; fails the process if that is refused.
    std::unique_ptr<steal::StealPort> started();

    [[nodiscard]] steal::StealSetup setup() const;

    std::unique_ptr<NetworkNamespace> callers;
    std::unique_ptr<NetworkNamespace> target;
    io::Loop loop;
    FakeGate gate;
    Recorder recorder;
};

std::vector<steal::Taking>
takeWhat(const std::string& filterText,
         wire::OnTakerFailure onFailure = wire::OnTakerFailure::BadGateway);

// Answers every request of a keep-alive connection with its own bytes as the body.
void echoRequests(Stream& stream);

} // namespace podglass::test
