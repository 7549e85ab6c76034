// SPDX-License-Identifier: Apache-2.0
// The beginning of a connection whose TLS is to end here: TlsFront, and what comes of it.
#include "core/base/limits.h"
#include "core/steal/addresses.h"
#include "core/steal/proxied.h"

namespace podglass::steal {

void Proxied::pumpFront()
{
    if (checkBroken())
        return;
    frontIs(m_front->pump(*m_client, *m_service));
    if (!m_front || m_over)
        return;
    // It may be what broke a handshake.
    if (checkBroken())
        return;
    if (m_front->begun() && m_patience == Patience::None)
        wait(Patience::Tls, limits::tlsHandshakePatience);
    m_front->want(*m_client, *m_service);
}

void Proxied::frontIs(TlsFront::State state)
{
    if (state == TlsFront::State::Going)
        return;
    const auto front = std::move(m_front);
    stopWaiting(Patience::Tls);
    switch (state) {
    case TlsFront::State::Going:
        break;
    case TlsFront::State::Plain:
        m_up.append(front->said());
        break;
    case TlsFront::State::Untouched:
        if (!serviceAnew())
            return;
        m_up.append(front->said());
        relayRaw();
        break;
    case TlsFront::State::Secured:
        toldTls(front->hello());
        break;
    case TlsFront::State::Failed:
        // Our alert before the end; it stays readable.
        m_client->closeNow();
        m_service->reset();
        end(flow::CloseReason::Reset, flow::Direction::ServerToClient);
        break;
    }
    m_again = true;
}

// The first connection has been spoken TLS to; what the caller said belongs to one of its own.
bool Proxied::serviceAnew()
{
    auto upstream = beginUpstream(m_context.upstreams, m_accepted.original);
    if (!upstream) {
        abort(flow::Direction::ServerToClient);
        return false;
    }
    own(false);
    m_context.own.remove(m_upstreamEnd);
    m_upstreamEnd = localEndpoint(*upstream);
    m_context.own.add(m_upstreamEnd);
    own(true);
    m_service = std::make_unique<SocketEnd>(
        m_context.loop, std::move(*upstream), SocketEnd::Link::Connecting, readyCallback());
    return true;
}

void Proxied::toldTls(const parse::TlsHello& hello)
{
    const std::string protocol = m_client->tls()->protocol();
    const flow::TlsTerminated event{m_client->tls()->version(), hello.serverName, protocol};
    m_context.observer.decided({m_context.setup.target, m_id, base::wallClock(), event});
}

} // namespace podglass::steal
