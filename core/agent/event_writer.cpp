// SPDX-License-Identifier: Apache-2.0
#include "core/agent/event_writer.h"

#include "core/wire/codec.h"

#include <chrono>
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

} // namespace

void EventWriter::onEvent(const flow::Event& event)
{
    const std::uint16_t port = portOf(event);
    append(event, port);
    if (std::holds_alternative<flow::ConnectionClosed>(event.body))
        m_ports.erase(event.connection);
}

std::uint16_t EventWriter::portOf(const flow::Event& event)
{
    if (const auto* opened = std::get_if<flow::ConnectionOpened>(&event.body)) {
        m_ports[event.connection] = opened->server.port;
        return opened->server.port;
    }
    const auto found = m_ports.find(event.connection);
    return found == m_ports.end() ? std::uint16_t{0} : found->second; // 0: of the target as a whole
}

void EventWriter::append(const flow::Event& event, std::uint16_t port)
{
    m_frame.clear();
    wire::encode(event, m_frame);
    const std::uint64_t payload = flow::payloadBytes(event);
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
        .payload = static_cast<std::uint32_t>(payload),
        .at = std::chrono::steady_clock::now().time_since_epoch().count(),
    };
    if (m_ring.append(info, m_frame))
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
