// SPDX-License-Identifier: Apache-2.0
#include "core/parse/connection.h"

#include "core/base/limits.h"
#include "core/parse/tls_hello.h"

namespace podglass::parse {

using flow::Direction;
using flow::Protocol;

Connection::Connection(EventOutput output, Ids& exchangeIds, ParseOptions options, bool joinedLate)
    : m_out(output)
    , m_exchangeIds(exchangeIds)
    , m_options(options)
    , m_sides{Side(Direction::ClientToServer, Http1Parser::Kind::Request),
              Side(Direction::ServerToClient, Http1Parser::Kind::Response)}
    , m_unsure(joinedLate)
{
    if (!joinedLate)
        return;
    for (Side& side : m_sides) {
        side.reading = Reading::Seeking;
        side.late = true;
    }
}

void Connection::data(Direction direction,
                      std::uint64_t offset,
                      bytes::ByteView data,
                      base::Timestamp at)
{
    Side& from = side(direction);
    from.at = at;
    if (m_options.alsoStreams)
        m_out.stream(direction, offset, data, at);
    if (from.rest.empty()) {
        from.position = offset;
        const std::size_t used = read(from, data);
        from.rest.assign(data.begin() + static_cast<std::ptrdiff_t>(used), data.end());
    } else {
        from.rest.insert(from.rest.end(), data.begin(), data.end());
        pump(from);
    }
    settle();
}

void Connection::anomaly(const flow::Anomaly& anomaly, base::Timestamp at)
{
    m_out.emit(anomaly, at);
}

// Reads again what waited.
void Connection::pump(Side& side)
{
    const std::size_t used = read(side, side.rest);
    constexpr std::size_t keptCapacity = 4'096;
    if (used == side.rest.size() && side.rest.capacity() > keptCapacity)
        side.rest = {};
    else
        side.rest.erase(side.rest.begin(), side.rest.begin() + static_cast<std::ptrdiff_t>(used));
}

void Connection::settle()
{
    while (client().wake || server().wake) {
        Side& next = client().wake ? client() : server();
        next.wake = false;
        pump(next);
    }
}

std::size_t Connection::read(Side& side, bytes::ByteView input)
{
    std::size_t used = 0;
    for (;;) {
        const bytes::ByteView rest = input.subspan(used);
        switch (side.reading) {
        case Reading::Raw:
            return used + showRaw(side, rest);
        case Reading::Seeking:
            if (!seek(side, rest))
                return used;
            if (side.reading == Reading::Seeking)
                return used + showRaw(side, rest);
            break;
        case Reading::Detecting:
            if (!detect(side, rest))
                return used;
            break;
        case Reading::Messages:
            if (!step(side, rest, used))
                return used;
            break;
        }
    }
}

std::size_t Connection::showRaw(Side& side, bytes::ByteView input)
{
    if (!m_options.alsoStreams)
        m_out.stream(side.direction, side.position, input, side.at);
    side.position += input.size();
    return input.size();
}

// False: needs more bytes. True: `side.reading` has changed.
bool Connection::detect(Side& side, bytes::ByteView input)
{
    if (side.direction == Direction::ServerToClient)
        return detectServer(input);
    const Detection found = detectFromClient(input);
    if (found.protocol == Protocol::Unknown)
        return false;
    decide(found.protocol, found.serverName, side.at);
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
    for (Side& side : m_sides) {
        side.reading = protocol == Protocol::Http1 ? Reading::Messages : Reading::Raw;
        side.wake = true;
    }
}

// False: needs more bytes. True: found (Messages), or shown as no message (still Seeking).
bool Connection::seek(Side& side, bytes::ByteView input)
{
    if (input.empty())
        return false;
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

// A message that would begin here must wait for something the other side says.
bool Connection::mustWait(const Side& side, std::size_t size) const
{
    if (!side.parser.betweenMessages() || size == 0 || size > limits::undecidedBytes
        || side.finished)
        return false;
    if (side.direction == Direction::ClientToServer)
        return static_cast<bool>(m_awaiting);
    const Side& requests = m_sides[0];
    return m_outstanding.empty() && !m_unsure && !requests.finished
           && requests.reading == Reading::Messages;
}

} // namespace podglass::parse
