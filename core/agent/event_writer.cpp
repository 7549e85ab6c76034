// SPDX-License-Identifier: Apache-2.0
#include "core/agent/event_writer.h"

#include "core/flow/body_facts.h"
#include "core/wire/codec.h"

#include <ctime>
#include <type_traits>

namespace podglass::agent {

namespace {

// What accounting needs of an event, read at once where its kind is known.
template <typename T>
void describe(const T& body, channel::RecordInfo& info)
{
    if constexpr (std::is_same_v<T, flow::ResponseHead>)
        info.direction = flow::Direction::ServerToClient;
    else if constexpr (requires { body.direction; })
        info.direction = body.direction;
    if constexpr (std::is_same_v<T, flow::Gap>)
        info.payload = body.length; // who loses it must be told of its bytes too
    else
        info.payload = flow::payloadOf(body);
    info.bulk = flow::isData<T>;
    info.opensConnection = std::is_same_v<T, flow::ConnectionOpened>;
    info.endsConnection = std::is_same_v<T, flow::ConnectionClosed>;
    info.beginsMessage = flow::beginsMessageAs<T>;
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
    channel::RecordInfo info;
    std::visit([&](const auto& body) { describe(body, info); }, event.body);
    return info.payload;
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

// Asked for once a batch, which is shorter than the clock's step.
std::int64_t EventWriter::now()
{
    const std::uint64_t batch = m_ring.batch();
    if (batch == 0 || batch != m_batch) {
        m_batch = batch;
        m_now = roughlyNow();
    }
    return m_now;
}

void EventWriter::append(const flow::Event& event, std::uint16_t port)
{
    m_frame.clear();
    const bytes::ByteView data = wire::encodeWithoutData(event, m_frame);
    channel::RecordInfo info{
        .target = event.target,
        .connection = event.connection,
        .port = port,
        .kind = static_cast<std::uint8_t>(event.body.index()),
        .at = now(),
    };
    std::visit([&](const auto& body) { describe(body, info); }, event.body);
    if (m_ring.append(info, m_frame.view(), data))
        return;
    // Larger than a chunk: no parser makes such an event, but if one did, it is told as lost.
    append({.target = event.target,
            .connection = event.connection,
            .at = event.at,
            .body = flow::Lost{.place = flow::LossPlace::Agent,
                               .direction = info.direction,
                               .events = 1,
                               .messages = info.beginsMessage ? 1U : 0U,
                               .bytes = info.payload}},
           port);
}

} // namespace podglass::agent
