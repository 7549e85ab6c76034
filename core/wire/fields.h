// SPDX-License-Identifier: Apache-2.0
// The fields of every message and event body, in wire order, listed once for both directions:
// `visit(v, m)` hands each field to v, which is an Encoder or a Decoder. FORMAT.md is the prose.
#pragma once

#include "core/wire/message.h"

#include <concepts>

namespace podglass::wire {

// The same list serves const values (encoding) and others (decoding).
template <typename M, typename T>
concept Is = std::same_as<std::remove_const_t<M>, T>;

void visit(auto& v, Is<Hello> auto& m)
{
    v(m.major, m.minor, m.capabilities, m.build, m.host, m.lacking, m.nonce);
}

void visit(auto& v, Is<Proof> auto& m)
{
    v(m.mac);
}

void visit(auto& v, Is<ListTargets> auto& m)
{
    v(m.request);
}

void visit(auto& v, Is<ListeningPort> auto& m)
{
    v(m.port, m.address, m.process);
}

void visit(auto& v, Is<Target> auto& m)
{
    v(m.spec, m.kind, m.name, m.detail, m.pid, m.ports, m.addresses);
}

void visit(auto& v, Is<TargetList> auto& m)
{
    v(m.request, m.targets, m.note);
}

void visit(auto& v, Is<Attach> auto& m)
{
    v(m.request, m.spec);
}

void visit(auto& v, Is<Attached> auto& m)
{
    v(m.request, m.target, m.spec, m.name, m.interfaces, m.ports, m.capabilities, m.lacking);
}

void visit(auto& v, Is<Detach> auto& m)
{
    v(m.target);
}

void visit(auto& v, Is<SetPort> auto& m)
{
    v(m.target, m.port, m.mode, m.revision, m.filter, m.bodyLimit, m.onFailure);
}

void visit(auto& v, Is<PortState> auto& m)
{
    v(m.target,
      m.port,
      m.mode,
      m.revision,
      m.refused,
      m.message,
      m.rules,
      m.oldConnections,
      m.otherClients);
}

void visit(auto& v, Is<Credit> auto& m)
{
    v(m.channel, m.bytes);
}

void visit(auto& v, Is<Ping> auto& m)
{
    v(m.token);
}

void visit(auto& v, Is<Pong> auto& m)
{
    v(m.token);
}

void visit(auto& v, Is<StealOpen> auto& m)
{
    v(m.stream, m.target, m.connection, m.exchange, m.port, m.client);
}

void visit(auto& v, Is<StealData> auto& m)
{
    v(m.stream, m.data);
}

void visit(auto& v, Is<StealEnd> auto& m)
{
    v(m.stream);
}

void visit(auto& v, Is<StealReset> auto& m)
{
    v(m.stream, m.failure, m.message);
}

void visit(auto& v, Is<MemorySample> auto& m)
{
    v(m.anonymous, m.pageCache, m.kernel, m.captureRing, m.limit, m.ofCgroup);
}

void visit(auto& v, Is<LagSample> auto& m)
{
    v(m.events, m.bytes, m.microseconds);
}

void visit(auto& v, Is<Telemetry> auto& m)
{
    v(m.at,
      m.agent,
      m.target,
      m.lag,
      m.ringUsed,
      m.ringSize,
      m.offeredEvents,
      m.deliveredEvents,
      m.lostEvents,
      m.offeredBytes,
      m.deliveredBytes,
      m.lostBytes,
      m.packets,
      m.packetBytes,
      m.kernelDrops,
      m.malformedPackets,
      m.openConnections,
      m.proxiedConnections,
      m.clients,
      m.cpuMicroseconds,
      m.filterCacheHits,
      m.filterCacheMisses);
}

void visit(auto& v, Is<Failure> auto& m)
{
    v(m.request, m.target, m.what, m.where, m.advice, m.lasting);
}

void visit(auto& v, Is<Goodbye> auto& m)
{
    v(m.reason);
}

void visit(auto& v, Is<SetDelivery> auto& m)
{
    v(m.target,
      m.port,
      m.onLag,
      m.bodyLimits[0],
      m.bodyLimits[1],
      m.lagBytes,
      m.oneConnectionIn,
      m.bytesPerSecond);
}

void visit(auto& v, Is<DeliveryState> auto& m)
{
    v(m.target,
      m.port,
      m.connections,
      m.connectionsLeftOut,
      m.offeredEvents,
      m.offeredBytes,
      m.deliveredEvents,
      m.deliveredBytes,
      m.lostEvents,
      m.lostBytes,
      m.budgetEvents,
      m.budgetBytes,
      m.bytesPerSecond);
}

void visit(auto& v, Is<ListRules> auto& m)
{
    v(m.request, m.target);
}

void visit(auto& v, Is<Rules> auto& m)
{
    v(m.request, m.target, m.own, m.others, m.notes);
}

void visit(auto& v, Is<SetTls> auto& m)
{
    v(m.target, m.port, m.certificate, m.key);
}

void visit(auto& v, Is<TlsState> auto& m)
{
    v(m.target, m.port, m.certificate, m.terminated, m.untouched, m.failed, m.underWay, m.problem);
}

void visit(auto& v, Is<EndOld> auto& m)
{
    v(m.request, m.target, m.port);
}

void visit(auto& v, Is<OldEnded> auto& m)
{
    v(m.request, m.target, m.port, m.ended, m.left);
}

void visit(auto& v, Is<flow::Endpoint> auto& m)
{
    v(m.address, m.port);
}

void visit(auto& v, Is<flow::ConnectionOpened> auto& m)
{
    v(m.client, m.server, m.origin, m.joinedLate, m.roleUnknown);
}

void visit(auto& v, Is<flow::ConnectionClosed> auto& m)
{
    v(m.reason, m.by, m.streamBytes[0], m.streamBytes[1]);
}

void visit(auto& v, Is<flow::ProtocolDetected> auto& m)
{
    v(m.protocol, m.detail);
}

void visit(auto& v, Is<flow::BodyData> auto& m)
{
    v(m.exchange, m.direction, m.offset, m.data);
}

void visit(auto& v, Is<flow::StreamData> auto& m)
{
    v(m.direction, m.offset, m.data);
}

void visit(auto& v, Is<flow::Gap> auto& m)
{
    v(m.direction, m.offset, m.length, m.kind);
}

void visit(auto& v, Is<flow::Anomaly> auto& m)
{
    v(m.kind, m.direction, m.offset, m.length, m.kept, m.dropped);
}

void visit(auto& v, Is<flow::Lost> auto& m)
{
    v(m.place, m.direction, m.events, m.messages, m.bytes);
}

void visit(auto& v, Is<flow::StealDecision> auto& m)
{
    v(m.exchange, m.decision, m.taker, m.filterRevision);
}

void visit(auto& v, Is<flow::MessageFrame> auto& m)
{
    v(m.exchange, m.direction, m.kind, m.offset, m.length, m.flags, m.code);
}

void visit(auto& v, Is<flow::TlsHello> auto& m)
{
    v(m.direction, m.version, m.serverName, m.protocols, m.encryptedName);
}

void visit(auto& v, Is<flow::ProxyHeader> auto& m)
{
    v(m.version, m.known, m.source, m.destination, m.bytes);
}

void visit(auto& v, Is<flow::TlsTerminated> auto& m)
{
    v(m.version, m.serverName, m.protocol);
}

// Highest enumerator of each enumeration on the wire; a decoder refuses what is above.
template <typename E>
inline constexpr E lastOf{};
template <>
inline constexpr Mode lastOf<Mode> = Mode::Steal;
template <>
inline constexpr OnTakerFailure lastOf<OnTakerFailure> = OnTakerFailure::BadGateway;
template <>
inline constexpr OnLag lastOf<OnLag> = OnLag::CloseConnection;
template <>
inline constexpr StealFailure lastOf<StealFailure> = StealFailure::Released;
template <>
inline constexpr flow::Direction lastOf<flow::Direction> = flow::Direction::ServerToClient;
template <>
inline constexpr flow::Origin lastOf<flow::Origin> = flow::Origin::File;
template <>
inline constexpr flow::CloseReason lastOf<flow::CloseReason> = flow::CloseReason::Lagged;
template <>
inline constexpr flow::Protocol lastOf<flow::Protocol> = flow::Protocol::Raw;
template <>
inline constexpr flow::MessageFate lastOf<flow::MessageFate> = flow::MessageFate::Unanswered;
template <>
inline constexpr flow::GapKind lastOf<flow::GapKind> = flow::GapKind::Limit;
template <>
inline constexpr flow::AnomalyKind lastOf<flow::AnomalyKind> = flow::AnomalyKind::Malformed;
template <>
inline constexpr flow::LossPlace lastOf<flow::LossPlace> = flow::LossPlace::Budget;
template <>
inline constexpr flow::FrameKind lastOf<flow::FrameKind> = flow::FrameKind::GoAway;
template <>
inline constexpr flow::Decision lastOf<flow::Decision> = flow::Decision::Fallback;

} // namespace podglass::wire
