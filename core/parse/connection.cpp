// SPDX-License-Identifier: Apache-2.0
#include "core/parse/connection.h"

#include "core/base/limits.h"
#include "core/parse/tls_hello.h"

namespace podglass::parse {

using flow::Direction;
using flow::Protocol;

Connection::Connection(EventOutput output,
                       Ids& exchangeIds,
                       ParseOptions options,
                       std::shared_ptr<MemoryBudget> budget,
                       bool joinedLate)
    : m_out(output)
    , m_exchangeIds(exchangeIds)
    , m_options(options)
    , m_budget(std::move(budget))
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
            if (!detect(side, rest, used))
                return used;
            break;
        case Reading::Messages:
            if (!step(side, rest, used))
                return used;
            break;
        case Reading::WebSocket:
            if (!readWebSocket(side, rest, used))
                return used;
            break;
        case Reading::Http2:
            if (!readHttp2(side, rest, used))
                return used;
            break;
        }
    }
}

// False: all is read. True: what follows is no frame.
bool Connection::readWebSocket(Side& side, bytes::ByteView input, std::size_t& used)
{
    const std::size_t part = m_webSocket->read(side.direction, input, side.position, side.at);
    used += part;
    side.position += part;
    if (m_webSocket->reading(side.direction))
        return false;
    side.reading = Reading::Raw;
    return true;
}

// False: all is read, or waits. True: it was no HTTP/2 after all.
bool Connection::readHttp2(Side& side, bytes::ByteView input, std::size_t& used)
{
    const bool mayWait = !m_hurry && !client().finished && !server().finished
                         && client().reading == Reading::Http2
                         && input.size() <= limits::undecidedBytes;
    const std::size_t part =
        m_http2->read(side.direction, {input, side.position, side.at, mayWait});
    used += part;
    side.position += part;
    if (side.direction == Direction::ClientToServer && m_http2->serverWaits())
        server().wake = true;
    if (m_http2->failure().empty())
        return false;
    decide(Protocol::Raw, m_http2->failure(), side.at);
    return true;
}

std::size_t Connection::showRaw(Side& side, bytes::ByteView input)
{
    const auto show = [&](bytes::ByteView part) {
        if (!m_options.alsoStreams)
            m_out.stream(side.direction, side.position, part, side.at);
        side.position += part.size();
    };
    const auto found = m_tls ? m_tls->feed(side.direction, input) : std::nullopt;
    if (found) {
        show(input.first(found->end));
        m_out.emit(flow::TlsHello{side.direction,
                                  found->hello.version,
                                  found->hello.serverName,
                                  found->hello.protocols,
                                  found->hello.encryptedName},
                   side.at);
    }
    show(found ? input.subspan(found->end) : input);
    return input.size();
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
