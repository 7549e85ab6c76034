// SPDX-License-Identifier: Apache-2.0
#include "core/steal/proxied.h"

#include "core/base/limits.h"
#include "core/steal/addresses.h"

namespace podglass::steal {

namespace {

// Together limits::proxyBufferBytes. A whole head fits into each.
constexpr std::size_t downLaneBytes = limits::proxyBufferBytes / 4 + 4096;
constexpr std::size_t upLaneBytes = limits::proxyBufferBytes - downLaneBytes;
// Kept free so that a 502 always fits.
constexpr std::size_t downReserve = 1024;
static_assert(downLaneBytes - downReserve > limits::headBytes);
static_assert(upLaneBytes > limits::headBytes);

} // namespace

Proxied::Proxied(ProxyContext& context, Accepted accepted, base::ConnectionId id)
    : m_context(context)
    , m_id(id)
    , m_accepted(std::move(accepted))
    , m_up(upLaneBytes)
    , m_down(downLaneBytes)
{}

Proxied::~Proxied() = default;

bool Proxied::start()
{
    auto upstream = beginUpstream(m_context.upstreams, m_accepted.original);
    if (!upstream) {
        closeWithReset(std::move(m_accepted.socket));
        return false;
    }
    m_upstreamEnd = localEndpoint(*upstream);
    m_context.own.add(m_upstreamEnd);
    own(true);
    const flow::ConnectionOpened opened{
        m_accepted.client, m_accepted.server, flow::Origin::Steal, false, false};
    m_sink = m_context.parsers.open(m_id, opened, base::wallClock());
    if (m_context.tls)
        m_front = std::make_unique<TlsFront>(m_context, m_context.tls);
    const auto ready = readyCallback();
    m_client = std::make_unique<SocketEnd>(
        m_context.loop, std::move(m_accepted.socket), SocketEnd::Link::Open, ready);
    m_service = std::make_unique<SocketEnd>(
        m_context.loop, std::move(*upstream), SocketEnd::Link::Connecting, ready);
    return true;
}

std::function<void()> Proxied::readyCallback()
{
    return [self = weak_from_this()] {
        if (const auto alive = self.lock())
            alive->pump();
    };
}

// Passive capture sees both of our connections; neither is to be shown a second time.
void Proxied::own(bool owned)
{
    m_context.observer.ownsConnection(m_accepted.client, m_accepted.server, owned);
    m_context.observer.ownsConnection(m_upstreamEnd, m_accepted.server, owned);
}

void Proxied::pump()
{
    if (m_over)
        return;
    if (m_pumping) {
        m_again = true;
        return;
    }
    m_pumping = true;
    do {
        m_again = false;
        if (m_front)
            pumpFront();
        else if (m_http2)
            pumpHttp2();
        else
            pumpHttp1();
    } while (m_again && !m_over);
    m_pumping = false;
    if (m_over || m_http2 || m_front)
        return;
    wantMore();
    if (m_awaited.empty())
        std::vector<Awaited>().swap(m_awaited);
    m_up.releaseIfEmpty();
    m_down.releaseIfEmpty();
}

void Proxied::pumpHttp1()
{
    bool moved = true;
    while (moved && !m_over && !m_http2) {
        m_again = false;
        moved = readClient();
        moved = readRequests() || moved;
        moved = sendUp() || moved;
        settle(m_up);
        moved = readService() || moved;
        moved = readResponses() || moved;
        moved = sendDown() || moved;
        settle(m_down);
        moved = turnIntoHttp2() || moved;
        moved = settleTaken() || moved;
        if (!m_http2)
            finishIfDone();
        moved = moved || m_again;
    }
}

void Proxied::pumpHttp2()
{
    const auto relay = m_http2; // it may be left below
    switch (relay->pump()) {
    case Http2Relay::State::Going:
        break;
    case Http2Relay::State::Finished:
        leaveHttp2();
        if (m_sink)
            m_sink->finished(flow::Direction::ServerToClient, base::wallClock());
        beginGoodbye();
        m_again = true;
        break;
    case Http2Relay::State::ResetByCaller:
        abort(flow::Direction::ClientToServer);
        break;
    case Http2Relay::State::ResetByService:
        abort(flow::Direction::ServerToClient);
        break;
    case Http2Relay::State::NotHttp2:
        // The service answered our preface; the caller's was the same and is not sent again.
        leaveHttp2();
        if (m_sink)
            m_sink->data(
                flow::Direction::ClientToServer, 0, relay->callerSaid(), base::wallClock());
        m_upBytes = relay->callerSaid().size();
        m_down.append(bytes::asBytes(relay->serviceSaid()));
        relayRaw();
        m_again = true;
        break;
    }
}

void Proxied::leaveHttp2()
{
    m_http2->abandon();
    m_upBytes = m_http2->streamBytes()[0];
    m_downBytes = m_http2->streamBytes()[1];
    m_http2.reset();
}

bool Proxied::readClient()
{
    if (!m_client->readable())
        return false;
    if (m_goodbye) {
        m_drained += m_client->read(m_context.scratch.use()).size();
        return true;
    }
    if (m_up.room() == 0)
        return false;
    lend(m_up, m_client->read(m_context.scratch.use(m_up.room())));
    if (m_patience == Patience::Taker)
        wait(Patience::Taker, takerPatience); // it is the client that is slow
    return true;
}

bool Proxied::readService()
{
    if (m_goodbye || m_taken || !m_service->readable() || m_down.room() <= downReserve)
        return false;
    lend(m_down, m_service->read(m_context.scratch.use(m_down.room() - downReserve)));
    return true;
}

// Most often what was read is sent at once, so it is not copied before.
void Proxied::lend(Lane& lane, bytes::ByteView data)
{
    lane.lend(data);
    m_context.scratch.lent(lane.isLent());
}

void Proxied::settle(Lane& lane)
{
    lane.settle();
    m_context.scratch.lent(false);
}

bool Proxied::sendUp()
{
    if (m_destination == Destination::Taker)
        settle(m_up); // its stream may let other connections move
    const bytes::ByteView due = m_up.due();
    std::size_t went = 0;
    bool keep = false;
    switch (m_destination) {
    case Destination::Service:
        // A service that reads no more may still have answered: its answer is read first.
        went = m_service->writeBroken() ? due.size() : due.empty() ? 0 : m_service->write(due);
        break;
    case Destination::Taker:
        if (!m_taken->stream)
            return false;
        went = due.empty() ? 0 : m_taken->stream->write(due);
        keep = m_taken->replayable;
        break;
    case Destination::Nowhere:
        went = due.size();
        m_drained += went;
        break;
    }
    m_up.went(went, keep);
    if (m_taken && went > 0 && m_patience == Patience::Taker)
        wait(Patience::Taker, takerPatience);
    if (m_up.keeps() && m_up.room() == 0) {
        m_taken->replayable = false;
        m_up.dropKept();
        return true;
    }
    return went > 0;
}

bool Proxied::sendDown()
{
    const bytes::ByteView due = m_down.due();
    if (due.empty())
        return false;
    const std::size_t went = m_client->writeBroken() ? due.size() : m_client->write(due);
    m_down.went(went, false);
    if (m_taken && m_taken->starved && m_down.room() > downReserve) {
        m_taken->starved = false;
        if (m_taken->stream)
            m_taken->stream->resume();
    }
    return went > 0;
}

void Proxied::wantMore()
{
    m_client->want(m_goodbye || m_up.room() > 0, !m_down.due().empty());
    m_service->want(!m_goodbye && !m_taken && m_down.room() > downReserve,
                    m_destination == Destination::Service && !m_up.due().empty());
}

std::size_t Proxied::onTakerData(bytes::ByteView data)
{
    const std::size_t room = m_down.room() > downReserve ? m_down.room() - downReserve : 0;
    const std::size_t taken = m_down.append(data.first(std::min(data.size(), room)));
    m_taken->starved = m_taken->starved || taken < data.size();
    if (m_patience == Patience::Taker)
        wait(Patience::Taker, takerPatience);
    return taken;
}

} // namespace podglass::steal
