// SPDX-License-Identifier: Apache-2.0
// An agent that listens: a socket file, or a TCP port on this machine (or forwarded to it).
#pragma once

#include "core/io/socket.h"
#include "core/session/carrier.h"

namespace podglass::session {

class SocketCarrier : public Carrier
{
public:
    SocketCarrier(io::Loop& loop, Road road, CarrierEvents events);
    ~SocketCarrier() override;

    void open() override;

    [[nodiscard]] int in() const override { return m_in.get(); }

    [[nodiscard]] int out() const override { return m_out.get(); }

    void ended(int error) override;
    void answer(std::uint32_t prompt, std::optional<std::string> text) override;
    [[nodiscard]] std::string words() const override;

private:
    base::Result<io::SocketAddress> address() const;
    void decided();
    [[nodiscard]] base::Error cannotConnect(int number) const;
    void fail(base::Error error);

    io::Loop& m_loop;
    Road m_road;
    CarrierEvents m_events;
    io::Fd m_in;
    io::Fd m_out; // the same socket; a number of its own so that both can be watched apart
    io::Loop::TimerId m_timeout;
    base::Instant m_begun;
    std::string m_where;
};

} // namespace podglass::session
