// SPDX-License-Identifier: Apache-2.0
// A playbook: the engine on a loop of the test's thread, and a scripted agent at the other end of a
// socket pair. Every expectation pumps the loop until it is met or a deadline passes.
#pragma once

#include "core/session/engine.h"
#include "core/wire/codec.h"

#include <array>
#include <deque>
#include <functional>

#include <sys/socket.h>
#include <unistd.h>

namespace playbook {

using namespace podglass;

// A carrier that is open at once; the test holds the agent's end.
class FakeCarrier : public session::Carrier
{
public:
    FakeCarrier(io::Loop& loop, session::CarrierEvents events, io::Fd end)
        : m_loop(loop)
        , m_events(std::move(events))
        , m_in(std::move(end))
        , m_out(::dup(m_in.get()))
    {}

    ~FakeCarrier() override { m_loop.cancel(m_timer); }

    void open() override
    {
        m_timer = m_loop.after({}, [this] { m_events.opened(); });
    }

    [[nodiscard]] int in() const override { return m_in.get(); }

    [[nodiscard]] int out() const override { return m_out.get(); }

    void ended(int /*error*/) override
    {
        m_timer = m_loop.after({}, [this] { m_events.closed(loss); });
    }

    void answer(std::uint32_t /*prompt*/, std::optional<std::string> /*text*/) override {}

    [[nodiscard]] std::string words() const override { return {}; }

    static inline session::Loss loss{};

private:
    io::Loop& m_loop;
    session::CarrierEvents m_events;
    io::Fd m_in;
    io::Fd m_out;
    io::Loop::TimerId m_timer;
};

class Stage
{
public:
    explicit Stage(session::Options options = {}, std::size_t channelBytes = 1 << 20)
        : updates(channelBytes)
        , engine(loop,
                 std::move(options),
                 updates,
                 [this](const session::Options&, session::CarrierEvents events) {
                     std::array<int, 2> ends{};
                     ::socketpair(
                         AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data());
                     agent = io::Fd(ends[1]);
                     incoming = {};
                     heard.clear();
                     ++connections;
                     return std::make_unique<FakeCarrier>(loop, std::move(events), io::Fd(ends[0]));
                 })
    {
        FakeCarrier::loss = {session::Fault::Network,
                             {.what = "cut", .where = "playbook", .advice = {}}};
    }

    // Pumps until `met` or five seconds passed.
    bool until(const std::function<bool()>& met)
    {
        const auto deadline = io::Loop::now() + std::chrono::seconds(5);
        while (!met()) {
            if (io::Loop::now() > deadline)
                return false;
            loop.runOnce(std::chrono::milliseconds(5));
            listen();
            collect();
        }
        return true;
    }

    // The next message of the client of this type; others before it stay.
    template <typename T>
    std::optional<T> hear()
    {
        std::optional<T> found;
        until([&] {
            for (auto each = heard.begin(); each != heard.end(); ++each) {
                if (auto* message = std::get_if<T>(&*each)) {
                    found = std::move(*message);
                    heard.erase(each);
                    return true;
                }
            }
            return false;
        });
        return found;
    }

    // The next update of this type; those before it are dropped.
    template <typename T>
    std::optional<T> update()
    {
        std::optional<T> found;
        until([&] {
            while (!told.empty() && !found) {
                if (auto* each = std::get_if<T>(&told.front()))
                    found = std::move(*each);
                told.pop_front();
            }
            return found.has_value();
        });
        return found;
    }

    // The next state of this kind.
    std::optional<session::StateChanged> state(session::State wanted)
    {
        for (;;) {
            auto each = update<session::StateChanged>();
            if (!each || each->state == wanted)
                return each;
        }
    }

    void say(const wire::Message& message)
    {
        std::vector<std::uint8_t> bytes;
        wire::encode(message, bytes);
        raw(bytes);
    }

    void say(const flow::Event& event)
    {
        std::vector<std::uint8_t> bytes;
        wire::encode(event, bytes);
        raw(bytes);
    }

    void raw(bytes::ByteView bytes)
    {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(agent.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent > 0)
                bytes = bytes.subspan(static_cast<std::size_t>(sent));
            else
                loop.runOnce(std::chrono::milliseconds(1));
        }
    }

    // As far as Live.
    bool greet()
    {
        engine.connect();
        return hear<wire::Hello>() && (say(wire::Hello{}), state(session::State::Live));
    }

    void listen()
    {
        if (!agent)
            return;
        const auto room = incoming.prepare(65'536);
        const ssize_t got = ::read(agent.get(), room.data(), room.size());
        incoming.commit(got > 0 ? static_cast<std::size_t>(got) : 0);
        const auto frames = incoming.takeComplete();
        wire::FrameWalk walk(frames->view());
        while (const auto frame = walk.next())
            heard.push_back(wire::decodeMessage(*frame).value());
    }

    void collect()
    {
        if (holdUpdates)
            return;
        for (auto& each : updates.take())
            told.push_back(std::move(each));
    }

    io::Loop loop;
    session::Updates updates;
    io::Fd agent;
    wire::FrameBuffer incoming;
    std::deque<wire::Message> heard;
    std::deque<session::Update> told;
    int connections = 0;
    bool holdUpdates = false;
    session::Engine engine;
};

} // namespace playbook
