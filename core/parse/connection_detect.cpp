// SPDX-License-Identifier: Apache-2.0
// What a connection speaks, and where its messages begin.
#include "core/base/limits.h"
#include "core/parse/connection.h"
#include "core/parse/proxy_header.h"
#include "core/parse/tls_hello.h"

namespace podglass::parse {

using flow::Direction;
using flow::Protocol;

// False: needs more bytes. True: `side.reading` has changed, or a part was consumed.
bool Connection::detect(Side& side, bytes::ByteView input, std::size_t& used)
{
    if (side.direction == Direction::ServerToClient)
        return detectServer(input);
    if (m_maybeProxied && takeProxyHeader(side, input, used))
        return true;
    if (m_maybeProxied)
        return false;
    const Detection found = detectFromClient(input);
    if (found.protocol == Protocol::Unknown)
        return false;
    decide(found.protocol, found.serverName, side.at);
    return true;
}

// True: one was taken off. Else m_maybeProxied says whether more bytes may make it one.
bool Connection::takeProxyHeader(Side& side, bytes::ByteView input, std::size_t& used)
{
    const ProxyHeaderRead read = readProxyHeader(input);
    m_maybeProxied = read.state == ProxyHeaderRead::State::Incomplete;
    if (read.state != ProxyHeaderRead::State::Complete)
        return false;
    m_out.emit(read.header, side.at);
    used += showRaw(side, input.first(read.header.bytes));
    return true;
}

bool Connection::detectServer(bytes::ByteView input)
{
    if (input.empty())
        return false;
    const bool clientSpoke = !client().rest.empty();
    switch (beginsResponse(input)) {
    case Certainty::Open:
        return false;
    case Certainty::Yes:
        // Without a word of the client yet, its request may only be late.
        if (!clientSpoke && !client().finished && !server().finished
            && input.size() <= limits::undecidedBytes)
            return false;
        decide(Protocol::Http1, {}, server().at);
        return true;
    case Certainty::No:
        break;
    }
    const bool mayWait =
        !client().finished && !server().finished && input.size() <= limits::undecidedBytes;
    if (mayWait && beginsHttp2Server(input) != Certainty::No)
        return false;
    if (!clientSpoke)
        decide(Protocol::ServerFirst, {}, server().at);
    else
        decideNow(server().at);
    return true;
}

// What waits must be told now: no more bytes will help.
void Connection::decideNow(base::Timestamp at)
{
    if (client().reading != Reading::Detecting && server().reading != Reading::Detecting)
        return;
    if (beginsResponse(server().rest) == Certainty::Yes)
        decide(Protocol::Http1, {}, at);
    else if (readTlsHello(client().rest).state == TlsHello::State::Incomplete)
        decide(Protocol::Tls, {}, at); // without the name
    else
        decide(Protocol::Raw, {}, at);
}

void Connection::decide(Protocol protocol, std::string_view detail, base::Timestamp at)
{
    m_protocol = protocol;
    m_out.emit(flow::ProtocolDetected{protocol, detail}, at);
    if (protocol == Protocol::Http2)
        beginHttp2();
    if (protocol == Protocol::Tls)
        m_tls = std::make_unique<TlsWatch>();
    for (Side& side : m_sides) {
        side.reading = protocol == Protocol::Http1   ? Reading::Messages
                       : protocol == Protocol::Http2 ? Reading::Http2
                                                     : Reading::Raw;
        side.wake = true;
    }
}

void Connection::beginHttp2()
{
    m_http2 = std::make_unique<Http2Session>(m_out, m_exchangeIds, m_options, *m_budget);
}

// Joined late, but before the first byte of this side, or only the other side has lost its start.
Certainty Connection::beginsHttp2(const Side& side, bytes::ByteView input) const
{
    if (side.position != 0 || (m_protocol != Protocol::Unknown && !m_http2))
        return Certainty::No;
    return side.direction == Direction::ClientToServer ? beginsHttp2Client(input)
                                                       : beginsHttp2Server(input);
}

// False: needs more bytes. True: found (Messages, Http2), or shown as no message (still Seeking).
bool Connection::seek(Side& side, bytes::ByteView input)
{
    if (input.empty())
        return false;
    switch (beginsHttp2(side, input)) {
    case Certainty::Open:
        return false;
    case Certainty::Yes:
        if (!m_http2) {
            m_protocol = Protocol::Http2;
            m_out.emit(flow::ProtocolDetected{Protocol::Http2, {}}, side.at);
            beginHttp2();
        }
        side.reading = Reading::Http2;
        return true;
    case Certainty::No:
        break;
    }
    const Certainty frames = side.position == 0 && (m_protocol == Protocol::Unknown || m_http2)
                                 ? followsFrames(input, side.direction)
                                 : Certainty::No;
    if (frames == Certainty::Open)
        return false;
    if (frames == Certainty::Yes) {
        joinHttp2(side);
        return true;
    }
    if (m_http2) { // the other side began it, this one is in mid-stream: nothing is certain
        m_http2->finish(side.direction, flow::MessageFate::CutByGap, side.at);
        side.reading = Reading::Raw;
        return true;
    }
    switch (side.direction == Direction::ClientToServer ? certainRequest(input)
                                                        : certainResponse(input)) {
    case Certainty::Open:
        return false;
    case Certainty::Yes:
        side.reading = Reading::Messages;
        if (m_protocol != Protocol::Http1)
            m_out.emit(flow::ProtocolDetected{Protocol::Http1, {}}, side.at);
        m_protocol = Protocol::Http1;
        return true;
    case Certainty::No:
        break;
    }
    if (m_protocol == Protocol::Unknown) {
        m_protocol = Protocol::Raw;
        m_out.emit(flow::ProtocolDetected{Protocol::Raw, {}}, side.at);
    }
    return true;
}

// Without its preface: what compresses its headers was not seen.
void Connection::joinHttp2(Side& side)
{
    if (!m_http2) {
        m_protocol = Protocol::Http2;
        beginHttp2();
    }
    m_http2->joinLate(side.direction, side.at);
    side.reading = Reading::Http2;
}

} // namespace podglass::parse
