// SPDX-License-Identifier: Apache-2.0
// A stolen request from the agent's side, and a server that may be its taker.
#pragma once

#include "core/io/socket.h"

#include "tests/core/session/playbook.h"

#include <netinet/in.h>
#include <poll.h>

namespace playbook {

inline constexpr std::uint32_t stream = wire::firstStealChannel;

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

inline session::Taker takerAt(std::uint16_t port)
{
    session::Taker taker;
    taker.port = port;
    return taker;
}

// A live session with target 7 attached as ours and a taker for its port 80.
inline base::TargetId prepare(Stage& stage, session::Taker taker)
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

inline void open(Stage& stage)
{
    wire::StealOpen request;
    request.stream = stream;
    request.target = {7};
    request.exchange = {99};
    request.port = 80;
    stage.say(request);
}

inline void sayData(Stage& stage, std::string_view text)
{
    stage.say(wire::StealData{stream, {text.begin(), text.end()}});
}

// The client's next bytes of the stream until its end, credit being granted as they come.
inline std::string answerOf(Stage& stage, std::size_t atLeast)
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

} // namespace playbook
