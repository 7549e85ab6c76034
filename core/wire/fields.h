// SPDX-License-Identifier: Apache-2.0
// The fields of every message and event body, in wire order, listed once for both directions:
// `visit(v, m)` hands each field to v, which is an Encoder or a Decoder. FORMAT.md is the prose.
#pragma once

#include "core/wire/message.h"

namespace podglass::wire {

// clang-format off
template <typename V, typename M>
void visit(V& v, M& m)
{
    using T = std::remove_const_t<M>;
    if constexpr (std::is_same_v<T, Hello>)
        v(m.major, m.minor, m.capabilities, m.build, m.host, m.lacking, m.nonce);
    else if constexpr (std::is_same_v<T, Proof>)
        v(m.mac);
    else if constexpr (std::is_same_v<T, ListTargets>)
        v(m.request);
    else if constexpr (std::is_same_v<T, ListeningPort>)
        v(m.port, m.address, m.process);
    else if constexpr (std::is_same_v<T, Target>)
        v(m.spec, m.kind, m.name, m.detail, m.pid, m.ports, m.addresses);
    else if constexpr (std::is_same_v<T, TargetList>)
        v(m.request, m.targets, m.note);
    else if constexpr (std::is_same_v<T, Attach>)
        v(m.request, m.spec);
    else if constexpr (std::is_same_v<T, Attached>)
        v(m.request, m.target, m.spec, m.name, m.interfaces, m.ports, m.capabilities, m.lacking);
    else if constexpr (std::is_same_v<T, Detach>)
        v(m.target);
    else if constexpr (std::is_same_v<T, SetPort>)
        v(m.target, m.port, m.mode, m.revision, m.filter, m.bodyLimit, m.onFailure);
    else if constexpr (std::is_same_v<T, PortState>)
        v(m.target, m.port, m.mode, m.revision, m.refused, m.message, m.rules, m.oldConnections, m.otherClients);
    else if constexpr (std::is_same_v<T, Credit>)
        v(m.channel, m.bytes);
    else if constexpr (std::is_same_v<T, Ping> || std::is_same_v<T, Pong>)
        v(m.token);
    else if constexpr (std::is_same_v<T, StealOpen>)
        v(m.stream, m.target, m.connection, m.exchange, m.port, m.client);
    else if constexpr (std::is_same_v<T, StealData>)
        v(m.stream, m.data);
    else if constexpr (std::is_same_v<T, StealEnd>)
        v(m.stream);
    else if constexpr (std::is_same_v<T, StealReset>)
        v(m.stream, m.failure, m.message);
    else if constexpr (std::is_same_v<T, MemorySample>)
        v(m.anonymous, m.pageCache, m.kernel, m.captureRing, m.limit, m.ofCgroup);
    else if constexpr (std::is_same_v<T, LagSample>)
        v(m.events, m.bytes, m.microseconds);
    else if constexpr (std::is_same_v<T, Telemetry>)
        v(m.at, m.agent, m.target, m.lag, m.ringUsed, m.ringSize, m.offeredEvents, m.deliveredEvents,
          m.lostEvents, m.offeredBytes, m.deliveredBytes, m.lostBytes, m.packets, m.packetBytes,
          m.kernelDrops, m.malformedPackets, m.openConnections, m.proxiedConnections, m.clients,
          m.cpuMicroseconds, m.filterCacheHits, m.filterCacheMisses);
    else if constexpr (std::is_same_v<T, Failure>)
        v(m.request, m.target, m.what, m.where, m.advice, m.lasting);
    else if constexpr (std::is_same_v<T, Goodbye>)
        v(m.reason);
    // -- events ----------------------------------------------------------------------------------
    else if constexpr (std::is_same_v<T, flow::Endpoint>)
        v(m.address, m.port);
    else if constexpr (std::is_same_v<T, flow::ConnectionOpened>)
        v(m.client, m.server, m.origin, m.joinedLate, m.roleUnknown);
    else if constexpr (std::is_same_v<T, flow::ConnectionClosed>)
        v(m.reason, m.by, m.streamBytes[0], m.streamBytes[1]);
    else if constexpr (std::is_same_v<T, flow::ProtocolDetected>)
        v(m.protocol, m.detail);
    else if constexpr (std::is_same_v<T, flow::BodyData>)
        v(m.exchange, m.direction, m.offset, m.data);
    else if constexpr (std::is_same_v<T, flow::StreamData>)
        v(m.direction, m.offset, m.data);
    else if constexpr (std::is_same_v<T, flow::Gap>)
        v(m.direction, m.offset, m.length, m.kind);
    else if constexpr (std::is_same_v<T, flow::Anomaly>)
        v(m.kind, m.direction, m.offset, m.length, m.kept, m.dropped);
    else if constexpr (std::is_same_v<T, flow::Lost>)
        v(m.place, m.direction, m.events, m.messages, m.bytes);
    else if constexpr (std::is_same_v<T, flow::StealDecision>)
        v(m.exchange, m.decision, m.taker, m.filterRevision);
    else
        static_assert(sizeof(T) == 0, "a type without fields");
}

// clang-format on

// Highest enumerator of each enumeration on the wire; a decoder refuses what is above.
template <typename E>
inline constexpr E lastOf{};
template <>
inline constexpr Mode lastOf<Mode> = Mode::Steal;
template <>
inline constexpr OnTakerFailure lastOf<OnTakerFailure> = OnTakerFailure::BadGateway;
template <>
inline constexpr StealFailure lastOf<StealFailure> = StealFailure::Released;
template <>
inline constexpr flow::Direction lastOf<flow::Direction> = flow::Direction::ServerToClient;
template <>
inline constexpr flow::Origin lastOf<flow::Origin> = flow::Origin::File;
template <>
inline constexpr flow::CloseReason lastOf<flow::CloseReason> = flow::CloseReason::TakenOver;
template <>
inline constexpr flow::Protocol lastOf<flow::Protocol> = flow::Protocol::Raw;
template <>
inline constexpr flow::MessageFate lastOf<flow::MessageFate> = flow::MessageFate::Unanswered;
template <>
inline constexpr flow::GapKind lastOf<flow::GapKind> = flow::GapKind::Limit;
template <>
inline constexpr flow::AnomalyKind lastOf<flow::AnomalyKind> = flow::AnomalyKind::Malformed;
template <>
inline constexpr flow::LossPlace lastOf<flow::LossPlace> = flow::LossPlace::Desktop;
template <>
inline constexpr flow::Decision lastOf<flow::Decision> = flow::Decision::Fallback;

} // namespace podglass::wire
