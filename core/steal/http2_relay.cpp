// SPDX-License-Identifier: Apache-2.0
// Bytes between sockets and sessions, and how the connection ends.
#include "core/steal/http2_relay.h"

#include "core/base/limits.h"
#include "core/steal/protocol_guess.h"

#include <algorithm>

namespace podglass::steal {

namespace {

// A sender is filled up to here, then the socket must take some first.
constexpr std::size_t sendAhead = std::size_t{64} * 1024;
// What may come on top: what was gathered, and one send() of nghttp2, a head with its
// CONTINUATIONs.
constexpr std::size_t sendBuffer = 2 * sendAhead + 3 * limits::http2HeadBytes;

constexpr std::uint16_t enablePush = 2; // RFC 9113 6.5.2
constexpr std::uint16_t maxConcurrentStreams = 3;
constexpr std::uint16_t maxHeaderListSize = 6;
constexpr std::uint16_t enableConnectProtocol = 8; // RFC 8441 3

bool flush(bytes::WatermarkBuffer& from, SocketEnd& to)
{
    if (from.empty())
        return false;
    const std::size_t went = to.write(from.view());
    from.consume(went);
    from.releaseIfEmpty();
    return went != 0;
}

} // namespace

Http2Relay::Http2Relay(Parts parts)
    : m_parts(std::move(parts))
    , m_caller(http2::End::Role::Server, *this)
    , m_upstream(http2::End::Role::Client, *this)
    , m_early(limits::proxyBufferBytes)
    , m_toCaller(sendBuffer)
    , m_toService(sendBuffer)
{}

Http2Relay::Http2Relay(Parts parts, std::array<bytes::ByteView, 2> early)
    : Http2Relay(std::move(parts))
{
    begin(early);
}

Http2Relay::Http2Relay(Parts parts, const Upgrade& upgrade, std::array<bytes::ByteView, 2> early)
    : Http2Relay(std::move(parts))
{
    m_streamBytes = upgrade.streamBytes;
    m_upgraded = true;
    constexpr std::int32_t first = 1;
    auto stream = std::make_unique<Http2Stream>();
    stream->id = stream->onward = first;
    stream->goes = Http2Stream::Goes::Service;
    stream->exchange = upgrade.exchange;
    stream->up.ended = stream->up.endSent = true;
    stream->decided = true; // by its head in HTTP/1.1
    stream->onwardGone = false;
    // What they refuse, each end says to its peer.
    m_caller.upgrade(upgrade.settings, upgrade.headRequest, stream.get());
    m_upstream.upgrade(upgrade.settings, upgrade.headRequest, stream.get());
    m_streams.emplace(first, std::move(stream));
    begin(early);
}

void Http2Relay::begin(const std::array<bytes::ByteView, 2>& early)
{
    m_early.append(early[0]);
    m_upstream.announce({{enablePush, 0}});
    takeFromService(early[1]);
}

Http2Relay::~Http2Relay()
{
    m_parts.context.http2UnderWay -= m_underWay;
}

Http2Relay::State Http2Relay::pump()
{
    bool moved = true;
    while (moved && !m_notHttp2) {
        moved = greetCaller();
        moved = readCaller() || moved;
        moved = decideArrived() || moved;
        moved = readService() || moved;
        moved = settleService() || moved;
        moved = settleStreams() || moved;
        moved = writeTakers() || moved;
        moved = writeService() || moved;
        moved = writeCaller() || moved;
    }
    wantMore();
    return state();
}

// What a caller must know of the service: how many streams, how large heads, whether CONNECT may
// name a protocol. A service that is slow to say so is not waited for: a request may be taken.
bool Http2Relay::greetCaller()
{
    if (m_greeted || (!m_upstream.greeted() && m_patient)) {
        if (!m_greeted && !std::exchange(m_waiting, true)) {
            m_parts.context.loop.after(limits::unknownProtocolPatience, [self = weak_from_this()] {
                if (const auto alive = self.lock()) {
                    alive->m_patient = false;
                    alive->m_parts.wake();
                }
            });
        }
        return false;
    }
    m_greeted = true;
    std::vector<http2::Setting> settings{
        {maxConcurrentStreams,
         std::min(m_upstream.peerSetting(maxConcurrentStreams), limits::http2ConcurrentStreams)}};
    if (const auto most = m_upstream.peerSetting(maxHeaderListSize); most != UINT32_MAX)
        settings.push_back({maxHeaderListSize, most});
    if (m_upstream.peerSetting(enableConnectProtocol) == 1)
        settings.push_back({enableConnectProtocol, 1});
    m_caller.announce(settings);
    takeFromCaller(m_early.view());
    m_early.consume(m_early.size());
    m_early.releaseIfEmpty();
    return true;
}

bool Http2Relay::readCaller()
{
    if (!m_parts.client.readable() || m_toCaller.size() >= sendAhead)
        return false;
    std::span<std::uint8_t> scratch = m_parts.context.scratch.use();
    if (m_greeted) {
        takeFromCaller(m_parts.client.read(scratch));
        return true;
    }
    if (m_early.full())
        return false;
    m_early.append(m_parts.client.read(scratch.first(std::min(scratch.size(), m_early.room()))));
    return true;
}

void Http2Relay::takeFromCaller(bytes::ByteView data)
{
    if (data.empty() || m_caller.over())
        return;
    // The observer first: decisions name the exchange that it made of the head.
    if (m_parts.sink != nullptr)
        m_parts.sink->data(
            flow::Direction::ClientToServer, m_streamBytes[0], data, base::wallClock());
    m_streamBytes[0] += data.size();
    m_caller.receive(data);
    const std::uint64_t idle = m_caller.takeIdleFrames();
    if (idle != 0 && !m_idleFrames.spend(idle, io::Loop::now()))
        m_caller.terminate(http2::error::calm);
}

bool Http2Relay::readService()
{
    if (!m_parts.service.readable() || m_serviceDown)
        return false;
    takeFromService(m_parts.service.read(m_parts.context.scratch.use()));
    return true;
}

void Http2Relay::takeFromService(bytes::ByteView data)
{
    if (data.empty())
        return;
    if (!m_upstream.greeted()) {
        m_serviceSaid += bytes::asText(data);
        if (guessHttp2Server(bytes::asBytes(m_serviceSaid)) == Guess::SomethingElse) {
            m_notHttp2 = !m_greeted && !m_upgraded;
            if (!m_notHttp2)
                serviceLost();
            return;
        }
    }
    m_upstream.receive(data);
}

bool Http2Relay::writeCaller()
{
    if (!m_greeted)
        return false;
    return write(m_caller, m_toCaller, m_parts.client, [this](bytes::ByteView data) {
        if (m_parts.sink != nullptr)
            m_parts.sink->data(
                flow::Direction::ServerToClient, m_streamBytes[1], data, base::wallClock());
        m_streamBytes[1] += data.size();
    });
}

bool Http2Relay::writeService()
{
    return !m_serviceDown
           && write(m_upstream, m_toService, m_parts.service, [](bytes::ByteView) {});
}

// The session's frames are gathered, since one send of many costs little more than one of each, and
// without a buffer of the connection's own: only what the socket does not take waits in `waiting`.
template <typename Show>
bool Http2Relay::write(http2::End& from,
                       bytes::WatermarkBuffer& waiting,
                       SocketEnd& to,
                       const Show& show)
{
    bool moved = flush(waiting, to);
    const std::span<std::uint8_t> scratch = m_parts.context.scratch.use();
    std::size_t gathered = 0;
    const auto pass = [&](bytes::ByteView data) {
        show(data);
        const std::size_t went = waiting.empty() ? to.write(data) : 0;
        waiting.append(data.subspan(went));
    };
    while (waiting.size() < sendAhead) {
        const bytes::ByteView data = from.send();
        moved = moved || !data.empty();
        const bool fits = data.size() <= scratch.size() - gathered;
        if ((data.empty() || !fits) && gathered != 0)
            pass(scratch.first(std::exchange(gathered, 0)));
        if (data.empty())
            break;
        if (fits)
            std::ranges::copy(data, scratch.subspan(gathered).begin());
        else
            pass(data);
        gathered += fits ? data.size() : 0;
    }
    return moved;
}

void Http2Relay::wantMore()
{
    const bool room = m_greeted ? m_toCaller.size() < sendAhead : !m_early.full();
    m_parts.client.want(room, !m_toCaller.empty());
    m_parts.service.want(!m_serviceDown, !m_toService.empty());
}

// FIN of the caller goes on as soon as what came before it went; the end of the service is the end
// of every stream that it has.
bool Http2Relay::settleService()
{
    if (m_serviceDown)
        return false;
    SocketEnd& service = m_parts.service;
    if (service.ended() || service.broken() || m_upstream.over()) {
        serviceLost();
        return true;
    }
    if (m_greeted && m_parts.client.ended() && service.connected() && !service.finished()
        && saidToService())
        service.finishWriting();
    return false;
}

bool Http2Relay::saidToService() const
{
    return m_toService.empty() && m_arrived.empty()
           && std::ranges::none_of(m_streams, [](const auto& entry) {
                  return entry.second->goes == Http2Stream::Goes::Service
                         && !entry.second->up.body.empty();
              });
}

void Http2Relay::serviceLost()
{
    m_serviceDown = true;
    m_toService.consume(m_toService.size());
    for (const auto& [id, stream] : m_streams) {
        if (stream->goes != Http2Stream::Goes::Service || stream->onwardGone)
            continue;
        onwardClosed(*stream, stream->down.ended ? http2::error::none : http2::error::internal);
    }
    if (m_greeted && anyTaken() && !std::exchange(m_goneAway, true))
        m_caller.goAway(0, http2::error::none);
}

bool Http2Relay::anyTaken() const
{
    return std::ranges::any_of(m_streams,
                               [](const auto& entry) { return entry.second->taker != nullptr; });
}

Http2Relay::State Http2Relay::state()
{
    if (m_parts.client.broken() || m_parts.client.writeBroken())
        return State::ResetByCaller;
    if (m_notHttp2)
        return State::NotHttp2;
    if (!m_toCaller.empty())
        return State::Going;
    if (m_greeted && m_caller.over())
        return State::Finished;
    if (!m_serviceDown || anyTaken())
        return State::Going;
    if (m_parts.service.broken())
        return State::ResetByService;
    const bool delivered = std::ranges::all_of(m_streams, [](const auto& entry) {
        return entry.second->callerGone || entry.second->down.body.empty();
    });
    return delivered ? State::Finished : State::Going;
}

} // namespace podglass::steal
