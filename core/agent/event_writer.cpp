// SPDX-License-Identifier: Apache-2.0
#include "core/agent/event_writer.h"

#include "core/wire/codec.h"

#include <ctime>
#include <type_traits>

namespace podglass::agent {

namespace {

flow::Direction directionOf(const flow::Event& event)
{
    return std::visit(
        [](const auto& body) {
            using T = std::remove_cvref_t<decltype(body)>;
            if constexpr (std::is_same_v<T, flow::ResponseHead>)
                return flow::Direction::ServerToClient;
            else if constexpr (requires { body.direction; })
                return body.direction;
            else
                return flow::Direction::ClientToServer;
        },
        event.body);
}

// Of the clock that steady_clock reads, some milliseconds old at most (a tick of the kernel), for a
// fifth of the price; an event costs hardly more than asking for the time exactly.
std::int64_t roughlyNow()
{
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

} // namespace

std::uint64_t accountedBytes(const flow::Event& event)
{
    const auto* gap = std::get_if<flow::Gap>(&event.body);
    return gap != nullptr ? gap->length : flow::payloadBytes(event);
}

void EventWriter::onEvent(const flow::Event& event)
{
    const std::uint16_t port = portOf(event);
    append(event, port);
    if (std::holds_alternative<flow::ConnectionClosed>(event.body)) {
        m_ports.erase(event.connection);
        m_lastConnection = {};
    }
}

std::uint16_t EventWriter::portOf(const flow::Event& event)
{
    if (const auto* opened = std::get_if<flow::ConnectionOpened>(&event.body)) {
        m_ports[event.connection] = opened->server.port;
        return opened->server.port;
    }
    if (event.connection && event.connection == m_lastConnection)
        return m_lastPort;
    const auto found = m_ports.find(event.connection);
    if (found == m_ports.end())
        return 0; // of the target as a whole
    m_lastConnection = event.connection;
    m_lastPort = found->second;
    return m_lastPort;
}

void EventWriter::append(const flow::Event& event, std::uint16_t port)
{
    m_frame.clear();
    const bytes::ByteView data = wire::encodeWithoutData(event, m_frame);
    const std::uint64_t payload = accountedBytes(event);
    const channel::RecordInfo info{
        .target = event.target,
        .connection = event.connection,
        .port = port,
        .direction = directionOf(event),
        .beginsMessage = flow::beginsMessage(event),
        .opensConnection = std::holds_alternative<flow::ConnectionOpened>(event.body),
        .endsConnection = std::holds_alternative<flow::ConnectionClosed>(event.body),
        .bulk = std::holds_alternative<flow::BodyData>(event.body)
                || std::holds_alternative<flow::StreamData>(event.body),
        .kind = static_cast<std::uint8_t>(event.body.index()),
        .payload = payload,
        .at = roughlyNow(),
    };
    if (m_ring.append(info, m_frame, data))
        return;
    // Larger than a chunk: no parser makes such an event, but if one did, it is told as lost.
    append({.target = event.target,
            .connection = event.connection,
            .at = event.at,
            .body = flow::Lost{.place = flow::LossPlace::Agent,
                               .direction = info.direction,
                               .events = 1,
                               .messages = info.beginsMessage ? 1U : 0U,
                               .bytes = payload}},
           port);
}

} // namespace podglass::agent
